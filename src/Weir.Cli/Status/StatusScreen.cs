// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Cli.Processes;
using Weir.Cli.Reporting;

namespace Weir.Cli.Status;

/// <summary>The summary as one screen of a hundred columns, what needs a person first.</summary>
internal static class StatusScreen
{
    private const int Width = 100;
    private const int Head = 12;
    private const int MostExporters = 20;
    private const int MostLosses = 20;
    private const string Desk = ProcessNames.Desk;

    /// <summary>Writes it.</summary>
    public static void Write(StatusSummary status, TextWriter to)
    {
        Line(to, "weir", $"{Verdict(status)}  ({status.At.UtcDateTime:u}, profile {status.Profile})");
        foreach (var need in status.Needs)
        {
            Line(to, $"  {need.Who}", need.Next.Length > 0 ? $"{need.What}: {need.Next}" : need.What, 18);
        }

        Exporters(status, to);
        var events = status.Events;
        Line(to, "events", $"{N(events.Open)} under way, {N(events.Raised)} raised since the collectors started; the "
            + $"desk took {N(events.Handled)} reports of their begin, course and end, did not believe "
            + $"{N(events.Refused)}; {N(events.Waiting)} on their way");
        Line(to, "cases", status.IsUnknown(Desk) ? Unknown(Desk)
            : $"{Counts(status.Cases, "none")}; scopes {Counts(status.Scopes, "none")}");
        Blocks(status, to);
        Lists(status, to);
        Line(to, "notices", status.IsUnknown(Desk) ? Unknown(Desk) : Counts(status.Notices, "none"));
        Line(to, "comparison", status.ReportAgeSeconds is { } age ? $"latest report {Ago(age)}"
            : status.IsUnknown(Desk) ? Unknown(Desk) : "no report yet");
        Losses(status, to);
        Line(to, "health", string.Join(", ", status.Parts.GroupBy(part => part.Process).Select(process =>
            process.All(part => part.State == StatusReader.Ok)
                ? $"{process.Key} ok ({process.Count()} parts)"
                : $"{process.Key} {string.Join('/', process.Select(part => part.State).Where(state => state != StatusReader.Ok).Distinct())}")));
    }

    private static string Verdict(StatusSummary status) => status.State switch
    {
        StatusReader.Ok => "ok: nothing needs a person",
        StatusReader.CannotBeAsked => "cannot be asked",
        _ => status.Needs.Count == 1 ? "1 thing needs a person" : $"{status.Needs.Count} things need a person",
    };

    private static void Exporters(StatusSummary status, TextWriter to)
    {
        if (status.Exporters.Count == 0)
        {
            Line(to, "exporters", status.IsUnknown(Desk) ? Unknown(Desk)
                : status.IsUnknown(ProcessNames.Collector) ? Unknown(ProcessNames.Collector) : "none has been heard");
            return;
        }

        Table(to, "exporters", ["collector", "exporter", "datagrams/s", "flows/s", "last seen", "missing", "sampling"],
        [
            .. status.Exporters.Take(MostExporters).Select(one => (string[])
            [
                one.Collector, one.Exporter, Rate(one.DatagramsPerSecond), Rate(one.FlowsPerSecond),
                Ago(one.HeardSecondsAgo), N(one.Missing), one.Sampling is { } rate ? $"1:{N(rate)}" : "unknown",
            ]),
        ]);
        if (status.Exporters.Count > MostExporters)
        {
            Line(to, "", $"and {status.Exporters.Count - MostExporters} more: -o json shows all");
        }
    }

    private static void Blocks(StatusSummary status, TextWriter to)
    {
        if (status.IsUnknown(Desk))
        {
            Line(to, "blocks", Unknown(Desk));
            return;
        }

        Line(to, "blocks", Counts(status.Blocks, "none") + (status.BlocksNotInForce > 0
            ? $"; {N(status.BlocksNotInForce)} should be in force and no router or resolver confirmed it" : ""));
        foreach (var backend in status.Backends)
        {
            Line(to, "", $"{backend.Backend}: {N(backend.Held)} of {N(backend.Planned)} entries really held, "
                + (backend.IsReachable
                    ? $"{N(backend.Peers)} peers, {N(backend.PeersBehind)} behind" : "does not answer"));
        }
    }

    private static void Lists(StatusSummary status, TextWriter to)
    {
        if (status.IsUnknown(Desk) && status.Lists.Count == 0)
        {
            Line(to, "lists", Unknown(Desk));
            return;
        }

        if (status.Lists.All(list => list.Entries == 0))
        {
            Line(to, "lists", "NONE: nothing is matched, and nobody can be found infected; matching.lists names them");
            return;
        }

        Table(to, "lists", ["list", "entries", "as of", "last fetch", "next", ""],
        [
            .. status.Lists.Select(list => (string[])
            [
                list.List, N(list.Entries), list.AgeSeconds is { } age ? Ago(age) : "",
                list.FetchFailed switch { null => "", true => "FAILED", false => "good" },
                list.NextFetchSeconds is { } next ? $"in {Span(next)}" : "",
                string.Join(", ", ((string[])
                [
                    list.IsTooOld ? "too old" : "", list.IsHeld ? "a copy is held" : "",
                    list.RefusedLines > 0
                        ? $"{N(list.RefusedLines)} {(list.RefusedLines == 1 ? "line" : "lines")} refused" : "",
                ]).Where(word => word.Length > 0)),
            ]),
        ]);
    }

    private static void Losses(StatusSummary status, TextWriter to)
    {
        if (status.Losses.Count == 0)
        {
            Line(to, "losses", status.Unanswered.Count == 0 ? "none since the processes started"
                : status.State == StatusReader.CannotBeAsked ? "unknown: no process answers"
                : $"none at the processes that answer; unknown of {string.Join(", ", status.Unanswered)}");
            return;
        }

        foreach (var (loss, first) in status.Losses.Take(MostLosses).Select((loss, at) => (loss, at == 0)))
        {
            Line(to, first ? "losses" : "", $"{N(loss.Count)} {loss.What} [{loss.Metric}]");
        }

        if (status.Losses.Count > MostLosses)
        {
            Line(to, "", $"and {status.Losses.Count - MostLosses} more: -o json shows all");
        }

        if (status.Unanswered.Count > 0)
        {
            Line(to, "", $"unknown of {string.Join(", ", status.Unanswered)}");
        }
    }

    private static string Unknown(string process) => $"unknown: the {process} does not answer";

    /// <summary>Columns as wide as they must be; the widest gives way where the line is too long.</summary>
    private static void Table(TextWriter to, string head, string[] names, IReadOnlyList<string[]> rows)
    {
        rows = [.. rows.Select(row => row.Select(Screen.Clean).ToArray())];
        var widths = names.Select((name, at) => rows.Select(row => row[at].Length).Append(name.Length).Max()).ToArray();
        var over = Head + widths.Sum() + (2 * (widths.Length - 1)) - Width;
        if (over > 0)
        {
            var widest = Array.IndexOf(widths, widths.Max());
            widths[widest] = Math.Max(12, widths[widest] - over);
        }

        var isNumber =
            names.Select((_, at) => rows.All(row => row[at].All(c => char.IsAsciiDigit(c) || c is '.' or ',')))
            .ToArray();
        foreach (var (row, first) in rows.Prepend(names).Select((row, at) => (row, at == 0)))
        {
            var cells = row.Select((cell, at) => Cut(cell, widths[at]) is var text && isNumber[at]
                ? text.PadLeft(widths[at]) : text.PadRight(widths[at]));
            to.Write(((first ? head : "").PadRight(Head) + string.Join("  ", cells)).TrimEnd() + "\n");
        }
    }

    private static string Cut(string text, int width) => text.Length <= width ? text : text[..(width - 1)] + "…";

    /// <summary>A line with its head; what is too long goes on below.</summary>
    private static void Line(TextWriter to, string head, string text, int indent = Head)
    {
        var line = Screen.Clean(head).PadRight(indent - 1) + " ";
        var isEmpty = true;
        foreach (var word in Screen.Clean(text).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!isEmpty && line.Length + 1 + word.Length > Width)
            {
                to.Write(line.TrimEnd() + "\n");
                (line, isEmpty) = (new string(' ', indent), true);
            }

            line += isEmpty ? word : " " + word;
            isEmpty = false;
        }

        to.Write(line.TrimEnd() + "\n");
    }

    private static string Counts(IReadOnlyList<StatusCount> counts, string none) => counts.Count == 0 ? none
        : string.Join(", ", counts.Select(one => $"{N(one.Count)} {one.Name}"));

    private static string Rate(double? rate) =>
        rate is { } known ? known.ToString(known < 10 ? "0.0" : "#,0", CultureInfo.InvariantCulture) : "";

    private static string N(double? count) => count?.ToString("#,0", CultureInfo.InvariantCulture) ?? "unknown";

    private static string Ago(double seconds) => $"{Span(seconds)} ago";

    private static string Span(double seconds) => seconds switch
    {
        < 120 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s"),
        < 7_200 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} min"),
        < 172_800 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3_600:0} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 86_400:0} d"),
    };
}
