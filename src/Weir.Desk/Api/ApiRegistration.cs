// SPDX-License-Identifier: Apache-2.0
//
// The people's door: it opens last and closes first.
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Lists;
using Weir.Desk.Alerts;
using Weir.Desk.Api.Routing;
using Weir.Desk.Cases;
using Weir.Desk.Collectors;
using Weir.Desk.Comparisons;
using Weir.Desk.Complaints;
using Weir.Desk.Escalations;
using Weir.Desk.Lists;
using Weir.Desk.Mitigation.Enforcing;
using Weir.Desk.Mitigation.Requests;
using Weir.Desk.Notices;
using Weir.Desk.Policy;
using Weir.Desk.Population;
using Weir.Desk.Promotion;
using Weir.Desk.Reporting.Transparency;
using Weir.Desk.Sharing;
using Weir.Hosting.Auditing;
using Weir.Hosting.Running;
using Weir.Hosting.StoreClient;

namespace Weir.Desk.Api;

/// <summary>Puts the API into the desk's host.</summary>
internal static class ApiRegistration
{
    /// <param name="services">The host's services.</param>
    /// <param name="socket">Path of the Unix socket.</param>
    /// <param name="callers">Who may do what.</param>
    /// <param name="reports">Folder of reports.</param>
    /// <param name="audit">Folder of the desk's record.</param>
    public static IServiceCollection AddApi(
        this IServiceCollection services, string socket, ApiCallers callers, string reports,
        string audit)
    {
        services.AddSingleton<IListedSightings>(provider =>
            new StoreSightings(provider.GetRequiredService<StoreCounts>()));
        return services.AddDeferred(provider => new ApiDoor(
            socket, DependenciesOf(provider, callers, reports, audit), provider.GetRequiredService<ILoggerFactory>()));
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
            Cases = provider.GetRequiredService<CaseHandler>(),
            Evidence = provider.GetRequiredService<EvidenceHandler>(),
            Disclosures = provider.GetRequiredService<DisclosureHandler>(),
            Runs = provider.GetRequiredService<ComparedRuns>(),
            Transparency = new PublishedTransparency(reports),
            AuditFolder = audit,
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
            Lists = provider.GetRequiredService<CurrentWatchlist>(),
            Audit = provider.GetRequiredService<IAuditLog>(),
            Policy = policy,
            Time = time,
        };
    }

    private sealed class ApiDoor(string socket, ApiDependencies parts, ILoggerFactory logs) : IHostedService
    {
        private ApiServer? _server;

        public async Task StartAsync(CancellationToken cancellationToken) =>
            _server = await ApiServer.StartAsync(socket, parts, logs);

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            if (_server is not null)
            {
                await _server.DisposeAsync();
            }
        }
    }
}
