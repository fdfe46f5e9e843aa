// SPDX-License-Identifier: Apache-2.0
namespace Weir.Cli.Status;

/// <summary>One figure of the screen, for programs that read rows.</summary>
/// <param name="Section">needs, exporters, events, cases, scopes, blocks, backends, lists, notices, comparing, losses
/// or health.</param>
/// <param name="Subject">Which exporter, list, state or part; empty where there is one only.</param>
/// <param name="Figure">Name of the figure.</param>
/// <param name="Value">Number, truth or text.</param>
internal sealed record StatusFigure(string Section, string Subject, string Figure, object? Value);

/// <summary>The summary as rows.</summary>
internal static class StatusFigures
{
    public static IEnumerable<StatusFigure> From(StatusSummary status) =>
    [
        new("status", "", "state", status.State),
        .. status.Needs.Select(need => new StatusFigure("needs", need.Who, need.Next, need.What)),
        .. status.Exporters.SelectMany(one => Rows(
            "exporters", $"{one.Collector} {one.Exporter}", ("datagramsPerSecond", one.DatagramsPerSecond),
            ("flowsPerSecond", one.FlowsPerSecond), ("heardSecondsAgo", one.HeardSecondsAgo), ("missing", one.Missing),
            ("sampling", one.Sampling))),
        .. Rows(
            "events", "", ("open", status.Events.Open), ("raised", status.Events.Raised),
            ("handled", status.Events.Handled), ("refused", status.Events.Refused), ("waiting", status.Events.Waiting)),
        .. Counts("cases", status.Cases), .. Counts("scopes", status.Scopes), .. Counts("blocks", status.Blocks),
        .. Rows("blocks", "", ("notInForce", status.BlocksNotInForce)),
        .. status.Backends.SelectMany(one => Rows(
            "backends", one.Backend, ("planned", one.Planned), ("held", one.Held), ("peers", one.Peers),
            ("peersBehind", one.PeersBehind), ("isReachable", one.IsReachable))),
        .. status.Lists.SelectMany(one => Rows(
            "lists", one.List, ("entries", one.Entries), ("ageSeconds", one.AgeSeconds), ("isTooOld", one.IsTooOld),
            ("fetchFailed", one.FetchFailed), ("nextFetchSeconds", one.NextFetchSeconds), ("isHeld", one.IsHeld),
            ("refusedLines", one.RefusedLines))),
        .. Counts("notices", status.Notices),
        .. Rows("comparing", "", ("reportAgeSeconds", status.ReportAgeSeconds)),
        .. status.Losses.SelectMany(one =>
            Rows("losses", $"{one.Process} {one.Which}".TrimEnd(), (one.Metric, one.Count))),
        .. status.Parts.SelectMany(one => Rows(
            "health", $"{one.Process} {one.Part}", ("state", one.State), ("since", one.Since), ("reason", one.Reason))),
    ];

    private static IEnumerable<StatusFigure> Counts(string section, IReadOnlyList<StatusCount> counts) =>
        counts.Select(one => new StatusFigure(section, one.Name, "count", one.Count));

    private static IEnumerable<StatusFigure> Rows(
        string section, string subject, params (string Figure, object? Value)[] figures) =>
        figures.Select(one => new StatusFigure(section, subject, one.Figure, one.Value));
}
