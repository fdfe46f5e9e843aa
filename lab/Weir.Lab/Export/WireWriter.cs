// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Weir.Wire;

namespace Weir.Lab.Export;

/// <summary>Writes network-order integers and knows where it stands: the mirror of <see cref="WireReader"/>.</summary>
public ref struct WireWriter(Span<byte> octets)
{
    private readonly Span<byte> _octets = octets;

    /// <summary>Octets written so far.</summary>
    public int Offset { get; private set; }

    public void U8(byte value) => _octets[Offset++] = value;

    public void U16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_octets[Offset..], value);
        Offset += sizeof(ushort);
    }

    public void U32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_octets[Offset..], value);
        Offset += sizeof(uint);
    }

    public void U64(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(_octets[Offset..], value);
        Offset += sizeof(ulong);
    }

    public void V4(IpKey address) => U32(address.V4);

    public void V6(IpKey address)
    {
        address.WriteTo(_octets[Offset..]);
        Offset += 16;
    }

    /// <summary>Zeros up to the next multiple of four octets from the start.</summary>
    public void Pad()
    {
        while ((Offset & 3) != 0)
        {
            U8(0);
        }
    }
}
