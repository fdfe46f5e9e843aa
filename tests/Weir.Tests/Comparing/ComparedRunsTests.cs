// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.Cli.Reporting;
using Weir.Contracts.Flows;
using Weir.Contracts.Reports;
using Weir.Desk.Comparisons;
using Weir.Desk.Promotion;
using Weir.Desk.Reporting;
using Weir.Tests.Reporting;
using Weir.Wire;
using Weir.Tests.Support;

namespace Weir.Tests.Comparing;

/// <summary>What may be promoted is what a kept run found, with the figures as published and no finer.</summary>
public sealed class ComparedRunsTests : IDisposable
{
    private static readonly Endpoint Many = new(IpKey.Parse("198.51.100.1"), 443, Protocols.Tcp);
    private static readonly Endpoint Few = new(IpKey.Parse("2001:db8::1"), 8443, Protocols.Tcp);
    private static readonly DateTimeOffset At = new(2026, 11, 22, 20, 0, 0, TimeSpan.Zero);

    private static readonly WithheldRow[] Held = [new(Few.ToString(), Candidate.IsOne, "1e-2", "1")];

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-runs-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_published_candidate_comes_with_its_published_figures_and_a_withheld_one_with_orders_alone()
    {
        var runs = new ComparedRuns(_folder);
        var shaped = Shaped();
        var run = runs.Keep(shaped, Held, At);

        var many = runs.Find(Many)!;
        Assert.Equal(new(Many, run, "candidate", shaped.Candidates[0].P.ToString(), shaped.Candidates[0].Q
            .ToString(), shaped.Candidates[0].Ic.ToString(), shaped.Candidates[0].Ic025.ToString(), "")
        {
            SeenUntil = shaped.Window.Until,
        }, many);
        var few = runs.Find(Few)!;
        Assert.Equal((Few, run, "candidate", $"{run}.1"), (few.Endpoint, few.Run, few.Status, few.WithheldAs));
        Assert.Equal(("withheld", "withheld"), (few.Ic, few.Ic025));
        Assert.Matches("^(1|<?1e-[0-9]+)$", few.P);
        Assert.Equal(few, ((ICandidates)runs).Withheld($"{run}.1"));
        Assert.Equal(Few.ToString(), runs.Withheld($"{run}.1"));
        Assert.Null(((ICandidates)runs).Withheld($"{run}.2"));
        Assert.Null(runs.Find(Few with { Port = 1 }));
    }

    [Fact]
    public void The_newest_run_counts_and_rows_of_an_earlier_version_are_no_candidates()
    {
        var runs = new ComparedRuns(_folder);
        var shaped = Shaped();
        var first = runs.Keep(shaped, Held, At);
        var second = runs.Keep(shaped, Held, At.AddHours(1));
        Assert.Equal(second, runs.Find(Many)!.Run);

        foreach (var run in new[] { first, second })
        {
            File.WriteAllText(
                Path.Combine(_folder, "runs", $"{run}.withheld.json"),
                JsonSerializer.Serialize(new[] { Few.ToString() }));
        }

        Assert.Equal(Few.ToString(), runs.Withheld($"{first}.1"));
        Assert.NotEqual(Candidate.IsOne, runs.Find(Few)!.Status);
    }

    private static Report Shaped()
    {
        var computed = SampleReport.Create("us-provider") with
        {
            Candidates =
            [
                SampleReport.Candidate("198.51.100.1", 443, 22, 0.21, 1, "passed", "candidate"),
                SampleReport.Candidate("2001:db8::1", 8443, 4, 0.1, 0, "passed", "candidate")
            ],
        };
        var shaped = new ReportAnonymizer(ReportKAnonymity.Default, NoNoise.Protection).Shape(computed);
        Assert.Single(shaped.Candidates);
        return shaped;
    }
}
