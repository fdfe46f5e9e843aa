// SPDX-License-Identifier: Apache-2.0
//
// The reports of past comparisons, in the folder of the report: as published, and beside it, for the machine alone, the
// endpoints that were withheld (rules.md R11).
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Weir.Contracts.Flows;
using Weir.Desk.Promotion;
using Weir.Desk.Reporting;
using Endpoint = Weir.Contracts.Flows.Endpoint;
using Weir.Hosting.Files;

namespace Weir.Desk.Comparisons;

/// <summary>A run that is kept.</summary>
/// <param name="Id">When it was made, as <c>yyyyMMddTHHmmssZ</c>.</param>
/// <param name="From">Begin of its window.</param>
/// <param name="Until">End of its window.</param>
/// <param name="Candidates">Candidates as published.</param>
/// <param name="Shared">Endpoints that so many others use that they are none.</param>
/// <param name="Withheld">Endpoints that were withheld (rules.md R11).</param>
internal sealed record RunRow(string Id, DateTimeOffset From, DateTimeOffset Until, long Candidates, long Shared,
    long Withheld);

/// <summary>Keeps and finds runs, newest last. Those beyond <see cref="Most"/> go, oldest first, but
/// for the last of each day of a fortnight.</summary>
internal sealed class ComparedRuns(string folder) : ICandidates
{
    public const int Most = 100;

    private const string Format = "yyyyMMdd'T'HHmmss'Z'";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private string Folder => Path.Combine(folder, "runs");

    /// <summary>Keeps a run; returns its id.</summary>
    public string Keep(Report shaped, IReadOnlyList<WithheldRow> withheld, DateTimeOffset at)
    {
        Directory.CreateDirectory(Folder, OwnerOnly | UnixFileMode.UserExecute);
        var id = at.ToString(Format, CultureInfo.InvariantCulture);
        AtomicFile.Write(PathOf(id, "withheld"), JsonSerializer.Serialize(withheld));
        File.SetUnixFileMode(PathOf(id, "withheld"), OwnerOnly);
        AtomicFile.Write(PathOf(id, "report"), ReportJson.Write(shaped));
        foreach (var old in Old(at).ToList())
        {
            File.Delete(PathOf(old, "report"));
            File.Delete(PathOf(old, "withheld"));
        }

        return id;
    }

    /// <summary>The run whose window ended nearest to a week before, within a day; null where none is kept.</summary>
    public ReportTrend? WeekBefore(DateTimeOffset until)
    {
        var wanted = until.AddDays(-7);
        var near = List().Where(run => (run.Until - wanted).Duration() <= TimeSpan.FromDays(1))
            .MinBy(run => (run.Until - wanted).Duration());
        if (near is null)
        {
            return null;
        }

        var report = ReportJson.Read(File.ReadAllText(PathOf(near.Id, "report")));
        return new(
            near.Until, report.Subjects.Cases, report.Subjects.Seen,
            report.Found);
    }

    public IReadOnlyList<RunRow> List() => [.. Ids().Select(RowOf)];

    /// <summary>A run's report as published; null where there is none.</summary>
    public string? Report(string id) => Ids().Contains(id) ? File.ReadAllText(PathOf(id, "report")) : null;

    /// <summary>The endpoint behind <c>RUN.NUMBER</c>, the number from 1; null where there is none.</summary>
    public string? Withheld(string id) => Row(id) is var (_, _, row) ? row.Endpoint : null;

    Candidate? ICandidates.Withheld(string number) =>
        Row(number) is var (run, at, row) ? RunCandidates.Withheld(run, at, row, RowOf(run).Until) : null;

    public Candidate? Find(Endpoint endpoint)
    {
        Candidate? withheld = null;
        foreach (var run in Ids().Reverse())
        {
            if (RunCandidates.Published(run, ReportJson.Read(File.ReadAllText(PathOf(run, "report"))), endpoint)
                is { } published)
            {
                return published;
            }

            var until = RowOf(run).Until;
            withheld ??= Rows(run).Select((row, at) => RunCandidates.Withheld(run, at + 1, row, until))
                .FirstOrDefault(c => c?.Endpoint == endpoint);
        }

        return withheld;
    }

    private (string Run, int Number, WithheldRow Row)? Row(string id)
    {
        var dot = id.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0
            || !int.TryParse(id.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || !Ids().Contains(id[..dot]))
        {
            return null;
        }

        var rows = Rows(id[..dot]);
        return number >= 1 && number <= rows.Count ? (id[..dot], number, rows[number - 1]) : null;
    }

    private List<WithheldRow> Rows(string run) =>
        File.Exists(PathOf(run, "withheld"))
            ? [.. (JsonNode.Parse(File.ReadAllText(PathOf(run, "withheld"))) as JsonArray ?? []).Select(WithheldRow.Of)]
            : [];

    private RunRow RowOf(string id)
    {
        using var report = JsonDocument.Parse(File.ReadAllText(PathOf(id, "report")));
        var root = report.RootElement;
        var window = root.GetProperty("window");
        var candidates = root.GetProperty("candidates");
        var shared = candidates.EnumerateArray().Count(one => one.GetProperty("status").GetString() == "shared");
        return new RunRow(
            id, window.GetProperty("from").GetDateTimeOffset(), window.GetProperty("until").GetDateTimeOffset(),
            candidates.GetArrayLength() - shared, shared,
            root.TryGetProperty("withheld", out var withheld) && withheld.ValueKind == JsonValueKind.Number
                ? withheld.GetInt64()
                : 0);
    }

    /// <summary>All but the newest, and the last of each day of a fortnight: a trend is read from those.</summary>
    private IEnumerable<string> Old(DateTimeOffset now)
    {
        var since = now.AddDays(-14).ToString(Format, CultureInfo.InvariantCulture);
        var ofDays = Ids().Where(id => string.CompareOrdinal(id, since) >= 0).GroupBy(id => id[..8])
            .Select(day => day.Max(StringComparer.Ordinal)).ToHashSet(StringComparer.Ordinal);
        return Ids().SkipLast(Most).Where(id => !ofDays.Contains(id));
    }

    /// <summary>Runs that are kept, oldest first.</summary>
    public IEnumerable<string> Ids() => !Directory.Exists(Folder) ? [] :
        Directory.EnumerateFiles(Folder, "*.report.json")
            .Select(path => Path.GetFileName(path)[..^".report.json".Length]).Order(StringComparer.Ordinal);

    private string PathOf(string id, string what) => Path.Combine(Folder, $"{id}.{what}.json");
}
