// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Weir.Contracts.Braking;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Bench;

/// <summary>The brake on lists: what it costs an event to be counted with its network, for a popular address that a
/// hundred thousand lines met, and for a thousand networks of few lines.</summary>
public static class BrakeBench
{
    private const int Lines = 100_000;
    private const int Networks = 1_000;
    private const int Rounds = 10;
    private const int Bound = 100;

    public static void Run(Scores scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        var popular = Enumerable.Range(0, Lines).Select(i => Contact(0, i)).ToArray();
        var spread = Enumerable.Range(0, Lines).Select(i => Contact(i % Networks, i)).ToArray();
        foreach (var (name, contacts) in (ReadOnlySpan<(string, BrakedContact[])>)[
            ("one network that 100,000 lines met", popular), ("1,000 networks of 100 lines", spread)])
        {
            var lines = new NetworkLines(Bound);
            Count(lines, contacts);
            var watch = Stopwatch.StartNew();
            for (var round = 0; round < Rounds; round++)
            {
                Count(lines, contacts);
            }

            scores.AtMost(
                "brake", $"an event counted with {name}", watch.Elapsed.TotalNanoseconds / (Rounds * Lines), "ns",
                1_000);
        }
    }

    private static void Count(NetworkLines lines, BrakedContact[] contacts)
    {
        foreach (ref readonly var contact in contacts.AsSpan())
        {
            _ = lines.TryAdd(contact);
        }
    }

    private static BrakedContact Contact(int network, int line) => new(
        Prefix.From(IpKey.FromV4(0xC000_0000 + ((uint)network << 8)), 120),
        new SubjectKey(new UInt128((ulong)line * 0x9E37_79B9_7F4A_7C15, (ulong)line)), 20_000, 1);
}
