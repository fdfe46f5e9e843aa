// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Segments;
using Weir.Store.Comparing;
using Weir.Store.Engine;
using Weir.Wire;
using Weir.Wire.Native;

namespace Weir.Store.Runs;

/// <summary>The sightings of a window as the store holds them: what an earlier run of the program
/// saw counts too.</summary>
internal static class StoredSightings
{
    /// <summary>One row for each subject, endpoint, list and kind; what the lists in force now allow is left out,
    /// whenever it was seen.</summary>
    /// <exception cref="StoreException">The store could not answer.</exception>
    public static async Task<IReadOnlyList<Sighting>> StandingAsync(
        FlowStore store, PairWindow window, Watchlist lists, CancellationToken cancel)
    {
        var days = (First: DayOf(window.FromMs).AddDays(-1), Last: DayOf(window.UntilMs));
        var sql = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            SELECT subject, remote, port, protocol, list, role, kind, trust, earliest, latest, n
            FROM
            (
            SELECT subject, remote, port, protocol, list, role, kind, max(confidence) AS trust, min(first) AS earliest, max(last) AS latest, toUInt64(sum(contacts)) AS n
            FROM sightings
            WHERE day >= toDate('{days.First:yyyy-MM-dd}') AND day <= toDate('{days.Last:yyyy-MM-dd}') AND last >= {window.FromMs} AND first < {window.UntilMs}
            GROUP BY subject, remote, port, protocol, list, role, kind
            )
            ORDER BY earliest, subject
            """);
        var standing = new List<Sighting>();
        await foreach (var block in store.Client.QueryAsync(sql, cancel))
        {
            for (var i = 0; i < block.Rows; i++)
            {
                var endpoint = new Endpoint(
                    new IpKey(block["remote"].Key(i)), block["port"].Values<ushort>()[i],
                    block["protocol"].Values<byte>()[i]);
                if (!lists.IsAllowed(endpoint))
                {
                    standing.Add(RowOf(block, i, endpoint));
                }
            }
        }

        return standing;
    }

    private static Sighting RowOf(NativeBlock block, int row, Endpoint endpoint) => new(
        new SubjectKey(block["subject"].Key(row)),
        endpoint,
        block["list"].Texts[row],
        (ContactKind)block["kind"].Values<byte>()[row],
        block["earliest"].Values<long>()[row],
        block["latest"].Values<long>()[row],
        (uint)Math.Min(uint.MaxValue, block["n"].Values<ulong>()[row]),
        (ListRole)block["role"].Values<byte>()[row],
        block["trust"].Values<byte>()[row]);

    private static DateOnly DayOf(long ms) =>
        DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime);
}
