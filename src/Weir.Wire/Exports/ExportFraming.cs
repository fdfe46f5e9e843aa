// SPDX-License-Identifier: Apache-2.0
//
// Captures hold everything; only payloads that begin like a flow export are handed on. The version word alone is too
// weak (one DNS query in 65,536 has the id 9), so the first set or sample must make sense as well. A payload file may
// hold one datagram or several written back to back. What fits nowhere stays with the message before it: the decoder
// counts it there.
using Weir.Wire.NetFlow;
using Weir.Wire.SFlow;

namespace Weir.Wire.Exports;

/// <summary>Finds export messages among other octets, and where each ends.</summary>
public static class ExportFraming
{
    /// <summary>The largest UDP payload there is, and so the largest message.</summary>
    public const int Largest = 65_535;

    /// <summary>Fewer octets than this are no message, but for sFlow's beginning.</summary>
    private const int Least = 16;

    /// <summary>The protocol a UDP payload looks like; <see cref="ExportProtocol.Unknown"/> = no flow export.</summary>
    /// <param name="payload">From its first octet.</param>
    /// <param name="cut">The capture kept only the beginning, so lengths may point past the end.</param>
    public static ExportProtocol Detect(ReadOnlySpan<byte> payload, bool cut = false)
    {
        var begins = Begins(payload);
        var isIt = begins switch
        {
            ExportProtocol.SFlow5 => payload.Length < Least || SFlow5Framing.LooksLike(payload),
            _ when payload.Length < Least => false,
            ExportProtocol.NetFlow5 => NetFlow5.LooksLike(payload, cut),
            ExportProtocol.NetFlow9 => SetFraming.LooksLikeV9(payload, cut),
            ExportProtocol.Ipfix => SetFraming.LooksLikeIpfix(payload, cut),
            _ => false,
        };
        return isIt ? begins : ExportProtocol.Unknown;
    }

    /// <summary>What the first eight octets alone say: for files that are known to be payloads, whose faults the
    /// decoder counts.</summary>
    public static ExportProtocol Begins(ReadOnlySpan<byte> payload)
    {
        var protocol = payload.Length < 8 ? ExportProtocol.Unknown : ExportProtocols.Detect(payload);
        return protocol == ExportProtocol.SFlow5 && !SFlow5Framing.Begins(payload) ? ExportProtocol.Unknown : protocol;
    }

    /// <summary>Octets of the first message in <paramref name="run"/>, at least 1 where the run is not empty.</summary>
    public static int FirstLength(ReadOnlySpan<byte> run)
    {
        var length = Begins(run) switch
        {
            ExportProtocol.NetFlow5 => WhereOneFollows(run, NetFlow5.Length(run)),
            ExportProtocol.NetFlow9 => SetFraming.V9Length(run, static rest => Detect(rest) != ExportProtocol.Unknown),
            ExportProtocol.Ipfix => Ipfix(run),
            ExportProtocol.SFlow5 => WhereOneFollows(run, SFlow5Framing.Length(run)),
            _ => run.Length,
        };
        return Math.Min(length, Math.Min(run.Length, Largest));
    }

    /// <summary>Octets the first message promises and that are not there; 0 where it does not tell.</summary>
    public static int Missing(ReadOnlySpan<byte> run) =>
        Begins(run) == ExportProtocol.Ipfix ? Math.Max(0, SetFraming.IpfixLength(run) - run.Length) : 0;

    /// <summary>The length told, where another message stands behind it; else what is there belongs to this
    /// one.</summary>
    private static int WhereOneFollows(ReadOnlySpan<byte> run, int told) =>
        told < run.Length && Begins(run[told..]) != ExportProtocol.Unknown ? told : run.Length;

    private static int Ipfix(ReadOnlySpan<byte> run)
    {
        var told = SetFraming.IpfixLength(run);
        var left = run.Length - told;

        // Less than a header behind the last message is padding that its exporter put there.
        return told < Least || left is > 0 and < Least ? run.Length : told;
    }
}
