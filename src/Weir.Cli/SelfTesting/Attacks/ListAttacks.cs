// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Analysis;
using Weir.Cli.SelfTesting.Rules;
using Weir.Contracts.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Reading;

namespace Weir.Cli.SelfTesting.Attacks;

/// <summary>Entries that would make cases of everybody.</summary>
internal static class ListAttacks
{
    public static IEnumerable<AttackRow> Rows { get; } =
    [
        .. ((string[])["0.0.0.0/1", "0.0.0.0/0", "128.0.0.0/2", "10.0.0.0/8"])
            .Select(entry =>
                new AttackRow(25, "list editor", $"lists {entry} as a C&C", play => ListAsync(play, entry))),
        .. ((string[])["203.0.0.0/16", "203.0.112.0/23", "2001:db8::/32"])
            .Select(entry => new AttackRow(
                24, "list editor", $"lists a newspaper's {entry} as a C&C", play => ListAsync(play, entry))),
    ];

    /// <summary>Refused by its line; the true entry beside it is taken.</summary>
    private static async Task ListAsync(ScenarioRunner play, string entry)
    {
        using var folder = new WorkingFolder();
        var path = folder.At("list.txt");
        await File.WriteAllLinesAsync(path, ["198.51.100.7", entry], play.Cancel);
        var feed = FeedReader.Read(
            new FeedOptions { Name = "edited", Path = path, Role = ListRole.C2 }, play.Place.Clock);
        play.Came(feed.Refused.Count == 1 ? "refused" : "taken", "refused", entry);
        play.Check(feed.Entries.Count == 1, $"{feed.Entries.Count} entries were taken, one is true");
    }
}
