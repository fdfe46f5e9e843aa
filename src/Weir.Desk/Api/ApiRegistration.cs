// SPDX-License-Identifier: Apache-2.0
//
// The people's door: it opens last and closes first.
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Approvals;
using Weir.Contracts.Lists;
using Weir.Desk.Alerts;
using Weir.Desk.Api.Audits;
using Weir.Desk.Api.Instance;
using Weir.Desk.Api.Overview;
using Weir.Desk.Api.Routing;
using Weir.Desk.Braking;
using Weir.Desk.Cases;
using Weir.Desk.Collectors;
using Weir.Desk.Comparisons;
using Weir.Desk.Complaints;
using Weir.Desk.Enrichment;
using Weir.Desk.Escalations;
using Weir.Desk.Lists;
using Weir.Desk.Mitigation.Enforcing;
using Weir.Desk.Mitigation.Requests;
using Weir.Desk.Notices;
using Weir.Desk.Oversight;
using Weir.Desk.Policy;
using Weir.Desk.Population;
using Weir.Desk.Promotion;
using Weir.Desk.Records;
using Weir.Desk.Reporting.Transparency;
using Weir.Desk.Sessions;
using Weir.Desk.Sharing;
using Weir.Hosting.Auditing;
using Weir.Hosting.Health;
using Weir.Hosting.Posix;
using Weir.Hosting.Running;
using Weir.Hosting.StoreClient;

namespace Weir.Desk.Api;

/// <summary>What the API is told of the desk.</summary>
/// <param name="Control">Where it is asked.</param>
/// <param name="Reports">Folder of reports.</param>
/// <param name="Audit">Where the desk's record lies.</param>
/// <param name="People">Whose keys count.</param>
/// <param name="Records">Folder of the desk's records.</param>
internal sealed record ApiOptions(
    ControlOptions Control, string Reports, AuditOptions Audit, CurrentPeople People, string Records);

/// <summary>Puts the API into the desk's host.</summary>
internal static class ApiRegistration
{
    /// <param name="services">The host's services.</param>
    /// <param name="options">Where it is asked, and what lies where.</param>
    /// <param name="callers">Who may do what.</param>
    public static IServiceCollection AddApi(
        this IServiceCollection services, ApiOptions options, ApiCallers callers)
    {
        var (control, reports, audit, people, records) = options;
        services.AddSingleton(provider => new CountersignatureBook(
            audit, people, provider.GetRequiredService<IAuditLog>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IListedSightings>(provider =>
            new StoreSightings(provider.GetRequiredService<StoreCounts>()));
        services.AddRecurring(
            "refusals", RepeatedRefusals.Together, provider =>
                provider.GetRequiredService<RepeatedRefusals>().TellAsync);
        services.AddSingleton<RateHistory>();
        services.AddRecurring("rates", RateHistory.Period, provider =>
        {
            var (rates, exporters) = (
                provider.GetRequiredService<RateHistory>(),
                new ExporterView(provider.GetRequiredService<CollectorStatuses>()));
            return _ =>
            {
                rates.Add(exporters.FlowsPerSecond());
                return Task.CompletedTask;
            };
        });
        services.AddSingleton(provider => new ApiTokens(
            Path.Combine(records, "tokens.json"), provider.GetRequiredService<TimeProvider>(), OsUsers.UserId));
        services.AddSingleton(provider => DependenciesOf(provider, callers, reports, audit.Directory) with
        {
            Tokens = provider.GetRequiredService<ApiTokens>(), Remote = control,
        });
        return services.AddDeferred(provider => new ApiDoor(
            control.Socket, provider.GetRequiredService<ApiDependencies>(), provider.GetRequiredService<ILoggerFactory>()));
    }

    private static ApiDependencies DependenciesOf(
        IServiceProvider provider, ApiCallers callers, string reports, string audit)
    {
        var keepers = provider.GetRequiredService<BlockKeepers>();
        var time = provider.GetRequiredService<TimeProvider>();
        var policy = provider.GetRequiredService<PolicyProfile>();
        return new ApiDependencies
        {
            Callers = callers,
            Repeated = provider.GetRequiredService<RepeatedRefusals>(),
            Cases = provider.GetRequiredService<CaseHandler>(),
            Evidence = provider.GetRequiredService<EvidenceHandler>(),
            Disclosures = provider.GetRequiredService<DisclosureHandler>(),
            Runs = provider.GetRequiredService<ComparedRuns>(),
            Transparency = new PublishedTransparency(reports),
            AuditFolder = audit,
            Countersignatures = provider.GetRequiredService<CountersignatureBook>(),
            StartComparison = provider.GetRequiredService<ComparisonSchedule>().TryStart,
            Population = provider.GetRequiredService<PopulationReportHandler>(),
            Complaints = provider.GetRequiredService<ComplaintHandler>(),
            Promotions = provider.GetRequiredService<PromotionHandler>(),
            Blocks = provider.GetRequiredService<BlockRequests>(),
            Backends = keepers.All,
            Notices = provider.GetRequiredService<NoticeDispatcher>(),
            Escalations = provider.GetRequiredService<EscalationController>(),
            EscalationRound = EscalationsRegistration.Period,
            Alerts = provider.GetRequiredService<AlertPublisher>().Sender,
            Sightings = provider.GetRequiredService<IListedSightings>(),
            ListSet = provider.GetRequiredService<ListSet>(),
            Held = provider.GetRequiredService<HeldEndpoints>(),
            HeldNetworks = provider.GetRequiredService<HeldNetworkHandler>(),
            Lists = provider.GetRequiredService<CurrentWatchlist>(),
            Owners = provider.GetRequiredService<NetworkOwners>(),
            Collectors = provider.GetRequiredService<CollectorStatuses>(),
            Health = provider.GetRequiredService<HealthRegistry>(),
            Instance = provider.GetRequiredService<InstanceFacts>() with { Holdings = InstanceHoldings.Of(provider) },
            Events = provider.GetRequiredService<EventHistory>(),
            Oversight = provider.GetRequiredService<OversightBook>(),
            OtherRecords = provider.GetRequiredService<OtherRecords>(),
            Rates = provider.GetRequiredService<RateHistory>(),
            SignIn = provider.GetService<ConsoleSignIn>(),
            Audit = provider.GetRequiredService<IAuditLog>(),
            Policy = policy,
            Time = time,
        };
    }

    private sealed class ApiDoor(string socket, ApiDependencies parts, ILoggerFactory logs) : IHostedService
    {
        private ApiServer? _server;

        public async Task StartAsync(CancellationToken cancellationToken)
        {
            parts.Health.Add("countersigned", parts.Countersignatures.Check);
            _server = await ApiServer.StartAsync(socket, parts, logs);
        }

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            if (_server is not null)
            {
                await _server.DisposeAsync();
            }

            await (parts.Repeated?.TellAllAsync(cancellationToken) ?? Task.CompletedTask);
        }
    }
}
