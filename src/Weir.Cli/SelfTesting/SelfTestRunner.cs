// SPDX-License-Identifier: Apache-2.0
//
// The program tries itself: a small provider is simulated, exported in each protocol, and read back through the same
// code that reads a customer's capture: decoders, attribution, lists, digests, spool, the embedded store, comparison,
// report. The simulator knows the truth and shares nothing with Weir but the values on the wire. It needs no checkout,
// no network and no input: an installed program can be asked whether it works on this machine.
using Weir.Cli.Analysis;
using Weir.Cli.Reporting;
using Weir.Contracts.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Reporting;
using Weir.Lab;
using Weir.Lab.Telling;
using Weir.Wire;

namespace Weir.Cli.SelfTesting;

/// <summary>One assertion.</summary>
/// <param name="Name">A sentence.</param>
/// <param name="Passed">Whether it holds.</param>
/// <param name="Seen">What was seen instead; shown where it does not.</param>
internal readonly record struct SelfTestCheck(string Name, bool Passed, string Seen);

/// <summary>The built-in labelled runs. All in a folder that goes with it.</summary>
internal sealed class SelfTestRunner(TimeProvider time) : IDisposable
{
    private readonly WorkingFolder _folder = new();

    /// <summary>Runs one simulation after the other and judges each; a check comes as soon as it is known.</summary>
    public async IAsyncEnumerable<SelfTestCheck> RunAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var (usual, truth) = Simulate("netflow9", Usual);
        var made = _folder.At("made.pcap");
        SelfTestFixtures.WriteCapture(made, Usual.StartMs);
        SelfTestFixtures.WriteList(_folder.At("made.csv"));
        SelfTestFixtures.WriteAllowList(_folder.At("allow.txt"));

        var both = usual with
        {
            Inputs = [.. usual.Inputs, made],
            Networks = AnalysisArguments.Networks($"{Networks(truth)},{SelfTestFixtures.Network}", null, 64),
            Feeds = [.. usual.Feeds, .. MadeFeeds()]
        };
        var report = await AnalyseAsync(both, cancel);
        foreach (var check in SelfTestChecks.OfSimulation("netflow9", report, truth, [SelfTestFixtures.Infected])
            .Concat(SelfTestChecks.OfComparison(report, truth)).Concat(SelfTestChecks.OfMade(report, made)))
        {
            yield return check;
        }

        var hidden = await AnalyseAsync(both with { Profile = "us-provider" }, cancel);
        foreach (var check in SelfTestChecks.OfHiding(report, hidden, truth))
        {
            yield return check;
        }

        foreach (var (name, options) in Others)
        {
            var (settings, its) = Simulate(name, options);
            foreach (var check in SelfTestChecks.OfSimulation(name, await AnalyseAsync(settings, cancel), its, []))
            {
                yield return check;
            }
        }

        var few = await AnalyseAsync(usual with
        {
            Inputs = [made],
            Networks = AnalysisArguments.Networks(SelfTestFixtures.Network, null, 64),
            Feeds = MadeFeeds()
        }, cancel);
        yield return SelfTestChecks.OfFew(few);
    }

    public void Dispose() => _folder.Dispose();

    private static LabOptions Usual =>
        new() { Subscribers = 800, Bots = 60, Nets = 2, Seconds = 3_600, Seed = 7, ListEntries = 50, Coverage = 0.9 };

    private static (string Name, LabOptions Options)[] Others =>
    [
        ("ipfix", Usual with { Protocol = ExportProtocol.Ipfix, Biflow = true, Subscribers = 400, Bots = 20 }),
        ("netflow5", Usual with { Protocol = ExportProtocol.NetFlow5, Subscribers = 400, Bots = 20 }),
        ("netflow9 sampled", Usual with { Sampling = 4, Subscribers = 400, Bots = 20 }),
        ("sflow", Usual with { Protocol = ExportProtocol.SFlow5, Sampling = 16, Subscribers = 400, Bots = 20 }),
    ];

    private (AnalysisSettings Settings, Truth Truth) Simulate(string name, LabOptions options)
    {
        var folder = _folder.At(name);
        var truth = LabFolder.Write(folder, options);
        return (new AnalysisSettings
        {
            Inputs = [Path.Combine(folder, LabFolder.Capture)],
            Networks = AnalysisArguments.Networks(Networks(truth), null, options.Ipv6Length),
            Feeds = [new FeedOptions { Path = Path.Combine(folder, "watchlist.txt") }],
            Profile = ReportAnonymizer.LabProfile,
            Out = _folder.At("report"),
        }, truth);
    }

    private FeedOptions[] MadeFeeds() =>
        [
            new FeedOptions { Path = _folder.At("made.csv") },
            new FeedOptions { Path = _folder.At("allow.txt"), Role = Weir.Contracts.Lists.ListRole.Allow }
        ];

    private static string Networks(Truth truth) => string.Join(',', truth.Networks);

    private Task<Report> AnalyseAsync(AnalysisSettings settings, CancellationToken cancel) =>
        new AnalysisRun(settings, time).ComputeAsync(cancel);
}
