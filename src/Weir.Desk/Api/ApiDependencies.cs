// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Lists;
using Weir.Desk.Alerts;
using Weir.Desk.Api.Audits;
using Weir.Desk.Api.Changes;
using Weir.Desk.Api.Instance;
using Weir.Desk.Api.Overview;
using Weir.Desk.Api.Callers;
using Weir.Desk.Api.Routing;
using Weir.Desk.Braking;
using Weir.Desk.Cases;
using Weir.Desk.Collectors;
using Weir.Desk.Comparisons;
using Weir.Desk.Complaints;
using Weir.Desk.Enrichment;
using Weir.Desk.Escalations;
using Weir.Desk.Lists;
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
using Weir.Hosting.Blocking;
using Weir.Hosting.Health;
using Weir.Hosting.Posix;

namespace Weir.Desk.Api;

/// <summary>What the people's API leads to.</summary>
internal sealed record ApiDependencies
{
    /// <summary>Who has which role.</summary>
    public required ApiCallers Callers { get; init; }

    /// <summary>Who tells refusals together that repeat; one of its own unless given.</summary>
    public RepeatedRefusals? Repeated { get; init; }

    /// <summary>How often a user with a role may ask over the socket.</summary>
    public CallerRate OfPerson { get; init; } = CallerRate.OfPerson;

    public required CaseHandler Cases { get; init; }

    public required EvidenceHandler Evidence { get; init; }

    public required DisclosureHandler Disclosures { get; init; }

    public required ComparedRuns Runs { get; init; }

    /// <summary>What the runs say of each far end.</summary>
    public EndpointHistory Endpoints => field ??= new(Runs);

    /// <summary>Folder of the desk's record.</summary>
    public required string AuditFolder { get; init; }

    /// <summary>Heads that the auditor countersigned.</summary>
    public required CountersignatureBook Countersignatures { get; init; }

    public required PublishedTransparency Transparency { get; init; }

    /// <summary>Has a comparison begin now; false where one is under way.</summary>
    public required Func<bool> StartComparison { get; init; }

    public required PopulationReportHandler Population { get; init; }

    public required ComplaintHandler Complaints { get; init; }

    public required PromotionHandler Promotions { get; init; }

    public required BlockRequests Blocks { get; init; }

    /// <summary>One for each backend of blocks that is configured.</summary>
    public required IReadOnlyList<MitigationReconciler> Backends { get; init; }

    public required NoticeDispatcher Notices { get; init; }

    public required EscalationController Escalations { get; init; }

    /// <summary>How often the ladders look for new cases.</summary>
    public required TimeSpan EscalationRound { get; init; }

    /// <summary>Null where no channel is configured.</summary>
    public required AlertSender? Alerts { get; init; }

    public required IListedSightings Sightings { get; init; }

    /// <summary>How the lists stand.</summary>
    public required ListSet ListSet { get; init; }

    /// <summary>Endpoints that are held.</summary>
    public required HeldEndpoints Held { get; init; }
    /// <summary>Decides about what the brake holds; of the desk's own records alone unless given.</summary>
    public HeldNetworkHandler HeldNetworks
    {
        get => field ??= new(Cases, [], NullLogger<HeldNetworkHandler>.Instance);
        init;
    }

    /// <summary>The lists in force.</summary>
    public required CurrentWatchlist Lists { get; init; }

    /// <summary>Whose networks endpoints are in.</summary>
    public required NetworkOwners Owners { get; init; }

    /// <summary>What collectors said of themselves last.</summary>
    public required CollectorStatuses Collectors { get; init; }

    /// <summary>How the desk's parts are.</summary>
    public required HealthRegistry Health { get; init; }

    /// <summary>Records of the other processes; none unless given.</summary>
    public OtherRecords? OtherRecords { get; init; }

    /// <summary>The journal of events; null for none.</summary>
    public EventHistory? Events { get; init; }

    /// <summary>What this Weir goes by; a lab unless given.</summary>
    public InstanceFacts Instance { get; init; } = new();

    /// <summary>What the officer is told of.</summary>
    public required IAlarmSource Oversight { get; init; }

    /// <summary>Flows a second before now; of its own unless given.</summary>
    public RateHistory Rates { get; init; } = new();

    /// <summary>The way into the console; null where there is none.</summary>
    public ConsoleSignIn? SignIn { get; init; }

    /// <summary>Tokens for scripts; in memory alone unless given.</summary>
    public ApiTokens Tokens { get => field ??= new(null, Time, OsUsers.UserId); init; }

    /// <summary>Where it is asked over TLS; null for nowhere.</summary>
    public ControlOptions? Remote { get; init; }

    public required IAuditLog Audit { get; init; }

    public required PolicyProfile Policy { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>That something changed.</summary>
    public ChangeFeed Changes => field ??= new(ChangeTopics.Of(this), Time);

    /// <summary>What was answered under a key, over whatever way it came.</summary>
    public IdempotencyKeys Keys => field ??= new(Time);
}
