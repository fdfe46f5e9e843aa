// SPDX-License-Identifier: Apache-2.0
//
// Which exporters have series of their own on the page of metrics: sixty-four, of which a message continued another,
// those with standing first; the others are one series. Who has a name keeps it, unless one with standing wants for it:
// a series that comes and goes is a count that falls. `weir exporters` lists all.
using System.Diagnostics.Metrics;
using System.Numerics;
using Weir.Collector.Collecting;
using Weir.Collector.Decoding;
using Weir.Wire;

namespace Weir.Collector.Status;

/// <summary>Names for metrics. Safe for any thread.</summary>
/// <param name="list">Every exporter as it stands; one that several lanes hear, several times.</param>
internal sealed class NamedExporters(Func<IEnumerable<ExporterListing>> list)
{
    /// <summary>Exporters with series of their own.</summary>
    public const int Most = 64;

    private const string Others = "other";

    private readonly Lock _gate = new();
    private readonly HashSet<IpKey> _named = [];

    /// <summary>Whether an exporter has a name.</summary>
    public bool Has(IpKey exporter)
    {
        using (_gate.EnterScope())
        {
            return _named.Contains(exporter);
        }
    }

    /// <summary>Reads a count that never falls: of all that have no name together it does not fall either when one of
    /// them gets its own or is forgotten, and rises by whatever the others count from then on.</summary>
    public Func<IEnumerable<Measurement<long>>> Counter(Func<ExporterListing, long> value)
    {
        var unnamed = new Unnamed(value);
        return () => Sums(value, known => unnamed.Add(known, Has));
    }

    /// <summary>Reads a number that may fall, and that a sum is of.</summary>
    public Func<IEnumerable<Measurement<long>>> Sum(Func<ExporterListing, long> value) =>
        () => Sums(value, known => known.Where(one => !Has(one.Address)).Sum(value));

    /// <summary>Reads a number that no sum is of: who has no name is left out; of one that several lanes hear, the
    /// latest counts.</summary>
    public Func<IEnumerable<Measurement<T>>> Each<T>(Func<ExporterListing, T> value)
        where T : struct, INumber<T> => () =>
            from exporter in Known()
            group exporter by exporter.Address into one
            where Has(one.Key)
            select Of(value(one.MaxBy(each => each.LastSeenMs)!), one.Key.ToString());

    private IEnumerable<Measurement<long>> Sums(
        Func<ExporterListing, long> value, Func<List<ExporterListing>, long> ofOthers)
    {
        var known = Known();
        foreach (var exporter in known.GroupBy(one => one.Address).Where(one => Has(one.Key)))
        {
            yield return Of(exporter.Sum(value), exporter.Key.ToString());
        }

        var others = ofOthers(known);
        if (others > 0 || known.Exists(one => !Has(one.Address)))
        {
            yield return Of(others, Others);
        }
    }

    private static Measurement<T> Of<T>(T value, string exporter)
        where T : struct => new(value, new KeyValuePair<string, object?>("exporter", exporter));

    private List<ExporterListing> Known()
    {
        List<ExporterListing> known = [.. list().Where(one => one.Datagrams > 0)];
        var wanting = known.Where(one => one.WentOn).GroupBy(one => one.Address)
            .ToDictionary(one => one.Key, one => one.Any(each => each.Streams is null or { Standing: > 0 }));
        using (_gate.EnterScope())
        {
            _ = _named.RemoveWhere(one => !wanting.ContainsKey(one));
            foreach (var (exporter, stands) in wanting.Where(one => !_named.Contains(one.Key))
                .OrderByDescending(one => one.Value).ThenBy(one => one.Key))
            {
                if (_named.Count >= Most && stands && _named.FirstOrDefault(one => !wanting[one]) is var less
                    && less != default)
                {
                    _ = _named.Remove(less);
                }

                if (_named.Count < Most)
                {
                    _ = _named.Add(exporter);
                }
            }
        }

        return known;
    }

    /// <summary>A count of all that have no name: the sum of what each counted while it had none.</summary>
    private sealed class Unnamed(Func<ExporterListing, long> value)
    {
        private readonly Lock _gate = new();
        private Dictionary<(IpKey, ExportTransport, long FirstSeenMs), long> _last = [];
        private long _sum;

        public long Add(IReadOnlyList<ExporterListing> known, Func<IpKey, bool> isNamed)
        {
            using (_gate.EnterScope())
            {
                var now = known.GroupBy(one => (one.Address, one.Transport, one.FirstSeenMs))
                    .ToDictionary(one => one.Key, one => one.Sum(value));
                _sum += now.Where(one => !isNamed(one.Key.Address))
                    .Sum(one => Math.Max(0, one.Value - _last.GetValueOrDefault(one.Key)));
                _last = now;
                return _sum;
            }
        }
    }
}
