// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Desk.Api.Cases;
using Weir.Desk.Console.Layout;
using Weir.Desk.Console.Routing;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Cases;

/// <summary>Rows of one scope. Each opening of this page is a look, on record before its rows.</summary>
internal static class EvidencePage
{
    private const int MostRows = 500;
    private const int Bars = 60;

    /// <summary>From the lowest bit.</summary>
    private static readonly string[] Flags = ["FIN", "SYN", "RST", "PSH", "ACK", "URG"];

    public static async Task<ConsoleAnswer> ShowAsync(ConsoleCall call)
    {
        var (words, id) = (call.Words, call.Part("id"));
        var isFile = call.Has("as");
        var reply = await call.Api.DoAsync(
            "POST cases/{id}/evidence", new EvidenceRequest(call.Query("scope"), Limit: isFile ? 0 : MostRows),
            CaseJson.Default.EvidenceRequest, CaseJson.Default.EvidenceResponse, ("id", id));
        if (reply.Value is not { } evidence)
        {
            return TablePage.Refused(call, words["evidence.title"], reply.Problem!, $"/cases/{id}");
        }

        var columns = Columns(call);
        if (TablePage.File(call, reply.Octets, new FileTable<EvidenceFlow>($"{id}-evidence", columns, evidence.Rows)
            { IsCut = evidence.Rows.Count < evidence.Total }) is { } file)
        {
            return file;
        }

        var whole = evidence.WholeSince is { } since
            ? words.Fill("evidence.whole", ("since", words.Time(since, call.Now)))
            : words["evidence.not-whole"];
        return new PageAnswer(words["evidence.title"], Markup.Format($"""
            {Ui.Head(
                Markup.Format($"{words["evidence.title"]}"),
                Markup.Format($"""<p class="sub"><a class="code" href="/cases/{id}">{id}</a> · <span class="code">{evidence.Scope}</span> · {words.Fill("evidence.rows", ("shown", words.Number(evidence.Rows.Count)), ("all", words.Number(evidence.Total)))} · {whole}</p>"""),
                TablePage.Links(call))}
            {Ui.Note("", Markup.Format($"{words["evidence.recorded"]}"))}
            {(evidence.Rows.Count == 0 ? Ui.Empty(words["evidence.none"], words["evidence.none.text"]) : Markup.Format($"{Plot(call, evidence.Rows)}{TableMarkup.Render(words, columns, evidence.Rows, words["evidence.title"])}"))}
            """));
    }

    /// <summary>Octets by time, both ways together.</summary>
    private static Markup Plot(ConsoleCall call, IReadOnlyList<EvidenceFlow> rows)
    {
        var timed = rows.Where(row => row.Start is not null).ToList();
        if (timed.Count < 5)
        {
            return Markup.None;
        }

        var (from, until) = (timed.Min(row => row.Start!.Value), timed.Max(row => row.Start!.Value));
        var sums = new double[Bars];
        foreach (var row in timed)
        {
            var at = until == from ? 0 : (int)((row.Start!.Value - from) / (until - from) * (Bars - 1));
            sums[at] += row.OctetsIn + row.OctetsOut;
        }

        return Markup.Format($"""
            <div class="band">{Plots.Spark(sums, call.Words.Fill("evidence.plot", ("most", call.Words.Number((long)sums.Max()))), 40)}</div>
            <div class="axis"><span>{call.Words.Time(from, call.Now)}</span><span>{call.Words.Time(until, call.Now)}</span></div>
            """);
    }

    private static TableColumn<EvidenceFlow>[] Columns(ConsoleCall call)
    {
        var words = call.Words;
        return
        [
            new("start", row => Iso(row.Start)) { Class = "lead1", Cell = row =>
                Ui.Time(words, row.Start, call.Now) },
            new("end", row => Iso(row.End)) { Cell = row => Ui.Time(words, row.End, call.Now) },
            new("protocol", row => row.Protocol),
            new("remote", row => row.Remote) { Cell = row => Ui.Code(row.Remote) },
            new("port", row => Text(row.Port)) { Class = "n" },
            new("network", row => row.Network),
            new("packets-out", row => Text(row.PacketsOut)) { Class = "n", Cell = row =>
                Markup.Format($"{words.Number((long)row.PacketsOut)}") },
            new("packets-in", row => Text(row.PacketsIn)) { Class = "n", Cell = row =>
                Markup.Format($"{words.Number((long)row.PacketsIn)}") },
            new("octets-out", row => Text(row.OctetsOut)) { Class = "n", Cell = row =>
                Markup.Format($"{words.Number((long)row.OctetsOut)}") },
            new("octets-in", row => Text(row.OctetsIn)) { Class = "n", Cell = row =>
                Markup.Format($"{words.Number((long)row.OctetsIn)}") },
            new("sampling", row => Text(row.Sampling)) { Class = "n", Cell = row =>
                Markup.Format($"1:{row.Sampling}") },
            new("flags", row => Text(row.FlagsOut | row.FlagsIn)) { Class = "small quiet", Cell = row =>
                Markup.Format($"{FlagText(row.FlagsOut | row.FlagsIn)}") },
        ];
    }

    /// <summary>RFC 9293 3.1.</summary>
    private static string FlagText(int flags) => string.Join(
        ' ', Flags.Where((_, bit) => (flags & (1 << bit)) != 0));

    private static string Iso(DateTimeOffset? at) =>
        at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture) ?? "";

    private static string Text<T>(T value) => string.Create(CultureInfo.InvariantCulture, $"{value}");
}
