// SPDX-License-Identifier: Apache-2.0
//
// The desk's process as a list, in the order in which it starts; it stops in reverse. Whoever tells stands behind what
// it tells of; the doors open last.
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Weir.Contracts.Lists;
using Weir.Desk.Alerts;
using Weir.Desk.Api;
using Weir.Desk.Braking;
using Weir.Desk.Cases;
using Weir.Desk.Collectors;
using Weir.Desk.Comparisons;
using Weir.Desk.Complaints;
using Weir.Desk.Console;
using Weir.Desk.Customers;
using Weir.Desk.Enrichment;
using Weir.Desk.Escalations;
using Weir.Desk.Lists;
using Weir.Desk.Mitigation.Enforcing;
using Weir.Desk.Mitigation.GoBgp;
using Weir.Desk.Notices;
using Weir.Desk.Oversight;
using Weir.Desk.Population;
using Weir.Desk.Promotion;
using Weir.Desk.Records;
using Weir.Desk.Remediation;
using Weir.Desk.Reporting.Transparency;
using Weir.Desk.Subjects;
using Weir.Hosting.Disks;
using Weir.Hosting.Erasing;
using Weir.Hosting.Health;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.Retention;
using Weir.Hosting.StoreClient;

namespace Weir.Desk.Composing;

/// <summary>Puts the desk's process into a host.</summary>
internal static class DeskComposition
{
    /// <summary>Adds the process with its door for other processes; the door for people is the API's.</summary>
    /// <exception cref="InvalidDataException">The options do not allow a start; each fault is a sentence.</exception>
    public static IServiceCollection AddDeskProcess(this IServiceCollection services, DeskProcessOptions options) =>
        options.Validate() is { Count: > 0 } faults
            ? throw new InvalidDataException(string.Join('\n', faults))
            : services.AddDeskComponents(options).AddPeerServer(options.Peers, DeskDoor.Map)
                .AddConsoleSignIn(options.Settings.Console, options.People, options.Records)
                .AddSingleton(options.Instance)
                .AddApi(
                    new(options.Settings.Control, options.Settings.Report.Dir, options.Audit, options.People, options.Records),
                    options.Callers)
                .AddConsole(options.Settings.Console);

    /// <summary>Adds the process without its door.</summary>
    internal static IServiceCollection AddDeskComponents(this IServiceCollection services, DeskProcessOptions options)
    {
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<HealthRegistry>();
        return services
            .AddErasureClock(_ => options.Records)
            .AddAudit(options.Audit, options.Policy)
            .AddRecords(options.Records)
            .AddLists(options.Lists)
            .AddEnrichment(options.Settings.Enrichment)
            .AddAlerts(options.Settings.Notifying, options.AlertJournal, options.Version)
            .AddStore(options.Store)
            .AddRemediation(options.Remediation)
            .AddCases(options.Cases)
            .AddBraking()
            .AddCollectors()
            .AddSubjectScopes()
            .AddExporterWatch(options.Remediation)
            .AddComplaints(options.Settings.Complaints)
            .AddGoBgp(options.Blocks, options.BlockJournal)
            .AddBlocks(options.Blocks, options.BlockJournal)
            .AddNotices(options.Settings.Notices)
            .AddEscalations(options.Escalations)
            .AddCustomerActs(options.Customers)
            .AddComparisons(options.Comparisons)
            .AddPopulation()
            .AddPromotions(options.Promotions)
            .AddTransparency(options.Audit.Directory, options.Comparisons.Folder)
            .AddRetentionSource(_ => new CaseRetention(
                Path.Combine(options.Records, RecordsRegistration.FileName), options.Policy.EvidenceDaysAfterClose))
            .AddRetentionSource(_ => new HeldRetention(
                Path.Combine(options.Records, RecordsRegistration.FileName), CaseHandler.LongestHeld))
            .AddRetentionSource(_ => new FileRetention("reports and aggregates", options.Comparisons.Folder, "*", null))
            .AddRetentionSource(_ => new AuditRetention(options.Audit))
            .AddOversight(options.Vault.Vault is { } vault ? [options.Store, vault] : [options.Store])
            .AddAlertRounds()
            .AddDiskWatch([options.Records, options.Audit.Directory]);
    }

    /// <summary>Adds what is asked of the store: each request stands on the desk's chain first.</summary>
    private static IServiceCollection AddStore(this IServiceCollection services, PeerClient store) =>
        services.AddSingleton(new StoreReports(store)).AddSingleton(provider =>
            new StoreRequests(store, provider.GetRequiredService<Weir.Hosting.Auditing.IAuditLog>()));

    private static IServiceCollection AddPopulation(this IServiceCollection services) =>
        services.AddSingleton(provider => new PopulationReportHandler(
            new StorePopulation(
                provider.GetRequiredService<StoreRequests>(),
                new ListedEndpoints(
                    provider.GetRequiredService<CurrentWatchlist>(),
                    provider.GetRequiredService<TimeProvider>()).ListOf),
            provider.GetRequiredService<CaseHandler>().Engine,
            provider.GetRequiredService<Weir.Hosting.Auditing.IAuditLog>()));
}
