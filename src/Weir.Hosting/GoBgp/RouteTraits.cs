// SPDX-License-Identifier: Apache-2.0
//
// What a route says beside its NLRI, and the path attributes it is said with (RFC 4271 §4.3, RFC 1997, RFC 4360, RFC
// 8092). Read back leniently: of a route that is not ours only enough to see that it is not.
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using Weir.Wire;

namespace Weir.Hosting.GoBgp;

/// <summary>Next hop and communities, each sorted; equal where they say the same.</summary>
public sealed record RouteTraits
{
    private const byte Optional = 0x80;
    private const byte Transitive = 0x40;
    private const byte LongLength = 0x10;

    private const byte Origin = 1;
    private const byte AsPath = 2;
    private const byte NextHopType = 3;
    private const byte CommunitiesType = 8;
    private const byte MpReach = 14;
    private const byte ExtendedType = 16;
    private const byte LargeType = 32;

    private const byte OriginIgp = 0;

    public IpKey NextHop { get; init; }

    public ImmutableArray<Community> Communities { get; init; } = [];

    public ImmutableArray<ulong> Extended { get; init; } = [];

    public ImmutableArray<LargeCommunity> Large { get; init; } = [];

    public bool Equals(RouteTraits? other) =>
        other is not null && NextHop == other.NextHop
        && Communities.SequenceEqual(other.Communities)
        && Extended.SequenceEqual(other.Extended) && Large.SequenceEqual(other.Large);

    public override int GetHashCode() => HashCode.Combine(NextHop, Communities.Length, Extended.Length, Large.Length);

    /// <summary>One attribute each: origin, an empty AS path (RFC 9117), next hop, communities.</summary>
    public IReadOnlyList<byte[]> ToAttributes()
    {
        var attributes = new List<byte[]>
        {
            Attribute(Transitive, Origin, [OriginIgp]),
            Attribute(Transitive, AsPath, []),
            Attribute(Transitive, NextHopType, AddressOctets(NextHop))
        };
        if (!Communities.IsEmpty)
        {
            attributes.Add(
                Attribute(Optional | Transitive, CommunitiesType, [.. Communities.SelectMany(c => Octets(c.Value))]));
        }

        if (!Extended.IsEmpty)
        {
            attributes.Add(
                Attribute(Optional | Transitive, ExtendedType, [.. Extended.SelectMany(ExtendedCommunity.Octets)]));
        }

        if (!Large.IsEmpty)
        {
            attributes.Add(Attribute(Optional | Transitive, LargeType, [
                .. Large.SelectMany(c => (byte[])[.. Octets(c.Asn), .. Octets(c.First), .. Octets(c.Second)])]));
        }

        return attributes;
    }

    /// <summary>What attributes say. Those of other kinds, and what is cut short, are passed over.</summary>
    public static RouteTraits From(IEnumerable<ReadOnlyMemory<byte>> attributes)
    {
        var traits = new RouteTraits();
        foreach (var attribute in attributes)
        {
            var octets = attribute.Span;
            var head = octets.Length > 0 && (octets[0] & LongLength) != 0 ? 4 : 3;
            if (octets.Length < head)
            {
                continue;
            }

            var value = octets[head..];
            traits = octets[1] switch
            {
                NextHopType => traits with { NextHop = AddressOf(value) },
                MpReach when value.Length > 4 && value.Length >= 4 + value[3] =>
                    traits with { NextHop = AddressOf(value.Slice(4, value[3])) },
                CommunitiesType =>
                    traits with { Communities = [.. Values(value, 4).Select(v => new Community((uint)v)).Order()] },
                ExtendedType => traits with { Extended = [.. Values(value, 8).Order()] },
                LargeType => traits with { Large = LargeOf(value) },
                _ => traits,
            };
        }

        return traits;
    }

    private static byte[] Attribute(byte flags, byte type, byte[] value) => value.Length <= byte.MaxValue
        ? [flags, type, (byte)value.Length, .. value]
        : [(byte)(flags | LongLength), type, (byte)(value.Length >> 8), (byte)value.Length, .. value];

    private static byte[] Octets(uint value)
    {
        var octets = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, value);
        return octets;
    }

    private static byte[] AddressOctets(IpKey address) => address.ToIPAddress().GetAddressBytes();

    private static IpKey AddressOf(ReadOnlySpan<byte> octets) => octets.Length switch
    {
        4 => IpKey.From(new IPAddress(octets)),
        >= 16 => IpKey.FromV6(octets[..16]),
        _ => default,
    };

    private static List<ulong> Values(ReadOnlySpan<byte> octets, int width)
    {
        var values = new List<ulong>(octets.Length / width);
        for (var at = 0; at + width <= octets.Length; at += width)
        {
            values.Add(width == 4
                ? BinaryPrimitives.ReadUInt32BigEndian(octets[at..])
                : BinaryPrimitives.ReadUInt64BigEndian(octets[at..]));
        }

        return values;
    }

    private static ImmutableArray<LargeCommunity> LargeOf(ReadOnlySpan<byte> octets)
    {
        var numbers = Values(octets[..(octets.Length / 12 * 12)], 4);
        return [.. numbers.Chunk(3).Select(n => new LargeCommunity((uint)n[0], (uint)n[1], (uint)n[2]))
            .OrderBy(c => (c.Asn, c.First, c.Second))];
    }
}
