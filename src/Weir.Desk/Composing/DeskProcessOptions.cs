// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Alerts;
using Weir.Desk.Api;
using Weir.Desk.Cases;
using Weir.Desk.Comparisons;
using Weir.Desk.Complaints;
using Weir.Desk.Customers;
using Weir.Desk.Escalations;
using Weir.Desk.Lists;
using Weir.Desk.Mitigation.Enforcing;
using Weir.Desk.Mitigation.GoBgp;
using Weir.Desk.Mitigation.Rpz;
using Weir.Desk.Notices;
using Weir.Desk.Policy;
using Weir.Desk.Promotion;
using Weir.Desk.Remediation;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.Sections;

namespace Weir.Desk.Composing;

/// <summary>Settings of the desk's process, component by component.</summary>
internal sealed record DeskProcessOptions
{
    /// <summary>The policy in force.</summary>
    public required PolicyProfile Policy { get; init; }

    /// <summary>The desk's own chain.</summary>
    public required AuditOptions Audit { get; init; }

    /// <summary>Folder of the records.</summary>
    public required string Records { get; init; }

    /// <summary>The door for collectors, and who asks how the desk is.</summary>
    public required PeerOptions Peers { get; init; }

    /// <summary>The store; not disposed with the process.</summary>
    public required PeerClient Store { get; init; }

    public required DeskListsOptions Lists { get; init; }

    public required CasesOptions Cases { get; init; }

    public RemediationOptions Remediation { get; init; } = new();

    public required ComplaintsOptions Complaints { get; init; }

    public required AlertsOptions Alerts { get; init; }

    public required BlocksOptions Blocks { get; init; }

    /// <summary>The provider's routers; null for none.</summary>
    public GoBgpOptions? GoBgp { get; init; }

    /// <summary>The resolvers' policy zone; null for none.</summary>
    public RpzOptions? Rpz { get; init; }

    public required NoticesOptions Notices { get; init; }

    public required EscalationsOptions Escalations { get; init; }

    /// <summary>The desk's side of the customer's page; null where the vault serves none.</summary>
    public CustomersOptions? Customers { get; init; }

    public required ReportRunOptions Comparisons { get; init; }

    public required PromotionsOptions Promotions { get; init; }

    /// <summary>The people's door.</summary>
    public required ApiOptions Api { get; init; }

    /// <summary>Sentences for the operator, one for each fault.</summary>
    public IReadOnlyList<string> Validate() => Peers.Validate();
}
