// SPDX-License-Identifier: Apache-2.0
//
// Intake rows over the socket, 69 octets each in network order: id 16, network 16, its length 1, first and last port 2
// each, from 8, until 8, line 16. A row replaces the one before it with the same id.
using System.Buffers.Binary;
using Weir.Contracts.Networks;
using Weir.Wire;

namespace Weir.Vault.Serving;

/// <summary>One row and the id by which it is replaced.</summary>
internal readonly record struct IntakeEntry(UInt128 Id, AddressAssignment Lease)
{
    public const int Octets = 69;

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
    }

    public static IntakeEntry Read(ReadOnlySpan<byte> from) => new(
        BinaryPrimitives.ReadUInt128BigEndian(from),
        new AddressAssignment(
            Prefix.From(IpKey.FromV6(from[16..]), from[32]),
            BinaryPrimitives.ReadUInt16BigEndian(from[33..]),
            BinaryPrimitives.ReadUInt16BigEndian(from[35..]),
            BinaryPrimitives.ReadInt64BigEndian(from[37..]),
            BinaryPrimitives.ReadInt64BigEndian(from[45..]),
            IpKey.FromV6(from[53..])));
}

/// <summary>Names of the headers beside the rows.</summary>
internal static class IntakeHeaders
{
    /// <summary>Changes when the vault starts: versions of before mean nothing to it.</summary>
    public const string Instance = "Weir-Instance";

    public const string Version = "Weir-Version";

    /// <summary>Rows from the beginning: what is held is to be forgotten first.</summary>
    public const string Whole = "Weir-Whole";
}
