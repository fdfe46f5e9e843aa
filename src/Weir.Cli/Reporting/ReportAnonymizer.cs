// SPDX-License-Identifier: Apache-2.0
//
// What a profile may show of a run (rules.md R11). The lab profile shows everything in clear and says so. Every other
// profile shows endpoints and coarse counts, never who:
//
// - counts of subjects, exchanges and attempts are rounded to five from k up and read "<k" below;
// - a candidate's cases and others are bands, its p and q orders of magnitude, its expected count an upper
// step of 1-2-5, and
//   its effect sizes are computed again from what is published, so that they cannot be turned back into the counts;
// - endpoints with fewer than k cases, and everything of a population below the base, are withheld and counted;
// - nobody is named: `infected` is empty, and who talks to a C&C is in no event either;
// - an event of the other rules stays, since it is the proof that looking was not random (R12, statistics.md
// B.11): under a
//   pseudonym, without the place where its subject is connected.
//
// Totals of datagrams and flows are counts of records, not of people, and stay exact: the books have to balance.
using System.Globalization;
using System.Text.RegularExpressions;
using Weir.Contracts.Events;

namespace Weir.Cli.Reporting;

/// <summary>Turns a computed report into one that its profile may show.</summary>
internal sealed partial class ReportAnonymizer(ReportKAnonymity rule)
{
    public const string LabProfile = "lab";

    public const string KeyIsGone =
        "Pseudonyms were made under a key that ended with the run: they cannot be resolved.";

    [GeneratedRegex("^p-[0-9a-f]{32}$")]
    private static partial Regex Pseudonym();

    public Report Shape(Report computed) =>
        computed.Profile == LabProfile ? computed with { Pseudonyms = "" } : Hide(computed);

    private Report Hide(Report computed)
    {
        var bigEnough = computed.Subjects.Seen.Number >= rule.MinimumBase;
        var candidates =
            bigEnough ? computed.Candidates.Where(c => c.Cases.Number >= rule.K).Select(Coarse).ToList() : [];
        var rollups = bigEnough ? computed.Rollups.Where(r => r.Cases.Number >= rule.K).Select(Coarse).ToList() : [];
        var events = computed.Events.Where(MayPublish).Select(Unplaced).ToList();
        return computed with
        {
            Pseudonyms = computed.Pseudonyms.Length > 0 ? computed.Pseudonyms : KeyIsGone,
            Subjects = Coarse(computed.Subjects),
            Sightings = [.. computed.Sightings.Select(s => Coarse(s, bigEnough))],
            Infected = [],
            Candidates = candidates,
            Rollups = rollups,
            Family = Coarse(computed.Family),
            Events = events,
            EventCounts = [.. computed.EventCounts.Select(c => Coarse(c, bigEnough))],
            Withheld = computed.Candidates.Count - candidates.Count + computed.Rollups.Count - rollups.Count,
            Withholdings = Explain(computed, candidates.Count, rollups.Count, events.Count, bigEnough),
        };
    }

    private List<ReportWithholding> Explain(Report computed, int candidates, int rollups, int events, bool bigEnough)
    {
        var why = bigEnough
            ? Invariant($"fewer than {rule.K} infected subjects stand behind each (R11)")
            : Invariant($"fewer than {rule.MinimumBase} subjects were seen: population output is withheld (R11)");
        List<ReportWithholding> held = [];
        AddIfAny(held, "candidate endpoints", computed.Candidates.Count - candidates, why);
        AddIfAny(held, "roll-ups", computed.Rollups.Count - rollups, why);
        if (computed.Infected.Count > 0)
        {
            held.Add(new(
                "infected subjects", rule.Count(computed.Infected.Count),
                "who is infected is shown to nobody outside a case"));
        }

        var contacts = computed.EventCounts.Where(c => c.Rule == RuleId.CncContact).Sum(c => c.Events.Number);
        var unshown = Math.Max(contacts, computed.Events.Count - events);
        if (unshown > 0)
        {
            held.Add(new(
                "service events", rule.Count(unshown),
                "who talks to a listed endpoint is shown to nobody outside a case"));
        }

        return held;
    }

    // Whoever computed the report names its subjects; a name that is no pseudonym never passes.
    private static bool MayPublish(ReportEvent computed) =>
        computed.Rule != RuleId.CncContact && Pseudonym().IsMatch(computed.Subject);

    // The router, and the interface of a spoofed source, would say where the subject is connected.
    private static ReportEvent Unplaced(ReportEvent exact) =>
        exact with { Exporter = "", Detail = exact.Rule == RuleId.Spoof ? "" : exact.Detail };

    private static void AddIfAny(List<ReportWithholding> held, string what, int count, string why)
    {
        if (count > 0)
        {
            held.Add(new(what, count, why));
        }
    }

    private ReportSubjects Coarse(ReportSubjects exact) => new()
    {
        Seen = rule.Count(exact.Seen.Number),
        Cases = rule.Count(exact.Cases.Number),
        Controls = rule.Count(exact.Controls.Number),
        Excluded = rule.Count(exact.Excluded.Number),
    };

    private ReportSighting Coarse(ReportSighting exact, bool bigEnough) => exact with
    {
        Subjects = bigEnough || exact.Subjects.Number < rule.K
            ? rule.Count(exact.Subjects.Number)
            : PublishedValue.FromText("withheld"),
        Exchanges = bigEnough || exact.Exchanges.Number < rule.K
            ? rule.Count(exact.Exchanges.Number)
            : PublishedValue.FromText("withheld"),
        Attempts = bigEnough || exact.Attempts.Number < rule.K
            ? rule.Count(exact.Attempts.Number)
            : PublishedValue.FromText("withheld"),
    };

    private ReportCandidate Coarse(ReportCandidate exact)
    {
        var (ic, ic025) = Effect(exact.Cases.Number, exact.Expected.Number);
        var shown = exact with
        {
            Cases = rule.Band(exact.Cases.Number),
            Expected = UpTo(exact.Expected.Number),
            Others = rule.Band(exact.Others.Number),
            P = ReportKAnonymity.Order(exact.P.Number),
            Q = ReportKAnonymity.Order(exact.Q.Number),
            Ic = ic,
            Ic025 = ic025,
        };
        return shown with
        {
            Why = $"{shown.Cases} infected subjects contacted it where {shown.Expected} were to be "
                + $"expected; {shown.Others} others did"
                + (exact.Status == "shared" ? ", too many for a block" : ""),
        };
    }

    private ReportRollup Coarse(ReportRollup exact)
    {
        var (ic, ic025) = Effect(exact.Cases.Number, exact.Expected.Number);
        return exact with
        {
            Cases = rule.Band(exact.Cases.Number),
            Expected = UpTo(exact.Expected.Number),
            Others = rule.Band(exact.Others.Number),
            P = ReportKAnonymity.Order(exact.P.Number),
            Q = ReportKAnonymity.Order(exact.Q.Number),
            Ic = ic,
            Ic025 = ic025,
        };
    }

    // From the low end of the published band and the published bound of E: reveals nothing more and never overstates.
    private (PublishedValue Ic, PublishedValue Ic025) Effect(double cases, double expected)
    {
        var low = rule.LowEnd(cases) + 0.5;
        var ic = Math.Log2(low / (UpperStep(expected) + 0.5));
        return (Math.Round(ic, 1), Math.Round(ic - (3.3 * Math.Pow(low, -0.5)) - (2 * Math.Pow(low, -1.5)), 1));
    }

    private static ReportFamily Coarse(ReportFamily exact) => exact with
    {
        Baselines = exact.Baselines with { PooledEndpoints = null },
        Power = exact.Power with
        {
            MinimumP = exact.Power.MinimumP.IsNumber
                ? ReportKAnonymity.Order(exact.Power.MinimumP.Number)
                : exact.Power.MinimumP,
            Why = exact.Power.Enough ? "" : "with so few infected subjects the smallest p any endpoint could reach is "
                + "above what this family asks for",
        },
    };

    private ReportEventCount Coarse(ReportEventCount exact, bool bigEnough) => exact with
    {
        Events = ShapeCount(exact.Events.Number, bigEnough),
        Subjects = ShapeCount(exact.Subjects.Number, bigEnough),
    };

    private PublishedValue ShapeCount(double exact, bool bigEnough) =>
        bigEnough || exact < rule.K ? rule.Count(exact) : PublishedValue.FromText("withheld");

    private static double UpperStep(double expected) => expected <= 0.01 ? 0.01 : RoundingSteps.AtLeast(expected);

    private static PublishedValue UpTo(double expected) =>
        PublishedValue.FromText(Invariant($"<={UpperStep(expected):0.##}"));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
