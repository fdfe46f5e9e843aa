// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Cli.Configuring;
using Weir.Contracts.Lists;
using Weir.Desk.Lists;
using Weir.Hosting.Configuration;

namespace Weir.Cli.Processes;

/// <summary>What may change while a process runs: lists, what is said of exporters, thresholds. Everything else counts
/// at the next start.</summary>
internal static class ReloadPlan
{
    /// <summary>What a process changes without a stop.</summary>
    private static string[] Of(string process) => process switch
    {
        ProcessNames.Desk => ["matching."],
        ProcessNames.Collector => ["collecting.exporters", "decoding.exporters", "detecting."],
        _ => [],
    };

    /// <summary>What will be in force of the next configuration, in all processes together.</summary>
    public static WeirConfiguration Take(WeirConfiguration inForce, WeirConfiguration next) => inForce with
    {
        Matching = next.Matching,
        Collecting = inForce.Collecting with { Exporters = next.Collecting.Exporters },
        Decoding = inForce.Decoding with { Exporters = next.Decoding.Exporters },
        Detecting = next.Detecting with
        {
            // Tables are made for so many at the start.
            Subjects = inForce.Detecting.Subjects,
            Details = inForce.Detecting.Details,
        },
    };

    /// <summary>Names of the settings that a process changes, and of those that wait for its next start.</summary>
    public static (IReadOnlyList<string> Changed, IReadOnlyList<string> AtNextStart) Compare(
        string process, WeirConfiguration inForce, WeirConfiguration next)
    {
        var taken = Take(inForce, next);
        string[] own = Of(process);
        return (
            [.. ConfigurationDifference.Between(inForce, taken)
                .Where(name => Array.Exists(own, one => name.StartsWith(one, StringComparison.Ordinal)))],
            ConfigurationDifference.Between(taken, next));
    }
}

/// <summary>What a reload found in the desk's lists, in words.</summary>
internal static class ReloadedLists
{
    /// <summary>A sentence for each list that was read anew or has refused lines.</summary>
    public static IReadOnlyList<string> Between(IReadOnlyList<ListState> before, IReadOnlyList<ListState> after) =>
    [
        .. from state in after
           let good = state.Good
           where good is not null
           let old = before.FirstOrDefault(one => one.Path == state.Path)?.Good
           where !ReferenceEquals(old, good) || good.Refused.Count > 0
           select Words(good, old),
    ];

    private static string Words(Feed list, Feed? before)
    {
        var was = before is null || before.Entries.Count == list.Entries.Count ? ""
            : string.Create(CultureInfo.InvariantCulture, $", {before.Entries.Count} before");
        var refused = list.Refused.Count == 0 ? "" : string.Create(
            CultureInfo.InvariantCulture,
            $"; {list.Refused.Count} {(list.Refused.Count == 1 ? "line" : "lines")} refused: ")
            + string.Join("; ", list.Refused.Examples.Take(3));
        return string.Create(CultureInfo.InvariantCulture, $"{list.Name}: {list.Entries.Count} entries{was}{refused}");
    }
}
