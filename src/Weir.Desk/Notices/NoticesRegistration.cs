// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Notices;
using Weir.Desk.Alerts;
using Weir.Desk.Cases;
using Weir.Desk.Policy;
using Weir.Desk.Records;
using Weir.Hosting.Auditing;
using Weir.Hosting.Health;
using Weir.Hosting.Running;

namespace Weir.Desk.Notices;

/// <summary>Puts notices into a host.</summary>
internal static class NoticesRegistration
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    /// <param name="services">The host's services.</param>
    /// <param name="options">When.</param>
    public static IServiceCollection AddNotices(this IServiceCollection services, NoticeOptions options)
    {
        services.AddOpened((provider, cancel) => OpenAsync(provider, options, cancel));
        return services.AddRecurring(
            "telling", Period, provider => provider.GetRequiredService<NoticeDispatcher>().RunOnceAsync);
    }

    private static async Task<NoticeDispatcher> OpenAsync(
        IServiceProvider provider, NoticeOptions options, CancellationToken cancel)
    {
        var alerts = provider.GetRequiredService<AlertPublisher>();
        var notices = await NoticeDispatcher.OpenAsync(
            new NoticeDispatcherDependencies
            {
                Cases = provider.GetRequiredService<CaseHandler>(),
                Pipe = provider.GetRequiredService<DeskVault>().Notices,
                Journal = new NoticeRecords(provider.GetRequiredService<RecordsFile>()),
                Audit = provider.GetRequiredService<IAuditLog>(),
                Policy = provider.GetRequiredService<PolicyProfile>(),
                Options = options,
                Untold = (row, give) => alerts.NoticeFailedAsync(row.Case, row.Scope, row.Step, row.Fault, give),
                Time = provider.GetRequiredService<TimeProvider>(),
                Log = provider.GetRequiredService<ILogger<NoticeDispatcher>>(),
            },
            cancel);
        _ = new NoticeMetrics(provider.GetRequiredService<IMeterFactory>(), () => notices);
        provider.GetRequiredService<HealthRegistry>().Add("notices", () => notices.Fault is { Length: > 0 } fault
            ? ComponentHealth.Degraded($"customers are not told: {fault}")
            : ComponentHealth.Ok);
        return notices;
    }
}
