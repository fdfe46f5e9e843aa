// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Bench;
using Weir.Desk.Reporting.Html;

(string Name, Action<Scores> Run)[] benches =
[
    ("decode", DecodeBench.Run),
    ("inputs", InputsBench.Run),
    ("watchlist", WatchlistBench.Run),
    ("detect", DetectBench.Run),
    ("at-once", AtOnceBench.Run),
    ("packets", PacketsBench.Run),
    ("digest", DigestBench.Run),
    ("evidence", EvidenceBench.Run),
    ("cases", CasesBench.Run),
    ("brake", BrakeBench.Run),
    ("lists", ListsBench.Run),
    ("socket", SocketBench.Run),
    ("audit", AuditBench.Run),
    ("identity", IdentityBench.Run),
];

switch (args)
{
    case ["all", .. var rest] when rest is [] or ["--rows", _]:
        return Measure(benches, rest is [_, var rows] ? rows : null);
    case [var name, .. var rest] when Array.Exists(benches, bench => bench.Name == name) && rest is [] or ["--rows", _]:
        return Measure(Array.FindAll(benches, bench => bench.Name == name), rest is [_, var file] ? file : null);
    case ["fill-cases", var folder, var count]:
        Console.WriteLine(await ConsoleCases.FillAsync(folder, int.Parse(count, CultureInfo.InvariantCulture)));
        return 0;
    case ["watch-now", var begin, var cookies, var count, var process, var seconds]:
        var cost = await NowViewers.WatchAsync(
            new(begin), await File.ReadAllLinesAsync(cookies), int.Parse(count, CultureInfo.InvariantCulture),
            int.Parse(process, CultureInfo.InvariantCulture),
            TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture)));
        Console.WriteLine(FormattableString.Invariant(
            $"{100 * cost.Share:0.0} {cost.Pages} {100 * cost.Before:0.0} {100 * cost.During:0.0} {100 * cost.After:0.0}"));
        return 0;
    case ["accuracy", .. var rest]:
        return AccuracyCommand(rest);
    case ["table", .. var rest] when rest.Length > 0:
        return Table(rest);
    default:
        await Console.Error.WriteLineAsync($"""
            name a bench:
              all [--rows FILE]                       all of the next line, one after the other
              {string.Join(" | ", benches.Select(bench => bench.Name))}
              fill-cases FOLDER COUNT                 records of a desk with so many cases
              watch-now URL COOKIES COUNT PID SECONDS what so many viewers of Now cost a desk, percent of a core, pages, before, during, after
              accuracy [SEEDS [FILE]]                 the published simulation done again; takes minutes
              table ROWS... [--write PAGE]            figures that were written with --rows as one table, and as a page
            """);
        return 2;
}

static int Measure((string Name, Action<Scores> Run)[] benches, string? rows)
{
    var scores = new Scores(Console.Out);
    foreach (var bench in benches)
    {
        bench.Run(scores);
    }

    if (rows is not null)
    {
        File.WriteAllLines(rows, scores.All.Select(score => score.ToLine()));
    }

    return 0;
}

static int Table(string[] arguments)
{
    var (files, page) = arguments is [.. var first, "--write", var last] ? (first, last) : (arguments, null);
    List<Measurement> scores = [.. files.Where(File.Exists)
        .SelectMany(File.ReadLines).Where(line => line.Length > 0).Select(Measurement.Parse)];
    SpeedPage.Table(scores, Console.Out);
    if (page is not null)
    {
        File.WriteAllText(page, SpeedPage.Page(scores));
    }

    return 0;
}

static int AccuracyCommand(string[] arguments)
{
    var seeds = arguments.Length > 0
        && int.TryParse(arguments[0], CultureInfo.InvariantCulture, out var given) && given > 0
        ? given
        : 10;
    using var page = new StringWriter();
    Accuracy.Run(page, seeds);
    if (arguments.Length > 1)
    {
        File.WriteAllText(arguments[1], page.ToString());
    }

    Console.Write(page);
    return 0;
}
