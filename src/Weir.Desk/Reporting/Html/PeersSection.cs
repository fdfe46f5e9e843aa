// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Reports;
using Weir.Hosting.Html;

namespace Weir.Desk.Reporting.Html;

/// <summary>Botnets without a command server: one short table of groups, on the page and on the screen.</summary>
internal static class PeersSection
{
    public const string Caption = "peer-to-peer: for notices alone, never a block";

    /// <summary>Lines of a group that the page names.</summary>
    private const int MostLines = 500;

    public static string[] Headings { get; } = ["group", "infected lines", "peers", "pairs", "p"];

    private static Column<IReadOnlyList<string>>[] Columns { get; } =
        [.. Headings.Select((heading, at) => Table.Text<IReadOnlyList<string>>(heading, row => row[at]))];

    /// <summary>What came of it, in two sentences.</summary>
    public static string Words(ReportPeers peers)
    {
        if (!peers.Enough)
        {
            return $"Peers of one another: the run cannot conclude, since {peers.Why}.";
        }

        var groups = peers.Groups.Count == 0 ? "No group is named"
            : NumberFormatting.Plural(peers.Groups.Count, "group is named", "groups are named")
                + ": lines that belong to a net without a server. Tell them; there is nothing to block";
        return $"Peers of one another: {NumberFormatting.Plural(peers.Pairs, "pair shares", "pairs share")} "
            + $"{peers.Shared} rare peers or more, of {(PublishedValue)peers.Cases} infected lines that have so many; "
            + $"{NumberFormatting.Effect(peers.Expected)} are expected of lines like them "
            + $"(p {(PublishedValue)peers.P}). {groups}.";
    }

    /// <summary>Groups, most lines first.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Rows(ReportPeers peers) =>
    [
        .. peers.Groups.Select(IReadOnlyList<string> (group) =>
        [
            group.Id, $"{(PublishedValue)group.Lines.Count}", $"{(PublishedValue)group.Peers}",
            $"{(PublishedValue)group.Pairs}", $"{(PublishedValue)group.P}",
        ]),
    ];

    /// <summary>The lines of a group, for who tells them.</summary>
    /// <param name="group">The group.</param>
    /// <param name="most">Lines to name at most.</param>
    public static string Lines(ReportPeerGroup group, int most) =>
        $"{string.Join(", ", group.Lines.Take(most))}"
        + (group.Lines.Count > most ? $" and {(PublishedValue)(group.Lines.Count - most)} more, in report.json" : "");

    public static Markup Write(Report report) => report.Peers is not { } peers ? Markup.None : Markup.Format($"""
        <section id="peers"><h2>Peer-to-peer</h2>
        <p>{Words(peers)} A peer is somebody's computer: it is named nowhere, is no candidate and is never blocked.</p>
        {Table.Create(Caption, Rows(peers), Columns)}
        {Markup.Join(peers.Groups.Select(group => Markup.Format($"<details><summary>{group.Id}: lines to tell</summary><p class=\"code\">{Lines(group, MostLines)}</p></details>\n")))}
        </section>

        """);
}
