// SPDX-License-Identifier: Apache-2.0
//
// A FlowSpec rule as the octets of BGP. Components stand in ascending order of their type, each once; a packet has to
// meet all of them. Values take as few octets as they need. The whole is led by its length: one octet below 240, else
// two with the upper four bits set.
//
// Standards: RFC 8955 §4 (IPv4), RFC 8956 §3 (IPv6: prefixes carry an offset).
using System.Buffers.Binary;
using Weir.Wire;

namespace Weir.Hosting.GoBgp;

/// <summary>Types of components (IANA "Flow Spec Component Types").</summary>
internal enum FlowSpecType : byte
{
    Destination = 1,
    Source,

    /// <summary>IPv6: the upper-layer protocol.</summary>
    Protocol,
    Port,
    DestinationPort,
    SourcePort,
}

/// <summary>Bits of a numeric operator (RFC 8955 §4.2.1.1); the length of the value and the end of the list are set
/// by the writer.</summary>
[Flags]
internal enum NumericOp : byte
{
    Equal = 0x01,
    Greater = 0x02,
    Less = 0x04,
    And = 0x40,
}

/// <summary>Writes one rule.</summary>
internal sealed class FlowSpecNlri(bool isV4)
{
    /// <summary>RFC 8955 §4.1: the longest length that two octets hold.</summary>
    private const int Longest = 4095;
    private const byte EndOfList = 0x80;

    private readonly List<byte> _octets = [];
    private FlowSpecType _last;

    /// <summary>A prefix; IPv6 may leave out its first <paramref name="offset"/> bits.</summary>
    public FlowSpecNlri Prefix(FlowSpecType type, Prefix prefix, int offset = 0)
    {
        Begin(type);
        var length = prefix.WrittenLength;
        _octets.Add((byte)length);
        if (!isV4)
        {
            _octets.Add((byte)offset);
        }

        Span<byte> address = stackalloc byte[16];
        var bits = prefix.Network.Bits << ((isV4 ? 96 : 0) + offset);
        BinaryPrimitives.WriteUInt128BigEndian(address, bits);
        _octets.AddRange(address[..((length - offset + 7) / 8)]);
        return this;
    }

    /// <summary>A list of values, of which one has to hold.</summary>
    public FlowSpecNlri AnyOf(FlowSpecType type, params ReadOnlySpan<ushort> values)
    {
        Begin(type);
        for (var i = 0; i < values.Length; i++)
        {
            Value(NumericOp.Equal, values[i], i == values.Length - 1);
        }

        return this;
    }

    /// <summary>A list of comparisons.</summary>
    public FlowSpecNlri Numeric(FlowSpecType type, params ReadOnlySpan<(NumericOp Op, ushort Value)> items)
    {
        Begin(type);
        for (var i = 0; i < items.Length; i++)
        {
            Value(items[i].Op, items[i].Value, i == items.Length - 1);
        }

        return this;
    }

    /// <summary>The rule with its length before it.</summary>
    public byte[] ToOctets() => _octets.Count switch
    {
        < 240 => [(byte)_octets.Count, .. _octets],
        <= Longest => [(byte)(0xF0 | (_octets.Count >> 8)), (byte)_octets.Count, .. _octets],
        _ => throw new InvalidOperationException("a FlowSpec rule may not exceed 4,095 octets (RFC 8955 §4.1)"),
    };

    private void Begin(FlowSpecType type)
    {
        if (type <= _last)
        {
            throw new InvalidOperationException($"component {type} may not follow {_last} (RFC 8955 §4.2)");
        }

        _last = type;
        _octets.Add((byte)type);
    }

    private void Value(NumericOp op, ushort value, bool isLast)
    {
        var wide = value > byte.MaxValue;
        _octets.Add((byte)((byte)op | (wide ? 0x10 : 0) | (isLast ? EndOfList : 0)));
        if (wide)
        {
            _octets.Add((byte)(value >> 8));
        }

        _octets.Add((byte)value);
    }
}
