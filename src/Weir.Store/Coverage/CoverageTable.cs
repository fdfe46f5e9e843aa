// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Contracts.Protocol;
using Weir.Contracts.Reports;
using Weir.Contracts.Segments;
using Weir.Store.ClickHouse;
using Weir.Wire;
using Weir.Wire.Native;

namespace Weir.Store.Coverage;

/// <summary>Reads the table <c>coverage</c>.</summary>
internal sealed class CoverageTable(ClickHouseHttp client)
{
    private const long MinuteMs = 60_000;
    private const int MinuteSeconds = 60;

    /// <summary>An exporter that was heard so long before a window is one whose silence in it counts.</summary>
    private const long BeforeMinutes = 24 * 60;

    /// <summary>End of the latest minute that has a row; null where none has.</summary>
    /// <exception cref="StoreException">The store could not answer.</exception>
    public async Task<DateTimeOffset?> KnownUntilAsync(CancellationToken cancel)
    {
        var latest = await client.ScalarAsync<uint>("SELECT toUInt32(max(latest)) FROM (SELECT max(minute) AS latest FROM coverage)", cancel);
        return latest == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(latest + MinuteSeconds);
    }

    /// <summary>What was heard in a window, as far as anything is known of it.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public async Task<CoverageReply> AnswerAsync(
        long fromMs, long untilMs, IReadOnlyCollection<IpKey> named, CancellationToken cancel)
    {
        var known = await KnownUntilAsync(cancel);
        var end = Math.Min(untilMs, known?.ToUnixTimeMilliseconds() ?? fromMs);
        var from = DateTimeOffset.FromUnixTimeMilliseconds(fromMs);
        return end <= fromMs
            ? new(from, from, known, [])
            : new(
                from, DateTimeOffset.FromUnixTimeMilliseconds(end), known,
                await ReadAsync(fromMs, end, named, cancel));
    }

    /// <summary>What was heard in a window; minutes that it touches are in.</summary>
    /// <param name="fromMs">Begin.</param>
    /// <param name="untilMs">End, exclusive.</param>
    /// <param name="named">Which exporters; empty for all heard in the window or a day before it.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="StoreException">The store could not answer.</exception>
    public async Task<IReadOnlyList<ExporterCoverage>> ReadAsync(
        long fromMs, long untilMs, IReadOnlyCollection<IpKey> named, CancellationToken cancel)
    {
        var (from, until) = (fromMs / MinuteMs, (untilMs + MinuteMs - 1) / MinuteMs);
        var first = named.Count > 0 ? from : from - BeforeMinutes;
        var which = named.Count == 0 ? $" AND exporter <> {SqlText.Key(CoverageRow.Nobody)}"
            : $" AND exporter IN ({string.Join(", ", named.Select(SqlText.Key))})";
        var sql = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            SELECT exporter, toUInt32(minute) AS at, toUInt64(sum(d)) AS came, toUInt64(sum(f)) AS flowed, toUInt64(sum(l)) AS gone, max(s) AS rate
            FROM
            (
                SELECT exporter, minute, sum(datagrams) AS d, sum(flows) AS f, sum(lost) AS l, max(sampling) AS s
                FROM coverage
                WHERE minute >= toDateTime({first * MinuteSeconds}) AND minute < toDateTime({until * MinuteSeconds}){which}
                GROUP BY exporter, minute
            )
            GROUP BY exporter, minute ORDER BY exporter, minute
            """);
        var minutes = new List<CoverageMinute>();
        await foreach (var block in client.QueryAsync(sql, cancel))
        {
            var (at, came) = (block["at"].Values<uint>().ToArray(), block["came"].Values<ulong>().ToArray());
            var (flowed, gone) = (block["flowed"].Values<ulong>().ToArray(), block["gone"].Values<ulong>().ToArray());
            var rate = block["rate"].Values<uint>().ToArray();
            for (var i = 0; i < block.Rows; i++)
            {
                var row = new CoverageMinute(
                    new IpKey(block["exporter"].Key(i)), at[i] / MinuteSeconds, (long)came[i], (long)flowed[i],
                    (long)gone[i], rate[i]);
                if (row.Minute >= from || row.Datagrams > 0)
                {
                    minutes.Add(row);
                }
            }
        }

        return CoverageFold.Fold(minutes, from, until, named);
    }
}
