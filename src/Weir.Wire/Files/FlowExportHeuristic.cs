// SPDX-License-Identifier: Apache-2.0
//
// Captures hold everything; only payloads that begin like a flow export are handed on. The version word alone is too
// weak (one DNS query in 65,536 has the id 9), so the first set or sample must make sense as well.
//
// Standards: NetFlow v5 (Cisco), RFC 3954 §5.1, RFC 7011 §3.1 and §3.3.2, sFlow version 5 §5.
using System.Buffers.Binary;

namespace Weir.Wire.Files;

/// <summary>Tells flow exports from other payloads.</summary>
public static class FlowExportHeuristic
{
    internal const int V5Header = 24;
    internal const int V5Record = 48;
    internal const int V9Header = 20;
    internal const int IpfixHeader = 16;

    /// <summary>Version, agent address (IPv4), sub-agent, sequence, uptime, number of samples.</summary>
    internal const int SFlowHeaderV4 = 28;
    private const uint MaxSamples = 10_000;

    /// <summary>The protocol a UDP payload looks like; <see cref="ExportProtocol.Unknown"/> = no flow export.</summary>
    /// <param name="payload">From its first octet.</param>
    /// <param name="cut">The capture kept only the beginning, so lengths may point past the end.</param>
    public static ExportProtocol Detect(ReadOnlySpan<byte> payload, bool cut = false)
    {
        if (payload.Length < IpfixHeader)
        {
            // Eight octets of sFlow (version 5, address family 1 or 2) are sure enough: the decoder counts
            // what is missing.
            return payload.Length >= 8 && ByVersionWord(payload) == ExportProtocol.SFlow5
                ? ExportProtocol.SFlow5
                : ExportProtocol.Unknown;
        }

        return BinaryPrimitives.ReadUInt16BigEndian(payload) switch
        {
            5 when LooksLikeV5(payload, cut) => ExportProtocol.NetFlow5,
            9 when LooksLikeV9(payload, cut) => ExportProtocol.NetFlow9,
            10 when LooksLikeIpfix(payload, cut) => ExportProtocol.Ipfix,
            0 when LooksLikeSFlow(payload) => ExportProtocol.SFlow5,
            _ => ExportProtocol.Unknown,
        };
    }

    /// <summary>What the version word alone says: for files that are known to be payloads, whose faults the
    /// decoder counts.</summary>
    public static ExportProtocol ByVersionWord(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < 8)
        {
            return ExportProtocol.Unknown;
        }

        var first = BinaryPrimitives.ReadUInt32BigEndian(payload);
        return (first >> 16, first) switch
        {
            (5, _) => ExportProtocol.NetFlow5,
            (9, _) => ExportProtocol.NetFlow9,
            (10, _) => ExportProtocol.Ipfix,
            (0, 5) when BinaryPrimitives.ReadUInt32BigEndian(payload[4..]) is 1 or 2 => ExportProtocol.SFlow5,
            _ => ExportProtocol.Unknown,
        };
    }

    private static bool LooksLikeV5(ReadOnlySpan<byte> payload, bool cut)
    {
        int count = BinaryPrimitives.ReadUInt16BigEndian(payload[2..]);
        var fits = payload.Length >= V5Header + (count * V5Record);
        return payload.Length >= V5Header && count > 0 && (fits || cut || (payload.Length - V5Header) % V5Record == 0);
    }

    private static bool LooksLikeV9(ReadOnlySpan<byte> payload, bool cut) =>
        payload.Length >= V9Header + 4
        && LooksLikeSet(payload[V9Header..], cut, BinaryPrimitives.ReadUInt16BigEndian(payload[V9Header..]) <= 1);

    private static bool LooksLikeIpfix(ReadOnlySpan<byte> payload, bool cut)
    {
        int length = BinaryPrimitives.ReadUInt16BigEndian(payload[2..]);
        if (length < IpfixHeader || (length > payload.Length && !cut))
        {
            return false;
        }

        return payload.Length < IpfixHeader + 4
            || LooksLikeSet(
                payload[IpfixHeader..], cut, BinaryPrimitives.ReadUInt16BigEndian(payload[IpfixHeader..]) is 2 or 3);
    }

    private static bool LooksLikeSet(ReadOnlySpan<byte> set, bool cut, bool isTemplate)
    {
        var id = BinaryPrimitives.ReadUInt16BigEndian(set);
        var length = BinaryPrimitives.ReadUInt16BigEndian(set[2..]);
        return (isTemplate || id >= 256) && length >= 4 && (length <= set.Length || cut);
    }

    private static bool LooksLikeSFlow(ReadOnlySpan<byte> payload)
    {
        if (ByVersionWord(payload) != ExportProtocol.SFlow5)
        {
            return false;
        }

        var count = payload[7] == 1 ? SFlowHeaderV4 - 4 : SFlowHeaderV4 + 8;
        return payload.Length < count + 4 || BinaryPrimitives.ReadUInt32BigEndian(payload[count..]) <= MaxSamples;
    }
}
