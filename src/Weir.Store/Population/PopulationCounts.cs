// SPDX-License-Identifier: Apache-2.0
//
// The fixed reports as SQL over the pair digests. A subject is made distinct before it is counted and belongs to one
// group by the octet on its rows; only rows in which it sent something count. The dialect is ClickHouse 18.16's.
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Store.ClickHouse;
using Weir.Wire.Native;

namespace Weir.Store.Population;

/// <summary>Counts of distinct subjects over the table <c>pairs</c> of a flow store, by network group.</summary>
/// <param name="client">Store.</param>
/// <param name="lines">What the rows' codes of lines stand for.</param>
public sealed class PopulationCounts(ClickHouseHttp client, SubscriberLineKinds lines) : IPopulationCounts
{
    public async Task<ExactTable> CountAsync(PopulationQuery question, CancellationToken cancel)
    {
        string[] groups = lines.NamesEveryGroup ? [.. lines.Groups] : [.. lines.Groups, ""];
        var where = In(question.Window);
        var bases = new long[groups.Length];
        var byAccess = new SortedDictionary<string, long[]>(StringComparer.Ordinal);
        foreach (var (_, code, subjects) in await CellsAsync("0", where, cancel))
        {
            var kind = lines[code];
            bases[GroupOf(groups, kind)] += subjects;
            Row(byAccess, kind.Access, groups)[GroupOf(groups, kind)] += subjects;
        }

        return new(groups, bases, question.Report.Key == PopulationKey.Access
            ? Lines(byAccess)
            : Lines(await ByKeyAsync(question, where, groups, cancel)));
    }

    private async Task<SortedDictionary<string, long[]>> ByKeyAsync(
        PopulationQuery question, string where, string[] groups, CancellationToken cancel)
    {
        var rows = new SortedDictionary<string, long[]>(StringComparer.Ordinal);
        Func<uint, string> name = question.Report.Key switch
        {
            PopulationKey.RemotePort => key =>
                string.Create(CultureInfo.InvariantCulture, $"{key % 65_536}/{Protocols.ToName((byte)(key / 65_536))}"),
            PopulationKey.Protocol => key => Protocols.ToName((byte)key),
            PopulationKey.Hour => HourName,
            _ => _ => question.Endpoint.ToString()!,
        };
        var (keyed, narrowed) = question.Report.Key switch
        {
            PopulationKey.RemotePort => ("protocol * 65536 + port", " AND port != 0"),
            PopulationKey.Protocol => ("protocol", ""),
            PopulationKey.Hour => ("toHour(hour)", ""),
            PopulationKey.Endpoint => ("0", Is(question.Endpoint!.Value)),
            _ => throw new ArgumentOutOfRangeException(
                nameof(question), question.Report.Key, "Not a report over pairs."),
        };
        foreach (var known in question.Report.Key switch
        {
            PopulationKey.Hour => Enumerable.Range(0, 24).Select(hour => HourName((uint)hour)),
            PopulationKey.Endpoint => [name(0)],
            _ => [],
        })
        {
            Row(rows, known, groups);
        }

        foreach (var (key, code, subjects) in await CellsAsync(keyed, where + narrowed, cancel))
        {
            Row(rows, name(key), groups)[GroupOf(groups, lines[code])] += subjects;
        }

        return rows;

        static string HourName(uint hour) => string.Create(CultureInfo.InvariantCulture, $"{hour:00}:00");
    }

    /// <summary>Distinct subjects by key and code of line.</summary>
    private async Task<List<(uint Key, byte Code, long Subjects)>> CellsAsync(
        string key, string where, CancellationToken cancel)
    {
        var sql = $"""
            SELECT k, line, toUInt64(count()) AS n FROM
            (
                SELECT toUInt32({key}) AS k, subject, min(access) AS line FROM pairs WHERE {where} GROUP BY k, subject
            )
            GROUP BY k, line
            """;
        var cells = new List<(uint, byte, long)>();
        await foreach (var block in client.QueryAsync(sql, cancel))
        {
            for (var i = 0; i < block.Rows; i++)
            {
                cells.Add((block["k"].Values<uint>()[i], block["line"].Values<byte>()[i], (long)block["n"]
                    .Values<ulong>()[i]));
            }
        }

        return cells;
    }

    /// <summary>Rows of a code that no network has any more are the last group's.</summary>
    private static int GroupOf(string[] groups, SubscriberLineKind kind) =>
        Array.IndexOf(groups, kind.Group) is >= 0 and var at ? at : groups.Length - 1;

    private static long[] Row(SortedDictionary<string, long[]> rows, string key, string[] groups)
    {
        if (!rows.TryGetValue(key, out var row))
        {
            rows[key] = row = new long[groups.Length];
        }

        return row;
    }

    private static List<ExactRow> Lines(SortedDictionary<string, long[]> rows) =>
        [.. rows.Select(r => new ExactRow(r.Key, r.Value))];

    private static string Is(Endpoint endpoint) => string.Create(
        CultureInfo.InvariantCulture,
        $" AND remote = {SqlText.Key(endpoint.Address)} AND port = {endpoint.Port} AND protocol = {endpoint.Protocol}");

    private static string In(PopulationWindow window) => string.Create(
        CultureInfo.InvariantCulture,
        $"hour >= toDateTime({window.From.ToUnixTimeSeconds()}) AND hour < "
            + $"toDateTime({window.Until.ToUnixTimeSeconds()}) AND packets_out > 0");
}
