// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Lists;
using Weir.Desk.Lists;
using Weir.Wire;

namespace Weir.Bench;

/// <summary>A list of a million entries is read again and names one more: what it named is compared, and kept in its
/// file.</summary>
public static class ListsBench
{
    private const int Entries = 1_000_000;
    private const int Rounds = 3;

    public static void Run(Scores scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        var tag = new ListTag("bench", ListRole.C2, 100, "");
        ListEntry[] entries = [.. Enumerable.Range(0, Entries).Select(i => new ListEntry(
            Prefix.From(IpKey.FromV4(0x0100_0000U + (uint)i), 128), 0, 0, tag, 0, 0, ListEntry.Never, 0))];
        var folder = Directory.CreateTempSubdirectory("weir-bench-lists-").FullName;
        try
        {
            var edits = new ListEdits(folder, new(), TimeProvider.System, NullLogger<ListEdits>.Instance);
            edits.Take([WatchlistBench.FeedOf(entries[Rounds..])], isWhole: true);
            var best = double.MaxValue;
            for (var more = Rounds - 1; more >= 0; more--)
            {
                var feed = WatchlistBench.FeedOf(entries[more..]);
                var watch = Stopwatch.StartNew();
                edits.Take([feed], isWhole: true);
                best = Math.Min(best, watch.Elapsed.TotalSeconds);
            }

            scores.AtMost("lists", $"comparing {Entries / 1e6:0} M entries, of which one is new", best, "s", 2);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
