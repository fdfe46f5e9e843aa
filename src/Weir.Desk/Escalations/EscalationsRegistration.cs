// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weir.Contracts.AccessControl;
using Weir.Contracts.Lists;
using Weir.Contracts.Mitigation;
using Weir.Desk.Cases;
using Weir.Desk.Mitigation;
using Weir.Desk.Mitigation.Requests;
using Weir.Desk.Notices;
using Weir.Desk.Policy;
using Weir.Desk.Records;
using Weir.Hosting.Auditing;
using Weir.Hosting.Running;
using Weir.Hosting.Sections;

namespace Weir.Desk.Escalations;

/// <summary>The ladder from notice to garden.</summary>
public sealed record EscalationsOptions
{
    public EscalatingOptions Ladder { get; init; } = new();


    /// <summary>File of the latest report.</summary>
    public required string Report { get; init; }
}

/// <summary>Puts the ladder into a host.</summary>
internal static class EscalationsRegistration
{
    /// <summary>From one look at all ladders to the next.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    public static IServiceCollection AddEscalations(this IServiceCollection services, EscalationsOptions options)
    {
        services.AddOpened((provider, cancel) => OpenAsync(provider, options, cancel));
        services.AddSingleton<ILineStanding>(provider => provider.GetRequiredService<EscalationController>());
        return services.AddRecurring(
            "ladders", Period, provider => provider.GetRequiredService<EscalationController>().RunOnceAsync);
    }

    private static async Task<EscalationController> OpenAsync(
        IServiceProvider provider, EscalationsOptions options, CancellationToken cancel)
    {
        var lines = provider.GetRequiredService<DeskVault>().Lines ?? new NoLines();
        var cases = provider.GetRequiredService<CaseHandler>();
        var time = provider.GetRequiredService<TimeProvider>();
        var ladders = await EscalationController.OpenAsync(
            new EscalationDependencies
            {
                Cases = cases,
                Blocks = provider.GetRequiredService<MitigationController>(),
                Records = new EscalationRecords(provider.GetRequiredService<RecordsFile>()),
                Audit = provider.GetRequiredService<IAuditLog>(),
                Notices = new DeskNotices(provider.GetRequiredService<NoticeDispatcher>()),
                Lines = lines,
                Endpoints = new ListedStandings(
                    provider.GetRequiredService<CurrentWatchlist>(), [.. options.Ladder.TrustedLists],
                    provider.GetRequiredService<ICollateralCounts>(), cases, options.Report, time),
                Protected = new VaultProtected(lines),
                Policy = provider.GetRequiredService<PolicyProfile>(),
                Options = options.Ladder,
                Exempt = options.Ladder.Exempt.ToWords(),
                Time = time,
                Log = provider.GetRequiredService<ILogger<EscalationController>>(),
            },
            cancel);
        _ = new EscalationMetrics(provider.GetRequiredService<IMeterFactory>(), () => ladders);
        return ladders;
    }
}
