// SPDX-License-Identifier: Apache-2.0
//
// The intake table as collectors get it, in network order: a head of 17 octets (instance 8, version 8, and 1 where the
// rows are all there are), then rows of 70 octets each: id 16, network 16, its length 1, first and last port 2 each,
// from 8, until 8, line 16, protocol 1. A row replaces the one before it with the same id.
using System.Buffers.Binary;
using Weir.Contracts.Networks;
using Weir.Wire;

namespace Weir.Contracts.Protocol;

/// <summary>What stands before the rows.</summary>
/// <param name="Instance">Changes when the vault starts: versions of before mean nothing to it.</param>
/// <param name="Version">What to ask from next time.</param>
/// <param name="IsWhole">Rows from the beginning: what is held is to be forgotten first.</param>
public readonly record struct IntakeRows(ulong Instance, long Version, bool IsWhole)
{
    /// <summary>Length of the head.</summary>
    public const int Octets = 17;

    /// <summary>Writes the head.</summary>
    public void WriteTo(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt64BigEndian(to, Instance);
        BinaryPrimitives.WriteInt64BigEndian(to[8..], Version);
        to[16] = IsWhole ? (byte)1 : (byte)0;
    }

    /// <summary>Reads a head.</summary>
    public static IntakeRows Read(ReadOnlySpan<byte> from) => new(
        BinaryPrimitives.ReadUInt64BigEndian(from), BinaryPrimitives.ReadInt64BigEndian(from[8..]), from[16] == 1);
}

/// <summary>One row and the id by which it is replaced.</summary>
public readonly record struct IntakeEntry(UInt128 Id, AddressAssignment Lease)
{
    /// <summary>Length of a row.</summary>
    public const int Octets = 70;

    /// <summary>Writes the row.</summary>
    public void WriteTo(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt128BigEndian(to, Id);
        Lease.Network.Network.WriteTo(to[16..]);
        to[32] = (byte)Lease.Network.Length;
        BinaryPrimitives.WriteUInt16BigEndian(to[33..], Lease.PortFrom);
        BinaryPrimitives.WriteUInt16BigEndian(to[35..], Lease.PortTo);
        BinaryPrimitives.WriteInt64BigEndian(to[37..], Lease.FromMs);
        BinaryPrimitives.WriteInt64BigEndian(to[45..], Lease.UntilMs);
        Lease.Line.WriteTo(to[53..]);
        to[69] = Lease.Protocol;
    }

    /// <summary>Reads a row.</summary>
    public static IntakeEntry Read(ReadOnlySpan<byte> from) => new(
        BinaryPrimitives.ReadUInt128BigEndian(from),
        new AddressAssignment(
            Prefix.From(IpKey.FromV6(from[16..]), from[32]),
            BinaryPrimitives.ReadUInt16BigEndian(from[33..]),
            BinaryPrimitives.ReadUInt16BigEndian(from[35..]),
            BinaryPrimitives.ReadInt64BigEndian(from[37..]),
            BinaryPrimitives.ReadInt64BigEndian(from[45..]),
            IpKey.FromV6(from[53..]),
            from[69]));
}
