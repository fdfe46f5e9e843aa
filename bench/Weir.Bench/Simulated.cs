// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Lab;
using Weir.Store.Comparing;
using Weir.Store.Comparing.InMemory;
using Weir.Wire;

namespace Weir.Bench;

/// <summary>One run of the engine on a simulated provider, held against the truth.</summary>
/// <param name="Cases">Known cases.</param>
/// <param name="Family">Endpoints tested.</param>
/// <param name="Pooled">Pooled Fisher baseline.</param>
/// <param name="Strata">Activity strata without the veto.</param>
/// <param name="Decided">What the run reports as candidates.</param>
/// <param name="Shared">Hidden C&amp;Cs among those reported as shared, and all of these.</param>
/// <param name="Permuted">Discoveries with permuted labels.</param>
public sealed record SimulatedOutcome(
    int Cases, long Family, Score Pooled, Score Strata, Score Decided, Score Shared, int Permuted);

/// <summary>Hidden C&amp;Cs found, and all endpoints flagged.</summary>
public readonly record struct Score(int Found, int Flagged);

/// <summary>Lays a simulated provider out as pairs in memory and compares.</summary>
public static class Simulated
{
    private const long DayMs = 86_400_000;
    private const long Start = 20_000 * DayMs;

    /// <summary>As statistics.md B.6 decides: IC025 above 0, no cap, one veto cut at 1/3, no washout.</summary>
    public static ComparingOptions AsPublished { get; } = new()
    {
        RollUps = false,
        CapShare = 1,
        CapSubjects = int.MaxValue,
        TellShared = false,
        VetoShare = 1.0 / 3,
        Washout = TimeSpan.Zero,
        HistoryFromMs = Start - DayMs,
    };

    /// <summary>The defaults of the product.</summary>
    public static ComparingOptions AsShipped { get; } = new() { RollUps = false, HistoryFromMs = Start - DayMs };

    public static MemoryPairCounts Pairs(SimulatedProvider provider)
    {
        var counts = new MemoryPairCounts();
        for (var u = 0; u < provider.Users.Count; u++)
        {
            foreach (var endpoint in provider.Users[u].Contacts)
            {
                var at = Start + Moment(u, endpoint);
                counts.Add(Subject(u), At(endpoint), at, at);
            }

            foreach (var endpoint in provider.Users[u].Earlier)
            {
                var at = Start - DayMs + Moment(u, endpoint);
                counts.Add(Subject(u), At(endpoint), at, at);
            }
        }

        return counts;
    }

    public static async Task<SimulatedOutcome> CompareAsync(
        SimulatedProvider provider, MemoryPairCounts pairs, ComparingOptions options, ulong seed)
    {
        var cases = new Dictionary<SubjectKey, Infection>();
        for (var u = 0; u < provider.Users.Count; u++)
        {
            if (provider.Users[u].Known)
            {
                cases[Subject(u)] = new(provider.Users[u].Before ? Start - DayMs : Start, 1);
            }
        }

        var run = await ComparisonEngine.RunAsync(
            pairs, new(Start, Start + DayMs), new(cases, [], []), options, seed, CancellationToken.None);
        Score Of(IEnumerable<Endpoint> flagged)
        {
            var all = flagged.ToList();
            return new(all.Count(e => IdOf(e) >= provider.FirstHidden), all.Count);
        }

        var family = run.Endpoints;
        return new(
            run.Participants.Cases,
            family.Size,
            Of(family.Baselines.PooledFisher),
            Of(family.Findings.Select(f => f.Key)),
            Of(family.Findings.Where(f => f.Status == FindingStatus.Candidate).Select(f => f.Key)),
            Of(family.Findings.Where(f => f.Status == FindingStatus.Shared).Select(f => f.Key)),
            family.SelfTest.Total);
    }

    private static SubjectKey Subject(int user) => new((UInt128)(uint)user + 1);

    private static Endpoint At(int id) => new(IpKey.FromV4(0xC600_0000u + (uint)id), 443, Protocols.Tcp);

    private static int IdOf(Endpoint endpoint) => (int)(endpoint.Address.V4 - 0xC600_0000u);

    /// <summary>A moment in the day that depends on who and what alone.</summary>
    private static long Moment(int user, int endpoint) =>
        (long)(((((ulong)(uint)user << 32) | (uint)endpoint) * 0x9E37_79B9_7F4A_7C15UL >> 20) % DayMs);
}
