// SPDX-License-Identifier: Apache-2.0
//
// Comparisons that were published, a file a window: a window is told of once, and whoever asks again gets the same.
// They hold published figures alone and are kept without limit (rules.md R10, aggregates).
using System.Text.Json;
using Weir.Contracts.Protocol;
using Weir.Hosting.Files;

namespace Weir.Store.Publishing;

/// <summary>A comparison as it left, with what it was made under.</summary>
/// <param name="K">Fewest subjects behind a figure.</param>
/// <param name="MinimumBase">Fewest subjects in all.</param>
/// <param name="Answer">What left.</param>
public sealed record KeptComparison(int K, int MinimumBase, Comparison Answer);

/// <summary>The folder. Safe for any thread.</summary>
public sealed class KeptComparisons(PublishingOptions options)
{
    private const string Ending = ".json";

    private readonly Lock _gate = new();
    private SortedDictionary<string, PublishedDays>? _known;

    /// <summary>What was published of a window; null where nothing was.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public KeptComparison? Find(PublishedDays days)
    {
        lock (_gate)
        {
            return Known().ContainsKey(days.ToString()) ? Read(days) : null;
        }
    }

    /// <summary>Another window that was published and has a day of this one; null where there is none.</summary>
    public PublishedDays? Overlapping(PublishedDays days)
    {
        lock (_gate)
        {
            return Known().Values.Where(known => known != days && known.Overlaps(days))
                .Select(known => (PublishedDays?)known).FirstOrDefault();
        }
    }

    /// <summary>The largest figure that windows since a day told of each listed endpoint; what was below k, or not
    /// told, is in none.</summary>
    public IReadOnlyDictionary<string, double> ListedSince(uint day)
    {
        lock (_gate)
        {
            var largest = new Dictionary<string, double>(StringComparer.Ordinal);
            foreach (var days in Known().Values.Where(days => days.From >= day))
            {
                foreach (var row in Read(days).Answer.Figures.Sightings.Where(row => row.Subjects.IsNumber))
                {
                    var endpoint = Weir.Contracts.Flows.Endpoint.Write(row.Remote, row.Port, row.Protocol);
                    largest[endpoint] = Math.Max(largest.GetValueOrDefault(endpoint), row.Subjects.Number);
                }
            }

            return largest;
        }
    }

    /// <summary>Candidates that windows of a quarter showed, with the status under which each was last shown.</summary>
    /// <param name="quarter">As <see cref="PublishedDays.Quarter"/> counts it.</param>
    public IReadOnlyDictionary<string, string> ShownIn(int quarter)
    {
        lock (_gate)
        {
            var shown = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var days in Known().Values.Where(days => days.Quarter == quarter))
            {
                foreach (var one in Read(days).Answer.Figures.Candidates)
                {
                    shown[Weir.Contracts.Flows.Endpoint.Write(one.Remote, one.Port, one.Protocol)] = one.Status;
                }
            }

            return shown;
        }
    }

    /// <summary>Whether a window that has a day was published.</summary>
    /// <param name="day">UTC day since the UNIX epoch.</param>
    public bool Has(uint day)
    {
        lock (_gate)
        {
            return Known().Values.Any(days => days.From <= day && day < days.Until);
        }
    }

    /// <summary>Keeps one; durable when it returns, before anybody sees it.</summary>
    /// <exception cref="IOException">The disk refuses: nothing may be told.</exception>
    public void Save(PublishedDays days, KeptComparison kept)
    {
        lock (_gate)
        {
            var known = Known();
            AtomicFile.Write(PathOf(days), JsonSerializer.Serialize(new KeptFile
            {
                K = kept.K,
                MinimumBase = kept.MinimumBase,
                Answer = JsonSerializer.SerializeToElement(kept.Answer, StoreJson.Default.Comparison),
            }));
            known[days.ToString()] = days;
        }
    }

    private KeptComparison Read(PublishedDays days)
    {
        var path = PathOf(days);
        try
        {
            var file = JsonSerializer.Deserialize<KeptFile>(File.ReadAllText(path));
            return file?.Answer.Deserialize(StoreJson.Default.Comparison) is { } answer
                ? new(file.K, file.MinimumBase, answer)
                : throw new JsonException("it is empty");
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException(
                $"{path} is no comparison: {fault.Message}; comparing the window again could tell two answers apart, "
                    + "so put the file back from a backup", fault);
        }
    }

    /// <summary>Windows that were published, by the names of their files; other files are none of ours.</summary>
    private SortedDictionary<string, PublishedDays> Known()
    {
        if (_known is not null)
        {
            return _known;
        }

        var known = new SortedDictionary<string, PublishedDays>(StringComparer.Ordinal);
        foreach (var path in Directory.Exists(options.ComparisonsFolder)
            ? Directory.EnumerateFiles(options.ComparisonsFolder, "*" + Ending) : [])
        {
            if (PublishedDays.TryParse(Path.GetFileName(path)[..^Ending.Length], out var days))
            {
                known[days.ToString()] = days;
            }
        }

        return _known = known;
    }

    private string PathOf(PublishedDays days) => Path.Combine(options.ComparisonsFolder, days + Ending);

    private sealed record KeptFile
    {
        public required int K { get; init; }

        public required int MinimumBase { get; init; }

        public required JsonElement Answer { get; init; }
    }
}
