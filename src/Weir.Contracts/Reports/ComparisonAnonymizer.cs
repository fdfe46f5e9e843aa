// SPDX-License-Identifier: Apache-2.0
//
// What a profile may show of a comparison (rules.md R11). The lab profile shows everything in clear and says so. Every
// other profile shows endpoints and coarse counts, never who:
//
// - counts of subjects, exchanges and attempts are rounded to five from k up and read "<k" below;
// - a candidate's cases and others are bands, its p and q orders of magnitude, its expected count an upper step of
//   1-2-5, and its effect sizes are computed again from what is published, so that they cannot be turned back into the
//   counts;
// - evidence for command is rounded to tenths, its features to quarters, and its words, which count lines, give way to
//   words about the feature; campaigns keep the endpoints that are shown, their lines are bands, their times whole hours;
// - endpoints with fewer than k cases, and everything of a population below the base, are withheld and counted;
// - nobody is named: `infected` and `infections` are empty.
using System.Globalization;

namespace Weir.Contracts.Reports;

/// <summary>Turns computed figures into those that a profile other than <c>lab</c> may show. Pure.</summary>
public sealed class ComparisonAnonymizer(ReportKAnonymity rule)
{
    public const string Candidates = "candidate endpoints";
    public const string Rollups = "roll-ups";
    public const string Infected = "infected subjects";

    /// <summary>The figures that may be shown.</summary>
    public ComparedFigures Shape(ComparedFigures computed)
    {
        var bigEnough = computed.Subjects.Seen.Number >= rule.MinimumBase;
        var candidates =
            bigEnough ? computed.Candidates.Where(c => c.Cases.Number >= rule.K).Select(Coarse).ToList() : [];
        var rollups = bigEnough ? computed.Rollups.Where(r => r.Cases.Number >= rule.K).Select(Coarse).ToList() : [];
        return computed with
        {
            Subjects = Coarse(computed.Subjects) with
            {
                // Nought is said where nothing matched any list at all, which the sightings show anyway.
                Cases = computed.Sightings.Count == 0 && computed.Subjects.Cases is { IsNumber: true, Number: 0 }
                    ? 0 : rule.Count(computed.Subjects.Cases.Number),
            },
            Sightings = [.. computed.Sightings.Select(s => Coarse(s, bigEnough))],
            Infected = [],
            Infections = [],
            Candidates = [.. candidates.OrderByDescending(c => c.Command.Number)
                .ThenByDescending(c => c.Ic025.Number).ThenBy(EvidenceAnonymizer.NameOf, StringComparer.Ordinal)],
            Campaigns = EvidenceAnonymizer.Shape(computed.Campaigns, candidates, rule),
            Rollups = rollups,
            Family = Coarse(computed.Family),
            Withheld = computed.Candidates.Count - candidates.Count + computed.Rollups.Count - rollups.Count,
            Withholdings = Explain(computed, candidates.Count, rollups.Count, bigEnough),
            IsBaseMet = bigEnough,
        };
    }

    /// <summary>A count of what is no endpoint: as a count, or withheld with the population.</summary>
    public PublishedValue ShapeCount(double exact, bool isBaseMet) =>
        isBaseMet || exact < rule.K ? rule.Count(exact) : PublishedValue.FromText("withheld");

    private List<ReportWithholding> Explain(ComparedFigures computed, int candidates, int rollups, bool bigEnough)
    {
        var why = bigEnough
            ? Invariant($"fewer than {rule.K} infected subjects stand behind each (R11)")
            : Invariant($"fewer than {rule.MinimumBase} subjects were seen: population output is withheld (R11)");
        List<ReportWithholding> held = [];
        AddIfAny(held, Candidates, computed.Candidates.Count - candidates, why);
        AddIfAny(held, Rollups, computed.Rollups.Count - rollups, why);
        if (computed.Infected.Count > 0)
        {
            held.Add(new(
                Infected, rule.Count(computed.Infected.Count), "who is infected is shown to nobody outside a case"));
        }

        return held;
    }

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
        Subjects = ShapeCount(exact.Subjects.Number, bigEnough),
        Exchanges = ShapeCount(exact.Exchanges.Number, bigEnough),
        Attempts = ShapeCount(exact.Attempts.Number, bigEnough),
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
            Command = Math.Round(exact.Command.Number, 1),
            Reasons = EvidenceAnonymizer.Coarse(exact.Reasons),
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

    private static double UpperStep(double expected) => expected <= 0.01 ? 0.01 : RoundingSteps.AtLeast(expected);

    private static PublishedValue UpTo(double expected) =>
        PublishedValue.FromText(Invariant($"<={UpperStep(expected):0.##}"));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
