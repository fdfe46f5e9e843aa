// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.Wire;
using Weir.Wire.Native;

namespace Weir.Contracts.Segments;

/// <summary>Evidence rows as Native blocks of the table <c>evidence</c>. Nothing is allocated per row.</summary>
public static class EvidenceBlocks
{
    public const string Table = "evidence";

    public const string Columns = "scope, start, end, remote, port, protocol, packets_out, packets_in, octets_out, "
        + "octets_in, flags_out, flags_in, sampling, basis, segment";

    /// <summary>Octets a row takes in a block.</summary>
    public const int RowOctets = (3 * 8) + 16 + 2 + 1 + (4 * 8) + 2 + 4 + 8 + 8;

    public const int DaysPerWeek = 7;

    private const long WeekMs = DaysPerWeek * 86_400_000L;

    /// <summary>The week a flow belongs to by its start, counted from 1970-01-01: its partition.</summary>
    public static int WeekOf(long startMs) => (int)(startMs / WeekMs);

    /// <summary>Appends one block.</summary>
    public static void Append(ReadOnlySpan<EvidenceRow> rows, ulong segment, NativeWriter writer)
    {
        writer.Begin(15, rows.Length);
        var scopes = Room<ulong>(writer, "scope"u8, "UInt64"u8, rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            scopes[i] = rows[i].Scope.Number;
        }

        AppendTimes(rows, writer);
        AppendRemotes(rows, writer);
        AppendSums(rows, writer);
        var flagsOut = writer.Column("flags_out"u8, "UInt8"u8, rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            flagsOut[i] = rows[i].FlagsOut;
        }

        var flagsIn = writer.Column("flags_in"u8, "UInt8"u8, rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            flagsIn[i] = rows[i].FlagsIn;
        }

        var samplings = Room<uint>(writer, "sampling"u8, "UInt32"u8, rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            samplings[i] = rows[i].SamplingInterval;
        }

        var bases = Room<ulong>(writer, "basis"u8, "UInt64"u8, rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            bases[i] = rows[i].Basis;
        }

        Room<ulong>(writer, "segment"u8, "UInt64"u8, rows.Length).Fill(segment);
    }

    private static void AppendTimes(ReadOnlySpan<EvidenceRow> rows, NativeWriter writer)
    {
        var starts = Room<long>(writer, "start"u8, "Int64"u8, rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            starts[i] = rows[i].StartMs;
        }

        var ends = Room<long>(writer, "end"u8, "Int64"u8, rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            ends[i] = rows[i].EndMs;
        }
    }

    private static void AppendRemotes(ReadOnlySpan<EvidenceRow> rows, NativeWriter writer)
    {
        var remotes = writer.Column("remote"u8, "FixedString(16)"u8, rows.Length * 16);
        for (var i = 0; i < rows.Length; i++)
        {
            BinaryPrimitives.WriteUInt128BigEndian(remotes[(i * 16)..], rows[i].Remote.Address.Bits);
        }

        var ports = Room<ushort>(writer, "port"u8, "UInt16"u8, rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            ports[i] = rows[i].Remote.Port;
        }

        var protocols = writer.Column("protocol"u8, "UInt8"u8, rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            protocols[i] = rows[i].Remote.Protocol;
        }
    }

    private static void AppendSums(ReadOnlySpan<EvidenceRow> rows, NativeWriter writer)
    {
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
    }

    private static Span<T> Room<T>(NativeWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> type, int rows)
        where T : unmanaged =>
        MemoryMarshal.Cast<byte, T>(
            writer.Column(name, type, rows * System.Runtime.CompilerServices.Unsafe.SizeOf<T>()));
}
