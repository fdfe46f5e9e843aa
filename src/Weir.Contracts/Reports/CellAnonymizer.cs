// SPDX-License-Identifier: Apache-2.0
//
// What is shown of one endpoint or roll-up: everything follows from its two noisy counts and the noisy totals, and is
// made coarse last, so that nothing exact has a part in it and the words agree with the bands.
using System.Globalization;
using Weir.Contracts.Noise;

namespace Weir.Contracts.Reports;

/// <summary>Makes cells of a comparison. A subject is a case or another, so that a contact is in one of the two counts.
/// </summary>
/// <param name="rule">How coarse.</param>
/// <param name="noise">The draws of the window.</param>
/// <param name="seen">Subjects seen, noisy.</param>
/// <param name="infected">Cases among them, noisy.</param>
/// <param name="tested">Endpoints of the family, noisy.</param>
internal sealed class CellAnonymizer(ReportKAnonymity rule, IFigureNoise noise, long seen, long infected, long tested)
{
    public const string CandidateStatus = "candidate";
    public const string SharedStatus = "shared";

    private const double LeastExpected = 0.01;

    private readonly double _share = infected / Math.Max(1.0, seen);

    /// <summary>Null where it stays withheld: too few by the noisy count.</summary>
    public ReportCandidate? Shape(ReportCandidate exact)
    {
        var cell = CellOf(EvidenceAnonymizer.NameOf(exact), exact.Cases, exact.Others);
        return cell.Some < rule.K ? null : exact with
        {
            Cases = rule.Band(cell.Some),
            Expected = ExpectedOf(cell),
            Others = rule.Band(cell.Rest),
            P = ReportKAnonymity.OrderBand(PowerOf(cell)),
            Q = ReportKAnonymity.OrderBand(AmongAll(cell)),
            Ic = IcOf(cell),
            Ic025 = LowerIcOf(cell),
            Onset = "not told",
            Status = StatusOf(cell),
            Command = ComparisonAnonymizer.NotTold,
            Reasons = [],
            Why = $"{rule.Band(cell.Some)} infected subjects contacted it where {ExpectedOf(cell)} were to be "
                + $"expected; {rule.Band(cell.Rest)} others did"
                + (StatusOf(cell) == SharedStatus ? ", too many for a block" : ""),
        };
    }

    /// <summary>One that had its figures of this quarter: that it is found again is said, and nothing else.</summary>
    /// <param name="exact">As computed.</param>
    /// <param name="status">As it was last shown.</param>
    public static ReportCandidate Untold(ReportCandidate exact, string status) => exact with
    {
        Cases = ComparisonAnonymizer.NotTold,
        Expected = ComparisonAnonymizer.NotTold,
        Others = ComparisonAnonymizer.NotTold,
        P = ComparisonAnonymizer.NotTold,
        Q = ComparisonAnonymizer.NotTold,
        Ic = ComparisonAnonymizer.NotTold,
        Ic025 = ComparisonAnonymizer.NotTold,
        Onset = "not told",
        Status = status,
        Command = ComparisonAnonymizer.NotTold,
        Reasons = [],
        Why = "it was found again; it had its figures of these days or of this quarter (R11)",
    };

    public ReportRollup? Shape(ReportRollup exact)
    {
        var cell = CellOf(exact.Key, exact.Cases, exact.Others);
        return cell.Some < rule.K ? null : exact with
        {
            Cases = rule.Band(cell.Some),
            Expected = ExpectedOf(cell),
            Others = rule.Band(cell.Rest),
            P = ReportKAnonymity.OrderBand(PowerOf(cell)),
            Q = ReportKAnonymity.OrderBand(AmongAll(cell)),
            Ic = IcOf(cell),
            Ic025 = LowerIcOf(cell),
        };
    }

    /// <summary>Status and orders of magnitude of one that is withheld.</summary>
    public (string Status, PublishedValue P, PublishedValue Q) OrdersOf(ReportCandidate exact)
    {
        var cell = CellOf(EvidenceAnonymizer.NameOf(exact), exact.Cases, exact.Others);
        return (StatusOf(cell), ReportKAnonymity.OrderBand(PowerOf(cell)), ReportKAnonymity.OrderBand(AmongAll(cell)));
    }

    private Cell CellOf(string name, PublishedValue cases, PublishedValue others)
    {
        var (some, rest) =
            (noise.Blur($"cases at {name}", cases.Number), noise.Blur($"others at {name}", others.Number));
        return new(some, rest, Math.Max(LeastExpected, (some + rest) * _share));
    }

    private string StatusOf(Cell cell) => SharedUse.IsShared(cell.Rest, seen) ? SharedStatus : CandidateStatus;

    private static double PowerOf(Cell cell) => PooledTail.Above(cell.Some, cell.Expected);

    private double AmongAll(Cell cell) => Math.Min(1, PowerOf(cell) * Math.Max(1, tested));

    private static PublishedValue ExpectedOf(Cell cell) => PublishedValue.FromText(string.Create(
        CultureInfo.InvariantCulture, $"<={RoundingSteps.AtLeast(cell.Expected):0.##}"));

    private static PublishedValue IcOf(Cell cell) => Half(Ic(cell));

    private static PublishedValue LowerIcOf(Cell cell) => Half(
        Ic(cell) - (3.3 * Math.Pow(cell.Some + 0.5, -0.5)) - (2 * Math.Pow(cell.Some + 0.5, -1.5)));

    private static double Ic(Cell cell) => Math.Log2((cell.Some + 0.5) / (cell.Expected + 0.5));

    private static double Half(double value) => Math.Floor(value * 2) / 2;

    /// <param name="Some">Cases that contacted it, noisy.</param>
    /// <param name="Rest">Others, noisy.</param>
    /// <param name="Expected">Cases to be expected of so many, without strata.</param>
    private readonly record struct Cell(long Some, long Rest, double Expected);
}
