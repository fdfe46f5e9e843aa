// SPDX-License-Identifier: Apache-2.0
//
// Endpoints that lines exchanged traffic with although a list names them, each with how many lines did: the rows are
// summed up in the store, so that no subject leaves it. One whose pseudonym changed within the window counts twice.
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Segments;
using Weir.Wire;
using Weir.Wire.Native;

namespace Weir.Store.ClickHouse;

/// <summary>One such endpoint.</summary>
/// <param name="Endpoint">The far end.</param>
/// <param name="FirstMs">Start of the first flow, milliseconds since the UNIX epoch.</param>
/// <param name="LastMs">End of the last.</param>
/// <param name="Lines">Distinct subjects; for nobody to see before it is made a band.</param>
public readonly record struct SightedEndpoint(Endpoint Endpoint, long FirstMs, long LastMs, long Lines);

/// <summary>Counts over the table <c>sightings</c> of a flow store.</summary>
public sealed class SightingRepository(ClickHouseHttp client)
{
    /// <summary>C&amp;Cs with traffic that was answered, or seen in the one direction that sampling left;
    /// attempts are none.</summary>
    /// <exception cref="StoreException">The store could not answer.</exception>
    public async Task<IReadOnlyList<SightedEndpoint>> SinceAsync(DateTimeOffset since, CancellationToken cancel)
    {
        var sql = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            SELECT remote, port, protocol, min(earliest) AS started, max(latest) AS ended, toUInt64(count()) AS n
            FROM
            (
                SELECT remote, port, protocol, subject, min(first) AS earliest, max(last) AS latest FROM sightings
                WHERE day >= toDate('{since.UtcDateTime.AddDays(-1):yyyy-MM-dd}') AND last >= {since.ToUnixTimeMilliseconds()} AND role = {(byte)ListRole.C2} AND kind >= {(byte)ContactKind.OneSided}
                GROUP BY remote, port, protocol, subject
            )
            GROUP BY remote, port, protocol ORDER BY remote, port, protocol
            """);
        var found = new List<SightedEndpoint>();
        await foreach (var block in client.QueryAsync(sql, cancel))
        {
            for (var i = 0; i < block.Rows; i++)
            {
                var endpoint = new Endpoint(
                    new IpKey(block["remote"].Key(i)), block["port"].Values<ushort>()[i],
                    block["protocol"].Values<byte>()[i]);
                found.Add(new(
                    endpoint, block["started"].Values<long>()[i], block["ended"].Values<long>()[i],
                    (long)block["n"].Values<ulong>()[i]));
            }
        }

        return found;
    }
}
