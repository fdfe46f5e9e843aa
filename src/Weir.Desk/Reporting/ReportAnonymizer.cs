// SPDX-License-Identifier: Apache-2.0
//
// What a profile may show of a run (rules.md R11). The lab profile shows everything in clear and says so. In every
// other, ComparisonAnonymizer makes the figures of the comparison coarse; here is the rest:
//
// - who talks to a C&C is in no event, and counted alone, with the noise that the cases have;
// - an event of the other rules stays, since it is the proof that looking was not random (R12, statistics.md B.11):
//   under a pseudonym, without the place where its subject is connected.
//
// Totals of datagrams and flows are counts of records, not of people, and stay exact: the books have to balance. Sums
// of packets and octets are not told.
using System.Text.RegularExpressions;
using Weir.Contracts.Events;
using Weir.Contracts.Reports;

namespace Weir.Desk.Reporting;

/// <summary>Turns a computed report into one that its profile may show.</summary>
/// <param name="rule">How coarse.</param>
/// <param name="protection">The noise of the run; null where the store has put it in already, or in the lab.</param>
internal sealed partial class ReportAnonymizer(ReportKAnonymity rule, FigureProtection? protection = null)
{
    public const string LabProfile = "lab";

    public const string KeyIsGone =
        "Pseudonyms were made under a key that ended with the run: they cannot be resolved.";

    public const string KeysAreKept =
        "Pseudonyms were made under the key of their seven days; the key is erased seven days later.";

    [GeneratedRegex("^p-[0-9a-f]{32}$")]
    private static partial Regex Pseudonym();

    public Report Shape(Report computed) =>
        computed.Profile == LabProfile ? computed with { Pseudonyms = "" } : Hide(computed);

    /// <summary>A report whose figures the store made coarse already: the rest of it.</summary>
    public Report Complete(Report computed, ComparedFigures figures) =>
        computed.Profile == LabProfile
            ? Combine(computed, figures) with { Pseudonyms = "" }
            : Hide(computed, figures);

    private Report Hide(Report computed) => Hide(
        computed, new ComparisonAnonymizer(rule, protection ?? throw new InvalidOperationException(
            "exact figures of a provider are not shown without noise: say where it comes from")).Shape(computed.Figures));

    private Report Hide(Report computed, ComparedFigures figures)
    {
        var events = computed.Events.Where(MayPublish).Select(Unplaced).ToList();
        return Combine(computed, figures) with
        {
            Pseudonyms = computed.Pseudonyms.Length > 0 ? computed.Pseudonyms : KeyIsGone,
            Events = events,
            ByDeeds = null,
            ByReports = null,
            Flows = computed.Flows with
            {
                EstimatedPackets = figures.EstimatedPackets,
                EstimatedOctets = figures.EstimatedOctets,
            },
            EventCounts = [.. computed.EventCounts.Select(c => Coarse(c, figures))],
            Withholdings = [.. figures.Withholdings, .. Explain(computed, events.Count)],
        };
    }

    private static Report Combine(Report report, ComparedFigures figures) => report with
    {
        Subjects = figures.Subjects,
        Sightings = figures.Sightings,
        Infected = figures.Infected,
        Candidates = figures.Candidates,
        Campaigns = figures.Campaigns,
        Infections = figures.Infections,
        Peers = figures.Peers,
        Rollups = figures.Rollups,
        Family = figures.Family,
        Withheld = figures.Withheld,
        Withholdings = figures.Withholdings,
    };

    private List<ReportWithholding> Explain(Report computed, int events)
    {
        var contacts = computed.EventCounts.Where(c => IsContact(c.Rule)).Sum(c => c.Events.Number);
        var unshown = Math.Max(contacts, computed.Events.Count - events);
        return unshown > 0
            ? [new(
                "service events", ComparisonAnonymizer.NotTold,
                "who talks to a listed endpoint is shown to nobody outside a case")]
            : [];
    }

    // Whoever computed the report names its subjects; a name that is no pseudonym never passes.
    private static bool MayPublish(ReportEvent computed) =>
        !IsContact(computed.Rule) && Pseudonym().IsMatch(computed.Subject);

    // The router, and the interface of a spoofed source, would say where the subject is connected.
    private static ReportEvent Unplaced(ReportEvent exact) =>
        exact with
        {
            Exporter = "",
            Detail = DetectionRules.Find(exact.Rule) is { IsPlacedByDetail: true } ? "" : exact.Detail,
        };

    private static bool IsContact(string rule) => DetectionRules.Find(rule) is { IsContact: true };

    /// <summary>Who met a listed endpoint is counted once, as a case; the events of other rules stand in the report one
    /// by one, and no count stands beside them.</summary>
    private static ReportEventCount Coarse(ReportEventCount exact, ComparedFigures figures) => exact with
    {
        Events = ComparisonAnonymizer.NotTold,
        Subjects = IsContact(exact.Rule) ? figures.Subjects.Cases : ComparisonAnonymizer.NotTold,
    };
}
