// SPDX-License-Identifier: Apache-2.0
//
// The reports of past comparisons, in the folder of the report: as published, and beside it, for the machine alone, the
// endpoints that were withheld (rules.md R11).
using System.Globalization;
using System.Text.Json;
using Weir.Cli.Reporting;

namespace Weir.Cli.Control;

/// <summary>Keeps and finds runs, newest last. Those beyond <see cref="Most"/> go, oldest first.</summary>
internal sealed class ComparedRuns(string folder)
{
    public const int Most = 100;

    private const string Format = "yyyyMMdd'T'HHmmss'Z'";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private string Folder => Path.Combine(folder, "runs");

    /// <summary>Keeps a run; returns its id.</summary>
    public string Keep(Report computed, Report shaped, DateTimeOffset at)
    {
        Directory.CreateDirectory(Folder, OwnerOnly | UnixFileMode.UserExecute);
        var id = at.ToString(Format, CultureInfo.InvariantCulture);
        var shown = shaped.Candidates.Select(EndpointOf).ToHashSet(StringComparer.Ordinal);
        var withheld = computed.Candidates.Select(EndpointOf).Where(endpoint => !shown.Contains(endpoint)).ToList();
        AtomicFile.Write(PathOf(id, "withheld"), JsonSerializer.Serialize(withheld));
        File.SetUnixFileMode(PathOf(id, "withheld"), OwnerOnly);
        AtomicFile.Write(PathOf(id, "report"), ReportJson.Write(shaped));
        foreach (var old in Ids().SkipLast(Most).ToList())
        {
            File.Delete(PathOf(old, "report"));
            File.Delete(PathOf(old, "withheld"));
        }

        return id;
    }

    public IReadOnlyList<RunRow> List() => [.. Ids().Select(RowOf)];

    /// <summary>A run's report as published; null where there is none.</summary>
    public string? Report(string id) => Ids().Contains(id) ? File.ReadAllText(PathOf(id, "report")) : null;

    /// <summary>The endpoint behind <c>RUN.NUMBER</c>, the number from 1; null where there is none.</summary>
    public string? Withheld(string id)
    {
        var dot = id.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0 || !int.TryParse(id.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || !Ids().Contains(id[..dot]) || !File.Exists(PathOf(id[..dot], "withheld")))
        {
            return null;
        }

        var withheld = JsonSerializer.Deserialize<string[]>(File.ReadAllText(PathOf(id[..dot], "withheld"))) ?? [];
        return number >= 1 && number <= withheld.Length ? withheld[number - 1] : null;
    }

    private RunRow RowOf(string id)
    {
        using var report = JsonDocument.Parse(File.ReadAllText(PathOf(id, "report")));
        var root = report.RootElement;
        var window = root.GetProperty("window");
        return new RunRow(
            id, window.GetProperty("from").GetDateTimeOffset(), window.GetProperty("until").GetDateTimeOffset(), root.GetProperty("candidates").GetArrayLength(),
            root.TryGetProperty("withheld", out var withheld) && withheld.ValueKind == JsonValueKind.Number ? withheld.GetInt64() : 0);
    }

    private IEnumerable<string> Ids() => !Directory.Exists(Folder) ? [] :
        Directory.EnumerateFiles(Folder, "*.report.json").Select(path => Path.GetFileName(path)[..^".report.json".Length]).Order(StringComparer.Ordinal);

    private string PathOf(string id, string what) => Path.Combine(Folder, $"{id}.{what}.json");

    private static string EndpointOf(ReportCandidate candidate) => string.Create(CultureInfo.InvariantCulture, $"{candidate.Remote}:{candidate.Port}/{candidate.Protocol}");
}
