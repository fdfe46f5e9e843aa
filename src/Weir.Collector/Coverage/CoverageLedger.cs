// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Decoding;
using Weir.Contracts.Segments;
using Weir.Wire;

namespace Weir.Collector.Coverage;

/// <summary>What was heard of each exporter since the last minute. An exporter that says nothing has a row of zeroes,
/// so that silence and a collector that did not run are two things; a collector that heard of
/// nobody has one row. Pure but for what it remembers.</summary>
internal sealed class CoverageLedger
{
    private readonly Dictionary<IpKey, Sums> _before = [];

    /// <summary>The rows of a minute; what they count is not counted again.</summary>
    /// <param name="minuteSeconds">Start of the minute.</param>
    /// <param name="heard">Exporters as they stand; one that several lanes met, several times.</param>
    public CoverageRow[] Close(uint minuteSeconds, IEnumerable<ExporterListing> heard)
    {
        var rows = new List<CoverageRow>();
        foreach (var exporter in heard.Where(one => one.Datagrams > 0).GroupBy(one => one.Address))
        {
            var now = new Sums(
                exporter.Sum(one => one.Datagrams), exporter.Sum(one => one.Flows), exporter.Sum(one => one.Lost));
            var before = _before.GetValueOrDefault(exporter.Key);
            var latest = exporter.MaxBy(one => one.LastSeenMs)!;
            rows.Add(new CoverageRow(
                minuteSeconds, exporter.Key, 0, (ulong)(now.Datagrams - before.Datagrams),
                (ulong)(now.Flows - before.Flows), LostMessages(latest, now, before),
                latest.SamplingSource == SamplingSource.Unknown ? 0 : latest.SamplingInterval));

            // Messages that come late are no more lost: what was written stays, and later losses begin above it.
            _before[exporter.Key] = now with { Lost = Math.Max(now.Lost, before.Lost) };
        }

        return rows.Count > 0 ? [.. rows] : [new CoverageRow(minuteSeconds, CoverageRow.Nobody, 0, 0, 0, 0, 0)];
    }

    /// <summary>Messages lost. Where sequence numbers count records, as many as would have carried them, by how full
    /// this exporter's messages have been.</summary>
    private static ulong LostMessages(ExporterListing exporter, Sums now, Sums before)
    {
        var lost = Math.Max(0, now.Lost - before.Lost);
        return SequenceUnits.AreRecords(exporter.Protocols) && now.Flows > now.Datagrams
            ? (ulong)Math.Ceiling((double)lost * now.Datagrams / now.Flows)
            : (ulong)lost;
    }

    private readonly record struct Sums(long Datagrams, long Flows, long Lost);
}
