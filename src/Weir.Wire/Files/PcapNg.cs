// SPDX-License-Identifier: Apache-2.0
//
// The next-generation capture file: blocks with type, length, body, length again. A section header sets the byte
// order and forgets the interfaces; interface blocks bring link type and clock unit; packets follow.
//
// What may be wrong and what it costs: body too short → the block; block length below 12 or not a multiple of 4 →
// the rest of the file.
//
// Standards: draft-ietf-opsawg-pcapng §3 and §4.
using System.Buffers.Binary;

namespace Weir.Wire.Files;

/// <summary>What one block of a pcapng file turned out to be.</summary>
public enum PcapNgBlock : byte
{
    /// <summary>Section, interface, statistics, names …: nothing to hand on.</summary>
    Other,
    Packet,

    /// <summary>A body that its type does not allow, or a packet of an interface never described.</summary>
    Damaged,
}

/// <summary>One packet of a pcapng file.</summary>
public readonly ref struct PcapNgPacket(ReadOnlySpan<byte> frame, LinkType link, long arrivedAtMs)
{
    public ReadOnlySpan<byte> Frame { get; } = frame;

    public LinkType Link { get; } = link;

    /// <summary>Milliseconds since the UNIX epoch; a simple packet block has no time and takes that of the
    /// packet before, as one does whose time no calendar has.</summary>
    public long ArrivedAtMs { get; } = arrivedAtMs;
}

/// <summary>The state of one pcapng file: byte order and interfaces of the section in force.</summary>
public sealed class PcapNg
{
    public const int BlockHeaderOctets = 12;
    public const int SmallestBlock = 12;
    public const uint SectionHeader = 0x0A0D0D0A;

    /// <summary>Interfaces kept per section; packets of further ones count as damaged.</summary>
    public const int MaxInterfaces = 65_536;

    private const uint ByteOrderMagic = 0x1A2B3C4D;

    private readonly List<Interface> _interfaces = [];
    private bool _little;
    private long _lastMs;

    /// <summary>Packets whose time no calendar has; they were given that of the packet before.</summary>
    public long SenselessTimes { get; private set; }

    /// <summary>Type and length of the block that begins here; false = not a block, nothing after it
    /// can be trusted.</summary>
    public bool TryReadHead(ReadOnlySpan<byte> head, out uint type, out uint length)
    {
        type = BinaryPrimitives.ReadUInt32LittleEndian(head);
        length = 0;
        if (type == SectionHeader)
        {
            var order = BinaryPrimitives.ReadUInt32LittleEndian(head[8..]);
            if (order != ByteOrderMagic && BinaryPrimitives.ReverseEndianness(order) != ByteOrderMagic)
            {
                return false;
            }

            _little = order == ByteOrderMagic;
        }

        type = Pcap.U32(head, _little);
        length = Pcap.U32(head[4..], _little);
        return length >= SmallestBlock && length % 4 == 0;
    }

    /// <summary>Takes one whole block, both lengths included.</summary>
    public PcapNgBlock Read(ReadOnlySpan<byte> block, out PcapNgPacket packet)
    {
        packet = default;
        var body = block[8..^4];
        switch (Pcap.U32(block, _little))
        {
            case SectionHeader:
                _interfaces.Clear();
                return PcapNgBlock.Other;
            case 1:
                return Describe(body) ? PcapNgBlock.Other : PcapNgBlock.Damaged;
            case 2:
                return body.Length < 20 ? PcapNgBlock.Damaged : Timed(body, U16(body), out packet);
            case 3:
                return Simple(body, out packet);
            case 6:
                return body.Length < 20 ? PcapNgBlock.Damaged : Timed(body, Pcap.U32(body, _little), out packet);
            default:
                return PcapNgBlock.Other;
        }
    }

    private ushort U16(ReadOnlySpan<byte> octets) =>
        _little ? BinaryPrimitives.ReadUInt16LittleEndian(octets) : BinaryPrimitives.ReadUInt16BigEndian(octets);

    private PcapNgBlock Timed(ReadOnlySpan<byte> body, uint which, out PcapNgPacket packet)
    {
        packet = default;
        var captured = Pcap.U32(body[12..], _little);
        if (which >= _interfaces.Count || captured > body.Length - 20)
        {
            return PcapNgBlock.Damaged;
        }

        var port = _interfaces[(int)which];
        var ms = port.ToMs(((ulong)Pcap.U32(body[4..], _little) << 32) | Pcap.U32(body[8..], _little));
        SenselessTimes += ms is null ? 1 : 0;
        _lastMs = ms ?? _lastMs;
        packet = new(body.Slice(20, (int)captured), port.Link, _lastMs);
        return PcapNgBlock.Packet;
    }

    private PcapNgBlock Simple(ReadOnlySpan<byte> body, out PcapNgPacket packet)
    {
        packet = default;
        if (body.Length < 4 || _interfaces.Count == 0)
        {
            return PcapNgBlock.Damaged;
        }

        var port = _interfaces[0];
        var length = Pcap.U32(body, _little);
        var kept = Math.Min(length, (uint)(body.Length - 4));
        kept = port.SnapLength > 0 ? Math.Min(kept, port.SnapLength) : kept;
        packet = new(body.Slice(4, (int)kept), port.Link, _lastMs);
        return PcapNgBlock.Packet;
    }

    private bool Describe(ReadOnlySpan<byte> body)
    {
        if (body.Length < 8 || _interfaces.Count >= MaxInterfaces)
        {
            return false;
        }

        byte resolution = 6;
        long offsetSeconds = 0;
        var options = body[8..];
        while (options.Length >= 4)
        {
            var code = U16(options);
            int length = U16(options[2..]);
            if (code == 0 || length > options.Length - 4)
            {
                break;
            }

            var value = options.Slice(4, length);
            if (code == 9 && length >= 1)
            {
                resolution = value[0];
            }
            else if (code == 14 && length == 8)
            {
                offsetSeconds = _little
                    ? BinaryPrimitives.ReadInt64LittleEndian(value)
                    : BinaryPrimitives.ReadInt64BigEndian(value);
            }

            options = options[Math.Min(4 + ((length + 3) & ~3), options.Length)..];
        }

        _interfaces.Add(new((LinkType)U16(body), Pcap.U32(body[4..], _little), resolution, offsetSeconds));
        return true;
    }

    /// <summary>One capturing interface; <c>Resolution</c> is if_tsresol: a power of ten, or of two with
    /// the top bit set.</summary>
    private readonly record struct Interface(LinkType Link, uint SnapLength, byte Resolution, long OffsetSeconds)
    {
        /// <summary>Milliseconds since the UNIX epoch; null for what no calendar has.</summary>
        public long? ToMs(ulong ticks)
        {
            var power = Resolution & 0x7F;
            var ms = (Resolution & 0x80) != 0
                ? (power > 63 ? UInt128.Zero : ((UInt128)ticks * 1_000) >> power)
                : Decimal(ticks, power);
            var at = (Int128)ms + ((Int128)OffsetSeconds * 1_000);
            return at >= 0 && at <= FlowCalendar.LatestMs ? (long)at : null;
        }

        private static UInt128 Decimal(UInt128 ticks, int power)
        {
            for (; power < 3; power++)
            {
                ticks *= 10;
            }

            for (; power > 3 && ticks != 0; power--)
            {
                ticks /= 10;
            }

            return ticks;
        }
    }
}
