// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Weir.Wire;

namespace Weir.Collector.Owning;

/// <summary>Writes into octets that have room enough.</summary>
internal ref struct OctetWriter(Span<byte> octets)
{
    private readonly Span<byte> _octets = octets;

    /// <summary>Octets written.</summary>
    public int Count { get; private set; }

    public void Octet(byte value) => _octets[Count++] = value;

    public void Port(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_octets[Count..], value);
        Count += sizeof(ushort);
    }

    public void Address(IpKey address)
    {
        if (address.IsV4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(_octets[Count..], address.V4);
            Count += sizeof(uint);
            return;
        }

        address.WriteTo(_octets[Count..]);
        Count += 16;
    }

    public void Number(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            _octets[Count++] = (byte)(value | 0x80);
        }

        _octets[Count++] = (byte)value;
    }
}

/// <summary>Reads octets of somebody else's. Short input is an answer, never an exception.</summary>
internal ref struct OctetReader(ReadOnlySpan<byte> octets)
{
    private const int MostShift = 63;

    private ReadOnlySpan<byte> _rest = octets;

    /// <summary>Octets not yet read.</summary>
    public readonly int Left => _rest.Length;

    public bool TryOctet(out byte value)
    {
        value = _rest.IsEmpty ? (byte)0 : _rest[0];
        return TrySkip(1);
    }

    public bool TryPort(out ushort value) =>
        BinaryPrimitives.TryReadUInt16LittleEndian(_rest, out value) && TrySkip(sizeof(ushort));

    /// <summary>An address that is IPv4 where it is said to be, and nowhere else: each has one form.</summary>
    public bool TryAddress(bool isV4, out IpKey address)
    {
        address = default;
        if (isV4)
        {
            if (!BinaryPrimitives.TryReadUInt32BigEndian(_rest, out var bits))
            {
                return false;
            }

            address = IpKey.FromV4(bits);
            return TrySkip(sizeof(uint));
        }

        if (_rest.Length < 16)
        {
            return false;
        }

        address = IpKey.FromV6(_rest);
        return !address.IsV4 && TrySkip(16);
    }

    /// <summary>A number of at most ten octets, without one that adds nothing.</summary>
    public bool TryNumber(out ulong value)
    {
        value = 0;
        for (var shift = 0; shift <= MostShift; shift += 7)
        {
            if (!TryOctet(out var octet))
            {
                return false;
            }

            var part = (ulong)(octet & 0x7F);
            if (shift == MostShift && part > 1)
            {
                return false;
            }

            value |= part << shift;
            if ((octet & 0x80) == 0)
            {
                return part != 0 || shift == 0;
            }
        }

        return false;
    }

    private bool TrySkip(int octets)
    {
        if (octets > _rest.Length)
        {
            return false;
        }

        _rest = _rest[octets..];
        return true;
    }
}
