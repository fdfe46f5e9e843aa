// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Lab;
using Weir.Store.Comparing;

namespace Weir.Bench;

/// <summary>The published simulation table (statistics.md B.6, rows A, C and H) done again by the engine, with the
/// shipped settings beside it.</summary>
public static class Accuracy
{
    private static readonly Row[] Rows =
    [
        new("A", "unsampled, one day, 200,000 users", new(), "20.0 / 63.8", "20.0 / 25.1", "20.0 / 20.1"),
        new(
            "C", "2 % of the controls (27 a case)", new() { ControlShare = 0.02 }, "20.0 / 91.2",
            "19.7 / 24.8", "19.6 / 19.6"),
        new(
            "H", "2 % of the users are NAT super-users (15 times as active)", new() { NatShare = 0.02 }, "20.0 / 447.9",
            "19.8 / 24.8", "19.8 / 19.8"),
    ];

    /// <summary>Writes the table as a Markdown page.</summary>
    /// <param name="output">Where the page goes.</param>
    /// <param name="seeds">Seeds a row, from 1 up. The published means are over 10.</param>
    public static void Run(TextWriter output, int seeds)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            # How well the comparison finds hidden C&Cs

            Written by `dotnet run -c Release --project bench/Weir.Bench -- accuracy {seeds} docs/41-accuracy.md`; do not edit.

            Simulated providers: 200,000 users, 200,000 benign endpoints of Zipf popularity in 60 interest communities, lognormal
            activity, a vendor's device owned by 3 % and infected 8 times as often, 20 hidden C&Cs shared by 50, 20, 10 and 5 % of the
            300 infected, half of them known. The generator draws the same numbers as the program behind the published table, so a seed
            is the same data. Each cell is *hidden C&Cs found / endpoints flagged / precision*, the mean of {seeds} seeds from 1 up.

            *As published*: Benjamini–Hochberg at q = 0.01 over all endpoints three users contact, IC025 above 0, no prevalence cap, one
            veto cut at 1/3, no washout. *As shipped*: the product's defaults, with the cap at 0.5 %, veto above 2/3, review above 1/3,
            a washout of a tenth of the window, and endpoints that too many others use told apart as shared. Permuted: discoveries in
            20 runs a seed with labels shuffled within strata, all seeds together.

            | row | setting | pooled Fisher | activity strata | strata and veto | **as shipped** | shared | permuted |
            |---|---|---|---|---|---|---|---|
            """));
        foreach (var row in Rows)
        {
            var (published, shipped) = (new List<SimulatedOutcome>(), new List<SimulatedOutcome>());
            for (var seed = 1; seed <= seeds; seed++)
            {
                var provider = DiffSim.Make(row.Options, (ulong)seed);
                var pairs = Simulated.Pairs(provider);
                published.Add(Simulated.CompareAsync(provider, pairs, Simulated.AsPublished, (ulong)seed)
                    .GetAwaiter().GetResult());
                shipped.Add(
                    Simulated.CompareAsync(provider, pairs, Simulated.AsShipped, (ulong)seed).GetAwaiter().GetResult());
            }

            output.WriteLine($"| {row.Name} | {row.Setting}, {Mean(published, o => o.Cases)} cases | "
                + $"{Cell(published, o => o.Pooled)} | {Cell(published, o => o.Strata)} | "
                + $"{Cell(published, o => o.Decided)} | **{Cell(shipped, o => o.Decided)}** | "
                + $"{Mean(shipped, o => o.Shared.Flagged)} | {published.Sum(o => o.Permuted)} of {20 * seeds} runs |");
            output.WriteLine($"| | *published means* | {row.Pooled} | {row.Strata} | {row.Veto} | | | |");
        }

        output.WriteLine();
        output.WriteLine("Differences in the last digit: ties of activity are broken by other random numbers, and a "
            + "user who contacts nothing is no subject here, as the store never sees it. Limits: synthetic data; "
            + "contacts independent given interests; no evasive rotation; known cases drawn at random from the "
            + "infected, which real lists are not.");
    }

    private static string Cell(List<SimulatedOutcome> outcomes, Func<SimulatedOutcome, Score> score)
    {
        var (found, flagged) = (outcomes.Average(o => score(o).Found), outcomes.Average(o => score(o).Flagged));
        return string.Create(
            CultureInfo.InvariantCulture, $"{found:0.0} / {flagged:0.0} / {(flagged == 0 ? 0 : found / flagged):0.00}");
    }

    private static string Mean(List<SimulatedOutcome> outcomes, Func<SimulatedOutcome, double> value) =>
        outcomes.Average(value).ToString("0.0", CultureInfo.InvariantCulture);

    private sealed record Row(
        string Name, string Setting, DiffSimOptions Options, string Pooled, string Strata, string Veto);
}
