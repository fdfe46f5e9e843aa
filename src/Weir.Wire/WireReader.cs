// SPDX-License-Identifier: Apache-2.0
//
// A cursor over network-order octets. Short input is an answer (false), never an exception; a part that is cut off
// cannot be read past its own end, so a lying length cannot reach its neighbour.
using System.Buffers.Binary;

namespace Weir.Wire;

/// <summary>Reads network-order integers off a datagram and knows where it stands. Never throws
/// on short input.</summary>
public ref struct WireReader(ReadOnlySpan<byte> octets)
{
    private readonly ReadOnlySpan<byte> _octets = octets;

    /// <summary>Octets consumed so far, counted from the start of this reader.</summary>
    public int Offset { get; private set; }

    /// <summary>Octets not yet consumed.</summary>
    public readonly int Left => _octets.Length - Offset;

    /// <summary>What is not yet consumed.</summary>
    public readonly ReadOnlySpan<byte> Rest => _octets[Offset..];

    public bool TryU8(out byte value)
    {
        if (Left < 1)
        {
            value = 0;
            return false;
        }

        value = _octets[Offset++];
        return true;
    }

    public bool TryU16(out ushort value)
    {
        if (!BinaryPrimitives.TryReadUInt16BigEndian(_octets[Offset..], out value))
        {
            return false;
        }

        Offset += sizeof(ushort);
        return true;
    }

    public bool TryU32(out uint value)
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(_octets[Offset..], out value))
        {
            return false;
        }

        Offset += sizeof(uint);
        return true;
    }

    /// <summary>Takes the next <paramref name="length"/> octets as they are.</summary>
    public bool TrySpan(int length, out ReadOnlySpan<byte> part)
    {
        if ((uint)length > (uint)Left)
        {
            part = default;
            return false;
        }

        part = _octets.Slice(Offset, length);
        Offset += length;
        return true;
    }

    /// <summary>Cuts off the next <paramref name="length"/> octets; what reads the part cannot stray into
    /// its neighbour.</summary>
    public bool TryCut(int length, out WireReader part)
    {
        var taken = TrySpan(length, out var octets);
        part = new WireReader(octets);
        return taken;
    }

    public bool TrySkip(int length) => TrySpan(length, out _);
}
