// SPDX-License-Identifier: Apache-2.0
//
// Exchanges with a promoted endpoint over the pair digests: one row a subject, for the machine's look-back alone. A
// digest keeps sums and whether packets went both ways, no flags; so TCP needs three packets each way here as it does
// where flags say nothing of data (statistics.md B.1), or the proof by one direction that the digest was made with (ADR
// 0007). The dialect is ClickHouse 18.16's.
using System.Globalization;
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Policy;
using Weir.Contracts.Segments;
using Weir.Store.ClickHouse;
using Weir.Wire.Native;

namespace Weir.Store.LookBack;

/// <summary>Searches the table <c>pairs</c> of a flow store.</summary>
public sealed class PromotedContacts(ClickHouseHttp client) : IPromotedContacts
{
    private const int Seconds = 60;

    /// <exception cref="StoreException">The store could not answer, or not within a minute.</exception>
    public async Task<ContactSearchResult> WhoMetAsync(
        Approval promotion, long fromMs, long untilMs, int most, CancellationToken cancel)
    {
        if (promotion.Deed != Permission.Promote
            || !Endpoint.TryParse(promotion.Target, out var endpoint) || endpoint.Port == 0)
        {
            throw new ArgumentException(
                "Only the leave of a promotion names an endpoint that may be searched for.", nameof(promotion));
        }

        var sql = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            SELECT subject, min(earliest) AS seen, max(latest) AS gone, toUInt32(count()) AS hours, toUInt8(max(answered)) AS exchanged FROM
            (
                SELECT subject, hour, min(first) AS earliest, max(last) AS latest, sum(packets_out) AS sent, sum(packets_in) AS got, (sent > 0 AND got > 0) AS answered FROM pairs
                WHERE hour > toDateTime({Math.Max(0, (fromMs - 3_600_000) / 1_000)}) AND hour < toDateTime({(untilMs + 999) / 1_000})
                  AND remote = {SqlText.Key(endpoint.Address)} AND port = {endpoint.Port} AND protocol = {endpoint.Protocol} AND two_way = 1
                GROUP BY subject, hour HAVING sent = 0 OR got = 0 OR (sent >= {MinPackets(endpoint.Protocol)} AND got >= {MinPackets(endpoint.Protocol)})
            )
            GROUP BY subject ORDER BY seen, subject LIMIT {most + 1} SETTINGS max_execution_time = {Seconds}
            """);
        var met = new List<Sighting>();
        await foreach (var block in client.QueryAsync(sql, cancel))
        {
            for (var i = 0; i < block.Rows; i++)
            {
                met.Add(new Sighting(
                    new SubjectKey(block["subject"].Key(i)), endpoint, PromotedList.Name,
                    block["exchanged"].Values<byte>()[i] != 0 ? ContactKind.Exchange : ContactKind.OneSided,
                    block["seen"].Values<long>()[i], block["gone"].Values<long>()[i],
                    block["hours"].Values<uint>()[i]));
            }
        }

        return new(met.Count > most ? met[..most] : met, met.Count > most);
    }

    private static int MinPackets(byte protocol) => protocol switch { Protocols.Tcp => 3, Protocols.Udp => 1, _ => 2 };
}
