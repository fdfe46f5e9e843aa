// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Lists;
using Weir.Desk.Alerts;
using Weir.Desk.Api.Routing;
using Weir.Desk.Cases;
using Weir.Desk.Comparisons;
using Weir.Desk.Complaints;
using Weir.Desk.Escalations;
using Weir.Desk.Lists;
using Weir.Desk.Mitigation.Requests;
using Weir.Desk.Notices;
using Weir.Desk.Policy;
using Weir.Desk.Population;
using Weir.Desk.Promotion;
using Weir.Desk.Reporting.Transparency;
using Weir.Desk.Sharing;
using Weir.Hosting.Auditing;
using Weir.Hosting.Blocking;

namespace Weir.Desk.Api;

/// <summary>What the people's API leads to.</summary>
internal sealed record ApiDependencies
{
    /// <summary>Who has which role.</summary>
    public required ApiCallers Callers { get; init; }

    public required CaseHandler Cases { get; init; }

    public required EvidenceHandler Evidence { get; init; }

    public required DisclosureHandler Disclosures { get; init; }

    public required ComparedRuns Runs { get; init; }

    /// <summary>Folder of the desk's record.</summary>
    public required string AuditFolder { get; init; }

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

    /// <summary>The lists in force.</summary>
    public required CurrentWatchlist Lists { get; init; }

    public required IAuditLog Audit { get; init; }

    public required PolicyProfile Policy { get; init; }

    public required TimeProvider Time { get; init; }
}
