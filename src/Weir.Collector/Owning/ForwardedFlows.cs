// SPDX-License-Identifier: Apache-2.0
//
// Flows on their way to their owner, in octets. Integers of fixed width are little-endian; others have seven bits an
// octet, the least first (LEB128); addresses are in network order. A head of 72 octets:
//
//     0  4  magic "WFLW"          4  2  version 1           6  2  flags: 1 = in doubt
//     8 16  digest of the owners 24  8  session            32  8  the owner's run
//    40  8  sequence             48  8  acknowledged       56  4  flows        60  4  sources
//    64  8  start of the earliest flow, ms since the UNIX epoch
//
// A source: one octet (1 where its address is IPv4), address, domain, interface. A flow: one octet of flags (1 subject
// IPv4, 2 remote IPv4, 4 and 8 opener, 16 border, 32 and 64 standing, 128 sampled), subject, remote, start since the
// earliest, length, packets and octets out, packets and octets in, sampling where it is flagged, both ports (2 octets
// each), protocol, flags out and in, traits, kind of line, source. Nothing follows the last.
using System.Buffers;
using System.Buffers.Binary;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Collector.Owning;

/// <summary>Writes and reads batches. What is read is somebody else's: a fault is an answer, never an exception, and
/// nothing is set aside before the octets that would fill it are there.</summary>
public static class ForwardedFlows
{
    /// <summary>Version of the format.</summary>
    public const ushort Version = 1;

    /// <summary>Octets of the head.</summary>
    public const int HeadOctets = 72;

    /// <summary>Most flows of a batch.</summary>
    public const int MaxFlows = 8_192;

    /// <summary>Most octets of a batch.</summary>
    public const int MaxOctets = HeadOctets + (MaxFlows * (LongestFlow + LongestSource));

    private const uint Magic = 0x574C4657;
    private const int LongestFlow = 1 + 32 + (6 * 10) + 5 + 4 + 5 + 3;
    private const int ShortestFlow = 1 + 8 + 6 + 4 + 5 + 1;
    private const int LongestSource = 1 + 16 + 10;
    private const int ShortestSource = 1 + 4 + 2;
    private const int InDoubt = 1;
    private const byte SubjectV4 = 1;
    private const byte RemoteV4 = 2;
    private const byte Sampled = 128;

    /// <summary>Writes flows behind room for a head; <see cref="WriteHead"/> fills it.</summary>
    /// <param name="flows">At most <see cref="MaxFlows"/>, attributed.</param>
    /// <param name="sourceOf">Who told of a flow, by its number.</param>
    /// <returns>The batch, but for what changes each time it is sent.</returns>
    public static byte[] Write(ReadOnlySpan<Flow> flows, Func<ushort, FlowSource> sourceOf)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(flows.Length, MaxFlows, nameof(flows));
        var earliest = flows.IsEmpty ? 0 : long.MaxValue;
        var sources = new Dictionary<ushort, uint>();
        foreach (ref readonly var flow in flows)
        {
            earliest = Math.Min(earliest, flow.StartMs);
            if (flow.Exporter != 0)
            {
                _ = sources.TryAdd(flow.Exporter, (uint)sources.Count + 1);
            }
        }

        var most = HeadOctets + (sources.Count * LongestSource) + (flows.Length * LongestFlow);
        var octets = ArrayPool<byte>.Shared.Rent(most);
        var to = new OctetWriter(octets.AsSpan(HeadOctets));
        foreach (var number in sources.Keys)
        {
            WriteSource(sourceOf(number), ref to);
        }

        foreach (ref readonly var flow in flows)
        {
            WriteFlow(in flow, earliest, flow.Exporter == 0 ? 0 : sources[flow.Exporter], ref to);
        }

        var batch = octets.AsSpan(0, HeadOctets + to.Count).ToArray();
        octets.AsSpan(0, batch.Length).Clear();
        ArrayPool<byte>.Shared.Return(octets);
        BinaryPrimitives.WriteInt32LittleEndian(batch.AsSpan(56), flows.Length);
        BinaryPrimitives.WriteInt32LittleEndian(batch.AsSpan(60), sources.Count);
        BinaryPrimitives.WriteInt64LittleEndian(batch.AsSpan(64), earliest);
        return batch;
    }

    /// <summary>Puts a head in front of what <see cref="Write"/> gave; it may be put there again.</summary>
    public static void WriteHead(in ForwardHead head, Span<byte> batch)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(batch, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(batch[4..], Version);
        BinaryPrimitives.WriteUInt16LittleEndian(batch[6..], (ushort)(head.IsInDoubt ? InDoubt : 0));
        head.Owners.Span.CopyTo(batch.Slice(8, SubjectOwners.DigestOctets));
        BinaryPrimitives.WriteUInt64LittleEndian(batch[24..], head.Session);
        BinaryPrimitives.WriteUInt64LittleEndian(batch[32..], head.Run);
        BinaryPrimitives.WriteUInt64LittleEndian(batch[40..], head.Sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(batch[48..], head.Acknowledged);
    }

    /// <summary>The version that a batch says it is of; null where it is none at all.</summary>
    public static ushort? VersionOf(ReadOnlySpan<byte> octets) =>
        octets.Length < 6 || BinaryPrimitives.ReadUInt32LittleEndian(octets) != Magic
            ? null : BinaryPrimitives.ReadUInt16LittleEndian(octets[4..]);

    /// <summary>Reads a batch of this version.</summary>
    /// <param name="octets">The whole of it.</param>
    /// <param name="batch">What it says; null where it is malformed.</param>
    /// <param name="fault">What is wrong with it, as the rest of a sentence; empty where nothing is.</param>
    public static bool TryRead(ReadOnlySpan<byte> octets, out ForwardedBatch? batch, out string fault)
    {
        batch = null;
        fault = Check(octets, out var flows, out var sources);
        if (fault.Length > 0)
        {
            return false;
        }

        var from = new OctetReader(octets[HeadOctets..]);
        var told = new FlowSource[sources];
        for (var i = 0; i < told.Length; i++)
        {
            if (!TryReadSource(ref from, out told[i]))
            {
                fault = "has a source that is none";
                return false;
            }
        }

        var earliest = BinaryPrimitives.ReadInt64LittleEndian(octets[64..]);
        var read = new Flow[flows];
        for (var i = 0; i < read.Length; i++)
        {
            if (!TryReadFlow(ref from, earliest, sources, ref read[i]))
            {
                fault = "has a flow that is none";
                return false;
            }
        }

        fault = from.Left == 0 ? "" : "goes on behind its last flow";
        batch = fault.Length == 0 ? new(ReadHead(octets), told, read) : null;
        return batch is not null;
    }

    /// <summary>What the head alone tells to be wrong.</summary>
    private static string Check(ReadOnlySpan<byte> octets, out int flows, out int sources)
    {
        (flows, sources) = (0, 0);
        if (octets.Length < HeadOctets || VersionOf(octets) != Version)
        {
            return "is no batch of flows of version 1";
        }

        flows = BinaryPrimitives.ReadInt32LittleEndian(octets[56..]);
        sources = BinaryPrimitives.ReadInt32LittleEndian(octets[60..]);
        if (flows is < 0 or > MaxFlows || sources < 0 || sources > flows)
        {
            return "tells more flows or sources than a batch may have";
        }

        return octets.Length - HeadOctets < ((long)flows * ShortestFlow) + ((long)sources * ShortestSource)
            ? "has fewer octets than its flows need"
            : (BinaryPrimitives.ReadUInt16LittleEndian(octets[6..]) & ~InDoubt) != 0 ? "has flags that are none" : "";
    }

    private static ForwardHead ReadHead(ReadOnlySpan<byte> octets) => new()
    {
        Owners = octets.Slice(8, SubjectOwners.DigestOctets).ToArray(),
        Session = BinaryPrimitives.ReadUInt64LittleEndian(octets[24..]),
        Run = BinaryPrimitives.ReadUInt64LittleEndian(octets[32..]),
        Sequence = BinaryPrimitives.ReadUInt64LittleEndian(octets[40..]),
        Acknowledged = BinaryPrimitives.ReadUInt64LittleEndian(octets[48..]),
        IsInDoubt = (octets[6] & InDoubt) != 0,
    };

    private static void WriteSource(in FlowSource source, ref OctetWriter to)
    {
        to.Octet((byte)(source.Exporter.IsV4 ? 1 : 0));
        to.Address(source.Exporter);
        to.Number(source.Domain);
        to.Number(source.Interface);
    }

    private static bool TryReadSource(ref OctetReader from, out FlowSource source)
    {
        source = default;
        if (!from.TryOctet(out var isV4) || isV4 > 1 || !from.TryAddress(isV4 == 1, out var exporter)
            || !from.TryNumber(out var domain) || domain > uint.MaxValue
            || !from.TryNumber(out var face) || face > uint.MaxValue)
        {
            return false;
        }

        source = new(exporter, (uint)domain, (uint)face);
        return true;
    }

    private static void WriteFlow(in Flow flow, long earliest, uint source, ref OctetWriter to)
    {
        to.Octet((byte)((flow.Subject.IsV4 ? SubjectV4 : 0) | (flow.Remote.IsV4 ? RemoteV4 : 0)
            | ((int)flow.Opener << 2) | (flow.Role << 4) | ((int)flow.Standing << 5)
            | (flow.SamplingInterval > 1 ? Sampled : 0)));
        to.Address(flow.Subject);
        to.Address(flow.Remote);
        to.Number((ulong)(flow.StartMs - earliest));
        to.Number((ulong)(flow.EndMs - flow.StartMs));
        to.Number(flow.PacketsOut);
        to.Number(flow.OctetsOut);
        to.Number(flow.PacketsIn);
        to.Number(flow.OctetsIn);
        if (flow.SamplingInterval > 1)
        {
            to.Number(flow.SamplingInterval);
        }

        to.Port(flow.SubjectPort);
        to.Port(flow.RemotePort);
        to.Octet(flow.Protocol);
        to.Octet(flow.FlagsOut);
        to.Octet(flow.FlagsIn);
        to.Octet((byte)flow.Traits);
        to.Octet(flow.AccessType);
        to.Number(source);
    }

    private static bool TryReadFlow(ref OctetReader from, long earliest, int sources, ref Flow flow)
    {
        ulong sampling = 1;
        if (!from.TryOctet(out var form) || !from.TryAddress((form & SubjectV4) != 0, out flow.Subject)
            || !from.TryAddress((form & RemoteV4) != 0, out flow.Remote)
            || !from.TryNumber(out var since) || !from.TryNumber(out var length)
            || !from.TryNumber(out flow.PacketsOut) || !from.TryNumber(out flow.OctetsOut)
            || !from.TryNumber(out flow.PacketsIn) || !from.TryNumber(out flow.OctetsIn)
            || ((form & Sampled) != 0 && (!from.TryNumber(out sampling) || sampling is < 2 or > uint.MaxValue))
            || !from.TryPort(out flow.SubjectPort) || !from.TryPort(out flow.RemotePort)
            || !from.TryOctet(out flow.Protocol) || !from.TryOctet(out flow.FlagsOut)
            || !from.TryOctet(out flow.FlagsIn) || !from.TryOctet(out var traits)
            || !from.TryOctet(out flow.AccessType) || !from.TryNumber(out var source) || source > (ulong)sources)
        {
            return false;
        }

        (flow.SamplingInterval, flow.Traits, flow.Exporter) = ((uint)sampling, (FlowTraits)traits, (ushort)source);
        flow.Opener = (FlowInitiator)((form >> 2) & 0x03);
        flow.Role = (byte)((form >> 4) & 0x01);
        flow.Standing = (FlowStanding)((form >> 5) & 0x03);
        flow.Place = FlowAttribution.Attributed;
        return flow.Opener <= FlowInitiator.Remote && flow.Standing != FlowStanding.Stray
            && TryTimes(earliest, since, length, ref flow);
    }

    private static bool TryTimes(long earliest, ulong since, ulong length, ref Flow flow)
    {
        const ulong Latest = FlowCalendar.LatestMs;
        if (!FlowCalendar.Holds(earliest) || since > Latest - (ulong)earliest
            || length > Latest - (ulong)earliest - since)
        {
            return false;
        }

        flow.StartMs = earliest + (long)since;
        flow.EndMs = flow.StartMs + (long)length;
        return true;
    }
}
