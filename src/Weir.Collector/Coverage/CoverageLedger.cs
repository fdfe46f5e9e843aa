// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Collecting;
using Weir.Collector.Decoding;
using Weir.Contracts.Segments;
using Weir.Wire;

namespace Weir.Collector.Coverage;

/// <summary>What was heard of each exporter since the last minute. An exporter that says nothing has a row of zeroes,
/// so that silence and a collector that did not run are two things; a collector that heard of
/// nobody has one row. Pure but for what it remembers.</summary>
internal sealed class CoverageLedger
{
    private readonly Dictionary<Source, Sums> _before = [];

    /// <summary>The rows of a minute; what they count is not counted again.</summary>
    /// <param name="minuteSeconds">Start of the minute.</param>
    /// <param name="heard">Exporters as they stand; one that several lanes met, several times.</param>
    public CoverageRow[] Close(uint minuteSeconds, IEnumerable<ExporterListing> heard)
    {
        var rows = new List<CoverageRow>();
        var known = heard.Where(one => one.Datagrams > 0 && one.WentOn).ToLookup(one => one.Address);
        var now = known.SelectMany(one => one).GroupBy(Source.Of).ToDictionary(one => one.Key, Sums.Of);
        foreach (var gone in _before.Keys.Where(one => !now.ContainsKey(one)).ToList())
        {
            _ = _before.Remove(gone);
        }

        foreach (var exporter in known)
        {
            var (all, since) = (default(Sums), default(Sums));
            foreach (var source in exporter.Select(Source.Of).Distinct())
            {
                var (sums, before) = (now[source], _before.GetValueOrDefault(source));
                (all, since) = (all.And(sums), since.And(sums.Since(before)));

                // Messages that come late are no more lost: what was written stays, and later losses begin above it.
                _before[source] = sums with { Lost = Math.Max(sums.Lost, before.Lost) };
            }

            var latest = exporter.MaxBy(one => one.LastSeenMs)!;
            rows.Add(new CoverageRow(
                minuteSeconds, exporter.Key, 0, (ulong)since.Datagrams, (ulong)since.Flows,
                LostMessages(latest, all, since.Lost),
                latest.SamplingSource == SamplingSource.Unknown ? 0 : latest.SamplingInterval));
        }

        return rows.Count > 0 ? [.. rows] : [new CoverageRow(minuteSeconds, CoverageRow.Nobody, 0, 0, 0, 0, 0)];
    }

    /// <summary>Rows of flows that were heard and lost on their way to their owner: as many messages as carried
    /// them.</summary>
    /// <param name="lost">By minute and exporter.</param>
    /// <param name="heard">Exporters as they stand.</param>
    public static IEnumerable<CoverageRow> Lost(
        IEnumerable<(uint MinuteSeconds, IpKey Exporter, long Flows)> lost, IReadOnlyCollection<ExporterListing> heard)
    {
        foreach (var one in lost.GroupBy(row => (row.MinuteSeconds, row.Exporter)))
        {
            var flows = one.Sum(row => row.Flows);
            var known = heard.Where(row => row.Address == one.Key.Exporter).ToList();
            var (datagrams, told) = (known.Sum(row => row.Datagrams), known.Sum(row => row.Flows));
            yield return new CoverageRow(
                one.Key.MinuteSeconds, one.Key.Exporter, 0, 0, 0,
                told > datagrams ? (ulong)Math.Ceiling((double)flows * datagrams / told) : (ulong)flows, 0);
        }
    }

    /// <summary>Messages lost. Where sequence numbers count records, as many as would have carried them, by how full
    /// this exporter's messages have been.</summary>
    private static ulong LostMessages(ExporterListing exporter, Sums now, long lost) =>
        SequenceUnits.AreRecords(exporter.Protocols) && now.Flows > now.Datagrams
            ? (ulong)Math.Ceiling((double)lost * now.Datagrams / now.Flows)
            : (ulong)lost;

    /// <summary>An exporter as one lane knows it; forgotten and heard anew it is another.</summary>
    private readonly record struct Source(IpKey Address, ExportTransport Transport, long FirstSeenMs)
    {
        public static Source Of(ExporterListing one) => new(one.Address, one.Transport, one.FirstSeenMs);
    }

    private readonly record struct Sums(long Datagrams, long Flows, long Lost)
    {
        public static Sums Of(IEnumerable<ExporterListing> all) =>
            new(all.Sum(one => one.Datagrams), all.Sum(one => one.Flows), all.Sum(Missing));

        /// <summary>What was sent and nobody read. Where numbers tell of records, some of them are behind a message
        /// that could not be read.</summary>
        private static long Missing(ExporterListing one) => Math.Max(
            0, one.Lost + (SequenceUnits.AreRecords(one.Protocols) ? one.Unread : 0));

        public Sums And(Sums other) => new(Datagrams + other.Datagrams, Flows + other.Flows, Lost + other.Lost);

        /// <summary>What came since; a count that fell gives nothing.</summary>
        public Sums Since(Sums before) => new(
            Math.Max(0, Datagrams - before.Datagrams), Math.Max(0, Flows - before.Flows),
            Math.Max(0, Lost - before.Lost));
    }
}
