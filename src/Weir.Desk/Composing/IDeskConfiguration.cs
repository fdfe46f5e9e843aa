// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Alerts;
using Weir.Desk.Api;
using Weir.Desk.Console;
using Weir.Desk.Enrichment;
using Weir.Desk.Mitigation;
using Weir.Desk.Notices;
using Weir.Desk.Policy;
using Weir.Desk.Records;
using Weir.Desk.Reporting;
using Weir.Hosting.Auditing;
using Weir.Hosting.Sections;

namespace Weir.Desk.Composing;

/// <summary>The sections of <c>weir.yaml</c> that the desk reads, and what follows from others.</summary>
public interface IDeskConfiguration
{
    /// <summary>Which rules of looking are in force.</summary>
    Profile Profile { get; }

    /// <summary>A policy in place of the profile's own.</summary>
    PolicyOptions Policy { get; }

    /// <summary>The provider's networks.</summary>
    AttributingOptions Attributing { get; }

    /// <summary>When comparisons run.</summary>
    ComparisonsOptions Comparing { get; }

    /// <summary>The desk's own chain.</summary>
    AuditOptions Auditing { get; }

    /// <summary>Records, and promotions.</summary>
    CasesOptions Cases { get; }

    /// <summary>Who may complain.</summary>
    ComplaintsOptions Complaints { get; }

    /// <summary>When customers are told.</summary>
    NoticeOptions Notices { get; }

    /// <summary>Blocks on routers and resolvers.</summary>
    MitigationOptions Blocking { get; }

    /// <summary>The ladder.</summary>
    EscalatingOptions Escalating { get; }

    /// <summary>Alerts.</summary>
    AlertOptions Notifying { get; }

    /// <summary>The door for people's commands.</summary>
    ControlOptions Control { get; }

    /// <summary>Where browsers reach the console.</summary>
    ConsoleOptions Console { get; }

    /// <summary>Who may do what.</summary>
    AccessOptions Access { get; }

    /// <summary>How many lines a listed network may make cases of.</summary>
    BrakeOptions Brake { get; }

    /// <summary>Where reports go.</summary>
    ReportOptions Report { get; }

    /// <summary>Whose networks endpoints are in.</summary>
    EnrichmentOptions Enrichment { get; }

    /// <summary>How long after a flow its row is in the store; follows from <c>decoding</c> and <c>digesting</c>.
    /// </summary>
    TimeSpan RowsOnTheWay { get; }
}
