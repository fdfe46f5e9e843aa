// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Weir.Contracts.Flows;
using Weir.Wire;
using Weir.Wire.Native;

namespace Weir.Contracts.Segments;

/// <summary>Pair digests as Native blocks of the table <c>pairs</c>. Nothing is allocated per row.</summary>
public static class PairBlocks
{
    public const string Table = "pairs";

    public const string Columns = "hour, subject, remote, port, protocol, role, access, two_way, flows, packets_out, "
        + "packets_in, octets_out, octets_in, first, last, segment";

    /// <summary>Rows of one block: so few that a block stays in a core's cache.</summary>
    public const int RowsPerBlock = 8_192;

    /// <summary>Octets a row takes in a block.</summary>
    public const int RowOctets = 4 + 16 + 16 + 2 + 1 + 1 + 1 + 1 + (8 * 8);

    /// <summary>Writes rows, as many blocks as needed, each handed to <paramref name="output"/> when full.</summary>
    /// <returns>Octets written.</returns>
    public static long Write(ReadOnlySpan<PairDigest> rows, ulong segment, NativeWriter writer, Stream output)
    {
        long written = 0;
        while (!rows.IsEmpty)
        {
            var part = rows[..Math.Min(rows.Length, RowsPerBlock)];
            writer.Clear();
            Append(part, segment, writer);
            output.Write(writer.Written.Span);
            written += writer.Written.Length;
            rows = rows[part.Length..];
        }

        return written;
    }

    /// <summary>Appends one block.</summary>
    public static void Append(ReadOnlySpan<PairDigest> rows, ulong segment, NativeWriter writer)
    {
        writer.Begin(16, rows.Length);
        var hours = Room<uint>(writer, "hour"u8, "DateTime('UTC')"u8, rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            hours[i] = rows[i].HourSeconds;
        }

        var subjects = writer.Column("subject"u8, "FixedString(16)"u8, rows.Length * 16);
        for (var i = 0; i < rows.Length; i++)
        {
            BinaryPrimitives.WriteUInt128BigEndian(subjects[(i * 16)..], rows[i].Subject.Pseudonym);
        }

        var remotes = writer.Column("remote"u8, "FixedString(16)"u8, rows.Length * 16);
        for (var i = 0; i < rows.Length; i++)
        {
            BinaryPrimitives.WriteUInt128BigEndian(remotes[(i * 16)..], rows[i].Endpoint.Address.Bits);
        }

        var ports = Room<ushort>(writer, "port"u8, "UInt16"u8, rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            ports[i] = rows[i].Endpoint.Port;
        }

        AppendMarks(rows, writer);
        AppendSums(rows, writer);
        Room<ulong>(writer, "segment"u8, "UInt64"u8, rows.Length).Fill(segment);
    }

    private static void AppendMarks(ReadOnlySpan<PairDigest> rows, NativeWriter writer)
    {
        var protocols = writer.Column("protocol"u8, "UInt8"u8, rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            protocols[i] = rows[i].Endpoint.Protocol;
        }

        var roles = writer.Column("role"u8, "UInt8"u8, rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            roles[i] = rows[i].Role;
        }

        var accesses = writer.Column("access"u8, "UInt8"u8, rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            accesses[i] = rows[i].Access;
        }

        var ways = writer.Column("two_way"u8, "UInt8"u8, rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            ways[i] = rows[i].TwoWay;
        }
    }

    private static void AppendSums(ReadOnlySpan<PairDigest> rows, NativeWriter writer)
    {
        var flows = Room<ulong>(writer, "flows"u8, "UInt64"u8, rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            flows[i] = rows[i].Flows;
        }

        var packetsOut = Room<ulong>(writer, "packets_out"u8, "UInt64"u8, rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            packetsOut[i] = rows[i].PacketsOut;
        }

        var packetsIn = Room<ulong>(writer, "packets_in"u8, "UInt64"u8, rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            packetsIn[i] = rows[i].PacketsIn;
        }

        var octetsOut = Room<ulong>(writer, "octets_out"u8, "UInt64"u8, rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            octetsOut[i] = rows[i].OctetsOut;
        }

        var octetsIn = Room<ulong>(writer, "octets_in"u8, "UInt64"u8, rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            octetsIn[i] = rows[i].OctetsIn;
        }

        var firsts = Room<long>(writer, "first"u8, "Int64"u8, rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            firsts[i] = rows[i].FirstMs;
        }

        var lasts = Room<long>(writer, "last"u8, "Int64"u8, rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            lasts[i] = rows[i].LastMs;
        }
    }

    private static Span<T> Room<T>(NativeWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> type, int rows)
        where T : unmanaged =>
        MemoryMarshal.Cast<byte, T>(
            writer.Column(name, type, rows * System.Runtime.CompilerServices.Unsafe.SizeOf<T>()));
}
