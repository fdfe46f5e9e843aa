// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Store.Comparing;
using Weir.Store.Comparing.InMemory;
using Weir.Store.Comparing.Peers;
using Weir.Wire;

namespace Weir.Tests.Comparing;

/// <summary>A small provider made by hand: background contacts, cases, and whatever a test adds.</summary>
internal sealed class HandMadeProvider
{
    public const long Hour = 3_600_000;
    public const long Start = 1_000 * 24 * Hour;
    public static readonly PairWindow Day = new(Start, Start + (24 * Hour));
    public static readonly Endpoint Listed = At("203.0.113.1", 443);

    private readonly List<(SubjectKey Subject, Endpoint Endpoint, long First, long Last)> _rows = [];
    private readonly Dictionary<SubjectKey, Infection> _cases = [];

    public HandMadeProvider(int subjects, int cases, int seed = 1)
    {
        var random = new Random(seed);
        for (var s = 0; s < subjects; s++)
        {
            for (var n = 5 + random.Next(30); n > 0; n--)
            {
                var popular = (int)(Math.Pow(random.NextDouble(), 3) * 2_000);
                Contact(s, At($"198.18.{popular / 250}.{popular % 250}", 443), random.Next(24));
            }
        }

        for (var s = 0; s < cases; s++)
        {
            Infect(s, 12);
        }
    }

    public static Endpoint At(string address, int port) => new(IpKey.Parse(address), (ushort)port, Protocols.Tcp);

    public static SubjectKey Key(int subject) => new((UInt128)(uint)subject * 0x9E3779B97F4A7C15UL + 7);

    public void Infect(int subject, int hour, int endpoints = 1)
    {
        _cases[Key(subject)] = new(Start + (hour * Hour), endpoints);
        Contact(subject, Listed, hour);
    }

    public void Contact(int subject, Endpoint endpoint, int hour) =>
        _rows.Add((Key(subject), endpoint, Start + (hour * Hour) + 1, Start + (hour * Hour) + 1_000));

    public void Contact(IEnumerable<int> subjects, Endpoint endpoint, int hour)
    {
        foreach (var subject in subjects)
        {
            Contact(subject, endpoint, hour);
        }
    }

    /// <summary>Tests candidates of another window on this one.</summary>
    public Task<ReplicationRun> ReplicateAsync(params Endpoint[] frozen) =>
        new Replication(Counts(_rows), new(), 5).RunAsync(
            Day, new(_cases, [Listed], []), frozen, CancellationToken.None);

    public Task<ComparisonRun> RunAsync(ComparingOptions? options = null, ulong seed = 5, int shuffle = 0)
    {
        var rows = _rows.ToArray();
        if (shuffle != 0)
        {
            new Random(shuffle).Shuffle(rows);
        }

        return ComparisonEngine.RunAsync(
            Counts(rows), Day, new(_cases, [Listed], []), options ?? new() { RollUps = false }, seed, CancellationToken.None);
    }

    /// <summary>What is looked for beside: botnets without a hub.</summary>
    public async Task<(ComparisonRun Run, PeerFindings Peers)> PeersAsync(ulong seed = 5)
    {
        var (counts, cases) = (Counts(_rows), new CaseSet(_cases, [Listed], []));
        var options = new ComparingOptions { RollUps = false };
        var judged = await ComparisonEngine.JudgeAsync(counts, Day, cases, options, seed, CancellationToken.None);
        return (judged.Run, await PeerComparison.RunAsync(
            counts, judged, cases, options, seed, CancellationToken.None));
    }

    private static MemoryPairCounts Counts(
        IEnumerable<(SubjectKey Subject, Endpoint Endpoint, long First, long Last)> rows)
    {
        var counts = new MemoryPairCounts();
        foreach (var (subject, endpoint, first, last) in rows)
        {
            counts.Add(subject, endpoint, first, last);
        }

        return counts;
    }
}
