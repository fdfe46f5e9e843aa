// SPDX-License-Identifier: Apache-2.0
//
// Which endpoint was told of for which days, and by what: one line's contact with one endpoint on one day stands in one
// figure and no other, and an endpoint has at most seven figures a quarter, so that a year of days tells no more than
// docs/36-numbers.md says. An address and its network are told of like an endpoint: each contact lies in all three.
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Contracts.Reports;
using Weir.Hosting.Files;

namespace Weir.Store.Publishing;

/// <summary>Whether a figure may be told.</summary>
public enum FigureLeave : byte
{
    /// <summary>It may, and is written down.</summary>
    Given,

    /// <summary>Another figure told of these contacts on one of these days.</summary>
    ToldElsewhere,

    /// <summary>The endpoint had its figures of this quarter.</summary>
    Spent,
}

/// <summary>One figure that was told.</summary>
/// <param name="Days">Window, as <see cref="PublishedDays"/> writes it.</param>
/// <param name="By">What told it: <see cref="EndpointFigures.Comparison"/> or the name of a report.</param>
public sealed record ToldFigure(string Days, string By);

/// <summary>The ledger. Safe for any thread.</summary>
public sealed class EndpointFigures
{
    /// <summary>Most figures of one endpoint whose window ends in one quarter.</summary>
    public const int MostPerQuarter = 7;

    /// <summary>Most of them that people may ask for: the rest is the comparison's, so that nobody has a candidate
    /// vanish by asking about it.</summary>
    public const int MostAsked = 3;

    /// <summary>Who tells what is found, without being asked about an endpoint.</summary>
    public const string Comparison = "comparison";

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly SortedDictionary<string, List<ToldFigure>> _told = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<PublishedDays>> _within = new(StringComparer.Ordinal);

    /// <exception cref="InvalidDataException">The file is none of ours.</exception>
    public EndpointFigures(PublishingOptions options)
    {
        _path = options.FiguresFile;
        if (!File.Exists(_path))
        {
            return;
        }

        try
        {
            _told = new(
                JsonSerializer.Deserialize(
                    File.ReadAllBytes(_path), FiguresContext.Default.SortedDictionaryStringListToldFigure) ?? [],
                StringComparer.Ordinal);
            Index();
        }
        catch (Exception fault) when (fault is JsonException or FormatException)
        {
            throw new InvalidDataException($"{_path} is damaged: {fault.Message}; put it back from a backup, since "
                + "without it an endpoint could be told of twice", fault);
        }
    }

    /// <summary>Asks for the figure of one endpoint; durable when it is given. The same figure may be asked for
    /// again.</summary>
    /// <exception cref="IOException">It could not be written down: nothing may be told.</exception>
    public FigureLeave Take(string name, PublishedDays days, string by)
    {
        lock (_gate)
        {
            var leave = LeaveFor(name, days, by);
            if (leave == FigureLeave.Given && Add(name, days, by))
            {
                Save(days);
            }

            return leave;
        }
    }

    /// <summary>Asks for the figures of many, the first first.</summary>
    /// <returns>Those that are given; durable.</returns>
    /// <exception cref="IOException">They could not be written down: nothing may be told.</exception>
    public IReadOnlySet<string> TakeAll(IReadOnlyList<string> names, PublishedDays days, string by)
    {
        lock (_gate)
        {
            HashSet<string> given = new(StringComparer.Ordinal);
            var isNew = false;
            foreach (var name in names)
            {
                if (LeaveFor(name, days, by) == FigureLeave.Given)
                {
                    isNew |= Add(name, days, by);
                    _ = given.Add(name);
                }
            }

            if (isNew)
            {
                Save(days);
            }

            return given;
        }
    }

    private FigureLeave LeaveFor(string name, PublishedDays days, string by)
    {
        var own = _told.GetValueOrDefault(name) ?? [];
        if (own.Contains(new(days.ToString(), by)))
        {
            return FigureLeave.Given;
        }

        return own.Exists(one => DaysOf(one).Overlaps(days))
            || (_within.GetValueOrDefault(name) ?? []).Any(one => one.Overlaps(days))
            || FigureNames.Around(name).Any(place =>
                (_told.GetValueOrDefault(place) ?? []).Exists(one => DaysOf(one).Overlaps(days)))
                ? FigureLeave.ToldElsewhere
            : own.Count(one => DaysOf(one).Quarter == days.Quarter) >= MostPerQuarter
                || (by != Comparison
                    && own.Count(one => one.By != Comparison && DaysOf(one).Quarter == days.Quarter) >= MostAsked)
                ? FigureLeave.Spent
            : FigureLeave.Given;
    }

    private bool Add(string name, PublishedDays days, string by)
    {
        var figure = new ToldFigure(days.ToString(), by);
        if (!_told.TryGetValue(name, out var own))
        {
            _told[name] = own = [];
        }

        if (own.Contains(figure))
        {
            return false;
        }

        own.Add(figure);
        AddWithin(name, days);
        return true;
    }

    private void AddWithin(string name, PublishedDays days)
    {
        foreach (var place in FigureNames.Around(name))
        {
            if (!_within.TryGetValue(place, out var inside))
            {
                _within[place] = inside = [];
            }

            _ = inside.Add(days);
        }
    }

    /// <summary>Quarters that are long over cannot be told of any more: their keys are gone.</summary>
    private void Save(PublishedDays days)
    {
        var isOlder = false;
        foreach (var name in _told.Keys.ToList())
        {
            isOlder |= _told[name].RemoveAll(one => DaysOf(one).Quarter < days.Quarter - 1) > 0;
            if (_told[name].Count == 0)
            {
                _ = _told.Remove(name);
            }
        }

        if (isOlder)
        {
            Index();
        }

        AtomicFile.Write(_path, JsonSerializer.Serialize(
            _told, FiguresContext.Default.SortedDictionaryStringListToldFigure));
    }

    private void Index()
    {
        _within.Clear();
        foreach (var (name, figures) in _told)
        {
            figures.ForEach(figure => AddWithin(name, DaysOf(figure)));
        }
    }

    private static PublishedDays DaysOf(ToldFigure figure) => PublishedDays.TryParse(figure.Days, out var days)
        ? days : throw new FormatException($"'{figure.Days}' is no window of days");
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict)]
[JsonSerializable(typeof(SortedDictionary<string, List<ToldFigure>>))]
internal sealed partial class FiguresContext : JsonSerializerContext;
