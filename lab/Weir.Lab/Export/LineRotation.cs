// SPDX-License-Identifier: Apache-2.0
//
// A day of a simulated provider, sent again, is no new traffic: the same pairs come once more, and whoever sums by pair
// has nothing new to keep. So before a datagram goes again each of its records passes to the next line of its kind: who
// visits where keeps its shape (popularity of places, favourites of a line, busy and idle lines, attacks, both
// directions of a conversation), and the pairs are new. Infected lines pass theirs to infected ones, so that there are
// not more of them in every round. A round costs the sender one look at a table for each record.
using System.Buffers.Binary;
using Weir.Lab.Population;

namespace Weir.Lab.Export;

/// <summary>Passes the records of NetFlow v9 datagrams, as <see cref="NetFlow9Encoder"/> writes them, on to other lines
/// of the provider.</summary>
internal sealed class LineRotation
{
    private const int SetAt = 20;
    private const int RecordsAt = 24;
    private const int V4Octets = 4;
    private const int V6Octets = 16;

    private readonly int[] _next;

    /// <param name="lines">The provider's lines, by number.</param>
    public LineRotation(IReadOnlyList<Subscriber> lines)
    {
        _next = new int[lines.Count];
        foreach (var kind in Enumerable.Range(0, lines.Count).GroupBy(line => (lines[line].V6, lines[line].Bot > 0)))
        {
            int[] alike = [.. kind];
            for (var i = 0; i < alike.Length; i++)
            {
                _next[alike[i]] = alike[(i + 1) % alike.Length];
            }
        }
    }

    /// <summary>Passes every record of a datagram on; one of templates stays as it is.</summary>
    public void Turn(Span<byte> datagram)
    {
        var set = BinaryPrimitives.ReadUInt16BigEndian(datagram[SetAt..]);
        if (set is not (NetFlow9Encoder.TemplateV4 or NetFlow9Encoder.TemplateV6))
        {
            return;
        }

        var address = set == NetFlow9Encoder.TemplateV4 ? V4Octets : V6Octets;
        var at = RecordsAt;
        for (var left = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]); left > 0; left--)
        {
            // The subscriber is source or destination; of a spoofed source it is neither.
            if (!TryTurn(datagram.Slice(at, address)))
            {
                _ = TryTurn(datagram.Slice(at + address, address));
            }

            at += (2 * address) + NetFlow9Encoder.TailOctets;
        }
    }

    private bool TryTurn(Span<byte> address)
    {
        if (address.Length == V4Octets)
        {
            var line = BinaryPrimitives.ReadUInt32BigEndian(address) - Addressing.FirstV4;
            if (line >= (uint)_next.Length)
            {
                return false;
            }

            BinaryPrimitives.WriteUInt32BigEndian(address, Addressing.FirstV4 + (uint)_next[line]);
            return true;
        }

        var prefix = BinaryPrimitives.ReadUInt64BigEndian(address) - Addressing.FirstV6;
        if (prefix >= (ulong)_next.Length)
        {
            return false;
        }

        BinaryPrimitives.WriteUInt64BigEndian(address, Addressing.FirstV6 + (ulong)_next[prefix]);
        return true;
    }
}
