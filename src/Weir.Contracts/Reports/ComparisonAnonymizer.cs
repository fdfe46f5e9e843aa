// SPDX-License-Identifier: Apache-2.0
//
// What a profile may show of a comparison (rules.md R11, docs/36-numbers.md). The lab profile shows everything in clear
// and says so. Every other profile shows endpoints and coarse counts, never who. What was found was decided on exact
// counts; of a count nothing is shown but exact + noise, and that
//
// - rounded to five from k up, "<k" below; at a candidate as a band;
// - once for a contact: an endpoint, its address and its network have no figures beside each other, a campaign and a
//   popular entry none at all, and exchanges, packets and octets, of which one line may have any number, are not told;
// - p, q, effect size, order and whether too many others use it follow from the noisy counts alone; evidence for
//   command, onset and what simpler methods flag, which do not, are not told;
// - where fewer than the base were seen, nothing at all; `infected` and `infections` are always empty, and there are no
//   `peers`: one line may be in as many pairs as there are others, which no noise of scale 1 covers.
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Contracts.Noise;

namespace Weir.Contracts.Reports;

/// <summary>Turns computed figures into those that a profile other than <c>lab</c> may show. The same figures under the
/// same draws come out the same.</summary>
public sealed class ComparisonAnonymizer(ReportKAnonymity rule, FigureProtection protection)
{
    public const string Candidates = "candidate endpoints";
    public const string Rollups = "roll-ups";
    public const string Everything = "all that was found";
    public const string Infected = "infected subjects";

    /// <summary>In place of a figure that is told nowhere outside the lab.</summary>
    public static readonly PublishedValue NotTold = PublishedValue.FromText("not told");

    /// <summary>In place of a figure where too few were seen in all.</summary>
    public static readonly PublishedValue Withheld = PublishedValue.FromText("withheld");

    private IFigureNoise Noise => protection.Noise;

    /// <summary>Whether enough were seen for figures, by the noisy count.</summary>
    public bool IsBaseMet(ComparedFigures computed) => SeenOf(computed) >= rule.MinimumBase;

    /// <summary>The figures that may be shown.</summary>
    public ComparedFigures Shape(ComparedFigures computed)
    {
        if (!IsBaseMet(computed))
        {
            return BelowBase();
        }

        var told = protection.MayTell(NamesOf(computed));
        var cells = CellsOf(computed);
        List<ReportCandidate> candidates =
        [
            .. computed.Candidates.Select(c => told.Contains(EvidenceAnonymizer.NameOf(c))
                ? cells.Shape(c)
                : protection.ShownAs(EvidenceAnonymizer.NameOf(c)) is { } status ? CellAnonymizer.Untold(c, status)
                    : null)
                .OfType<ReportCandidate>().OrderByDescending(c => c.Ic025.IsNumber).ThenByDescending(c =>
                    c.Ic025.Number)
                .ThenBy(EvidenceAnonymizer.NameOf, StringComparer.Ordinal),
        ];
        List<ReportRollup> rollups =
        [
            .. computed.Rollups.Where(r => told.Contains(r.Key)).Select(cells.Shape).OfType<ReportRollup>(),
        ];
        return computed with
        {
            EstimatedPackets = null,
            EstimatedOctets = null,
            Subjects = Coarse(computed),
            Sightings = [.. computed.Sightings.GroupBy(NameOf).Select(of => Coarse([.. of], told))
                .OrderByDescending(s => s.Subjects.Number).ThenBy(NameOf, StringComparer.Ordinal)],
            Infected = [],
            Infections = [],
            Peers = null,
            Candidates = candidates,
            Campaigns = EvidenceAnonymizer.Shape(computed.Campaigns, candidates),
            Rollups = rollups,
            Family = Coarse(computed.Family),
            Withheld = computed.Candidates.Count - candidates.Count + computed.Rollups.Count - rollups.Count,
            Withholdings = Explain(computed, candidates.Count, rollups.Count),
            IsBaseMet = true,
        };
    }

    /// <summary>What two people learn of a candidate that is withheld: its status and orders of magnitude, of the noisy
    /// counts as well.</summary>
    /// <param name="computed">The figures that were shaped.</param>
    /// <param name="candidate">One of them.</param>
    public (string Status, PublishedValue P, PublishedValue Q) OrdersOf(ComparedFigures computed,
        ReportCandidate candidate)
    {
        var name = EvidenceAnonymizer.NameOf(candidate);
        return IsBaseMet(computed) && protection.MayTell([name]).Contains(name)
            ? CellsOf(computed).OrdersOf(candidate)
            : (protection.ShownAs(name) ?? CellAnonymizer.CandidateStatus, NotTold, NotTold);
    }

    private long SeenOf(ComparedFigures computed) => Noise.Blur("subjects seen", computed.Subjects.Seen.Number);

    private CellAnonymizer CellsOf(ComparedFigures computed) => new(
        rule, Noise, SeenOf(computed), Noise.Blur("cases", computed.Subjects.Cases.Number), SizeOf(computed.Family));

    private long SizeOf(ReportFamily exact) => Noise.Blur("endpoints tested", exact.Endpoints);

    /// <summary>The same whatever was found.</summary>
    private ComparedFigures BelowBase()
    {
        var why = Invariant($"fewer than {rule.MinimumBase} subjects were seen: population output is withheld (R11)");
        return new()
        {
            Subjects = new() { Seen = Withheld, Cases = Withheld, Controls = Withheld, Excluded = Withheld },
            Family = new()
            {
                Baselines = new(NotTold, NotTold),
                Power = new() { Enough = false, MinimumP = NotTold, Why = why },
            },
            Withholdings = [new(Everything, NotTold, why)],
            IsBaseMet = false,
        };
    }

    private static List<string> NamesOf(ComparedFigures computed) =>
    [
        .. computed.Sightings.Select(NameOf).Distinct(), .. computed.Candidates.Select(EvidenceAnonymizer.NameOf),
        .. computed.Rollups.OrderBy(r => r.Kind == "address" ? 0 : 1).Select(r => r.Key),
    ];

    private static string NameOf(ReportSighting sighting) =>
        Endpoint.Write(sighting.Remote, sighting.Port, sighting.Protocol);

    private List<ReportWithholding> Explain(ComparedFigures computed, int candidates, int rollups)
    {
        var why = Invariant($"fewer than {rule.K} infected subjects stand behind each, or it was told of already (R11)");
        List<ReportWithholding> held = [];
        AddIfAny(held, Candidates, computed.Candidates.Count - candidates, why);
        AddIfAny(held, Rollups, computed.Rollups.Count - rollups, why);
        if (computed.Infected.Count > 0)
        {
            held.Add(new(Infected, NotTold, "who is infected is shown to nobody outside a case"));
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

    /// <summary>Controls are those that are left, so that nobody's being a case is told twice.</summary>
    private ReportSubjects Coarse(ComparedFigures computed)
    {
        // Nought is said where nothing matched any list at all, which the sightings show anyway.
        var nothing = computed.Sightings.Count == 0 && computed.Subjects.Cases is { IsNumber: true, Number: 0 };
        var seen = SeenOf(computed);
        var infected = Noise.Blur("cases", computed.Subjects.Cases.Number);
        var excluded = Noise.Blur("excluded", computed.Subjects.Excluded.Number);
        return new()
        {
            Seen = rule.Count(seen),
            Cases = nothing ? 0 : rule.Count(infected),
            Controls = rule.Count(Math.Max(0, seen - infected - excluded)),
            Excluded = rule.Count(excluded),
        };
    }

    /// <summary>One row for an endpoint, whichever lists name it: its subjects have one draw.</summary>
    private ReportSighting Coarse(IReadOnlyList<ReportSighting> exact, IReadOnlySet<string> told)
    {
        var name = NameOf(exact[0]);
        return exact[0] with
        {
            List = string.Join(", ", exact.Select(one => one.List).Distinct().Order(StringComparer.Ordinal)),
            Family = exact.Select(one => one.Family).FirstOrDefault(family => family.Length > 0) ?? "",
            Subjects = told.Contains(name)
                ? rule.Count(Noise.Blur($"listed {name}", exact[0].OnAnyList ?? exact.Max(one => one.Subjects.Number)))
                : NotTold,
            Exchanges = NotTold,
            Attempts = NotTold,
            OnAnyList = null,
        };
    }

    private ReportFamily Coarse(ReportFamily exact) => exact with
    {
        Endpoints = SizeOf(exact),
        PopularEntries = [],
        Baselines = new(NotTold, NotTold),
        Replication = exact.Replication is { Why.Length: > 0 } cannot
            ? cannot with { Why = "too few infected subjects to confirm anything" }
            : exact.Replication,
        Power = exact.Power with
        {
            MinimumP = NotTold,
            Why = exact.Power.Enough ? "" : "with so few infected subjects the smallest p any endpoint could reach is "
                + "above what this family asks for",
        },
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
