// SPDX-License-Identifier: Apache-2.0
//
// Case files: opened when audit, records and lists are; kept by a round of ten seconds; events are handled in a loop of
// their own until the last that is durable is handled.
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Approvals;
using Weir.Contracts.Clients;
using Weir.Contracts.Signing;
using Weir.Desk.Cases.Braking;
using Weir.Desk.Cases.Records;
using Weir.Desk.Orders;
using Weir.Desk.Policy;
using Weir.Desk.Records;
using Weir.Hosting.Auditing;
using Weir.Hosting.Erasing;
using Weir.Hosting.Health;
using Weir.Hosting.Running;
using Weir.Hosting.StoreClient;

namespace Weir.Desk.Cases;

/// <summary>What cases need from outside the desk.</summary>
public sealed record CaseSources
{
    /// <summary>Keys of collectors, of the store and of the vault.</summary>
    public required PublicKeyRing Ring { get; init; }

    public required VaultTie Vault { get; init; }

    /// <summary>Who may approve, with their keys. Nobody unless given.</summary>
    public CurrentPeople People { get; init; } = new(Weir.Contracts.Approvals.People.Nobody);

    /// <summary>How long after "fixed" flows of before may still come. Default none.</summary>
    public TimeSpan CheckSettles { get; init; }

    /// <summary>What the brake lets become cases; no brake unless given.</summary>
    public BrakeLimits Brake { get; init; } = BrakeLimits.None;
}

/// <summary>Puts case files into a host.</summary>
internal static class CasesRegistration
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    public static IServiceCollection AddCases(
        this IServiceCollection services, CaseSources sources)
    {
        services.AddVault(sources.Vault);
        services.AddSingleton(provider => new RepeatedRefusals(
            provider.GetRequiredService<IAuditLog>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ScopeChangeLog>();
        services.AddOpened((provider, cancel) => ScopeReportBook.OpenAsync(
            new ScopeReportRecords(provider.GetRequiredService<RecordsFile>()), cancel));
        services.AddOpened((provider, cancel) => OpenAsync(provider, sources, cancel));
        services.AddSingleton<IEvidence>(provider =>
            new StoreEvidence(
                provider.GetRequiredService<StoreRequests>(), provider.GetRequiredService<CaseHandler>().FindOrder));
        services.AddSingleton(provider => provider.GetRequiredService<CaseHandler>().Engine);
        services.AddSingleton(provider => new EvidenceHandler(
            provider.GetRequiredService<PolicyEngine>(), provider.GetRequiredService<CaseHandler>().Scopes,
            provider.GetRequiredService<IEvidence>(), provider.GetRequiredService<IAuditLog>()));
        services.AddSingleton(provider => new DisclosureHandler(
            provider.GetRequiredService<CaseHandler>(), provider.GetRequiredService<IVault>(),
            provider.GetRequiredService<IAuditLog>(),
            provider.GetRequiredService<PolicyProfile>(), provider.GetRequiredService<TimeProvider>()));
        services.AddRecurring("cases", Period, provider => provider.GetRequiredService<CaseHandler>().RunOnceAsync);
        return services.AddDeferred(provider => new EventHandling(provider.GetRequiredService<CaseHandler>()));
    }

    private static async Task<CaseHandler> OpenAsync(
        IServiceProvider provider, CaseSources sources, CancellationToken cancel)
    {
        var orders = provider.GetRequiredService<OrderLookup>();
        var vault = provider.GetRequiredService<DeskVault>();
        var cases = await CaseHandler.OpenAsync(
            new CaseHandlerDependencies
            {
                Records = new CaseRecords(provider.GetRequiredService<RecordsFile>()),
                Audit = provider.GetRequiredService<IAuditLog>(),
                Repeated = provider.GetRequiredService<RepeatedRefusals>(),
                Ring = sources.Ring,
                Grants = vault.Grants,
                Orders = provider.GetRequiredService<ScopeChangeLog>(),
                Reports = provider.GetRequiredService<ScopeReportBook>(),
                Evidence = new StoreEvidence(provider.GetRequiredService<StoreRequests>(), orders.Find),
                Vault = vault.Cases,
                Consents = vault.Consents,
                Approvals = vault.Approvals,
                People = sources.People,
                Judge = provider.GetRequiredService<IRemediationJudge>(),
                Allow = provider.GetRequiredService<IFalsePositiveSink>(),
                Policy = provider.GetRequiredService<PolicyProfile>(),
                Time = provider.GetRequiredService<TimeProvider>(),
                Erasing = provider.GetRequiredService<ErasureClock>(),
                Log = provider.GetRequiredService<ILogger<CaseHandler>>(),
                CheckSettles = sources.CheckSettles,
                Brake = sources.Brake,
                Edits = provider.GetRequiredService<IListEdits>(),
            },
            cancel);
        orders.Follow(cases);
        _ = new CaseMetrics(provider.GetRequiredService<IMeterFactory>(), () => cases);
        provider.GetRequiredService<HealthRegistry>().Add("desk", () => cases.Fault.Length > 0
            ? ComponentHealth.Degraded($"{cases.Waiting} events wait: {cases.Fault}")
            : ComponentHealth.Ok);
        return cases;
    }
}

/// <summary>Handles events until the last that is durable is handled, or the stop's time is over.</summary>
internal sealed class EventHandling(CaseHandler cases) : IHostedService, IDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _giveUp = new();
    private Task _running = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _running = cases.RunAsync(_giveUp.Token);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        cases.Complete();
        _giveUp.CancelAfter(StopPatience);
        await using var now = cancellationToken.Register(_giveUp.Cancel);
        await _running;
    }

    public void Dispose() => _giveUp.Dispose();
}
