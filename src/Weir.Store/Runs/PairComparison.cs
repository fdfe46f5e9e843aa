// SPDX-License-Identifier: Apache-2.0
//
// A comparison of pairs and what a report says of it, in clear: the same for files, for the store's own
// process and for the self-test.
using System.Diagnostics;
using Weir.Contracts.Networks;
using Weir.Contracts.Reports;
using Weir.Contracts.Segments;
using Weir.Store.Comparing;
using Weir.Store.Comparing.Peers;
using Weir.Store.Engine;
using Weir.Store.Ranking;
using Weir.Wire;
using Weir.Wire.Native;

namespace Weir.Store.Runs;

/// <summary>What a comparison is told.</summary>
internal sealed record PairComparisonInput
{
    public required PairWindow Window { get; init; }

    /// <summary>Sightings that no allow-list takes back.</summary>
    public required IReadOnlyList<Sighting> Standing { get; init; }

    /// <summary>What the lists allow.</summary>
    public required IReadOnlyCollection<Prefix> Allowed { get; init; }

    public required NetworkTable Networks { get; init; }

    public ComparingOptions Options { get; init; } = new();

    public required ulong Seed { get; init; }

    /// <summary>What lines were seen to do besides, where it is known here.</summary>
    public IReadOnlyList<LineDeed> Activities { get; init; } = [];

    /// <summary>Key of the epoch's cohort draw (rules.md R8), 0 where there is none. With it nobody who knows the seed
    /// can tell who is drawn; it is in no report.</summary>
    public ulong Cohort { get; init; }

    /// <summary>Whether botnets without a hub are looked for: only the lab shows them.</summary>
    public bool WithPeers { get; init; }
}

/// <summary>Compares.</summary>
internal static class PairComparison
{
    /// <summary>The figures in clear; <see cref="ComparisonAnonymizer"/> hides what a profile asks.</summary>
    /// <param name="pairs">Where the pairs are counted.</param>
    /// <param name="input">What is compared.</param>
    /// <param name="cancel">Stops between questions.</param>
    /// <exception cref="StoreException">The store could not answer.</exception>
    public static async Task<ComparedFigures> ComputeAsync(
        IPairCounts pairs, PairComparisonInput input, CancellationToken cancel)
    {
        var totals = await pairs.TotalsAsync(input.Window, cancel);
        var (all, cases, popular) = Believed(input, totals.Subjects);
        var seed = input.Seed ^ input.Cohort;
        var judged = await ComparisonEngine.JudgeAsync(pairs, input.Window, cases, input.Options, seed, cancel);
        var run = judged.Run;
        var asked = await EvidenceRanking.AskAsync(pairs, run, cases, input.Options, input.Activities, cancel);
        var peers = input.WithPeers ? PeerReport.Map(
            await PeerComparison.RunAsync(pairs, judged, cases, input.Options, seed, cancel), input.Networks) : null;
        var told = new RankedFindings(asked, EvidenceRanking.Rank(asked, cases), cases, input.Networks);
        return new ComparedFigures
        {
            EstimatedPackets = totals.Packets,
            EstimatedOctets = totals.Octets,
            Subjects = new ReportSubjects
            {
                Seen = totals.Subjects,
                Cases = all.Cases.Count,
                Controls = run.Participants.Controls,
                Excluded = run.Participants.Scanners,
            },
            Sightings = ReportFindingMapper.Sightings(input.Standing),
            Infected = ReportFindingMapper.Infected(input.Standing, input.Networks),
            Candidates = told.Candidates(),
            Campaigns = told.Campaigns(),
            Infections = peers is null ? told.Infections() : PeerReport.Name(told.Infections(), peers.Groups),
            Peers = peers,
            Rollups = ReportFindingMapper.Rollups(run),
            Family = ReportFindingMapper.Family(run) with
            {
                Seed = input.Seed,
                PopularEntries = ReportFindingMapper.PopularEntries(popular),
            },
        };
    }

    /// <summary>The cases that are compared.</summary>
    /// <exception cref="StoreException">The store could not answer.</exception>
    public static async Task<CaseSet> BelievedAsync(
        IPairCounts pairs, PairComparisonInput input, CancellationToken cancel) =>
        Believed(input, (await pairs.TotalsAsync(input.Window, cancel)).Subjects).Cases;

    private static BelievedCases Believed(PairComparisonInput input, long subjects) => PopularEntries.LeaveOut(
        input.Standing, [.. input.Allowed, .. SpecialPurpose.Networks], subjects, input.Options);

    /// <summary>Peak resident octets of this process and the store's child, where there is one, together.</summary>
    public static long PeakMemory(FlowStore? store)
    {
        using var own = Process.GetCurrentProcess();
        return own.PeakWorkingSet64 + PeakOf(store?.Process?.State.ProcessId ?? 0);
    }

    private static long PeakOf(int processId)
    {
        if (processId == 0)
        {
            return 0;
        }

        try
        {
            using var child = Process.GetProcessById(processId);
            return child.PeakWorkingSet64;
        }
        catch (ArgumentException)
        {
            return 0; // it ended just now and is being started again
        }
    }
}
