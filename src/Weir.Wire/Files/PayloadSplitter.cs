// SPDX-License-Identifier: Apache-2.0
//
// A payload file may hold one datagram or several written back to back. IPFIX tells its length, v5 its record count,
// sFlow its samples' lengths; v9 tells neither, so its sets are walked until a number that cannot be a set id (2 to 255
// are reserved, RFC 3954 §5.2 and §5.3) begins something that looks like the next message. What fits nowhere stays with
// the message before it: the decoder counts it there.
using System.Buffers.Binary;

namespace Weir.Wire.Files;

/// <summary>Cuts export messages that stand back to back.</summary>
public static class PayloadSplitter
{
    /// <summary>The largest UDP payload there is, and so the largest message.</summary>
    public const int Largest = 65_535;

    /// <summary>Octets of the first message in <paramref name="run"/>, at least 1 where the run is not empty.</summary>
    public static int FirstLength(ReadOnlySpan<byte> run)
    {
        var length = FlowExportHeuristic.ByVersionWord(run) switch
        {
            ExportProtocol.NetFlow5 => V5(run),
            ExportProtocol.NetFlow9 => V9(run),
            ExportProtocol.Ipfix => Ipfix(run),
            ExportProtocol.SFlow5 => SFlow(run),
            _ => run.Length,
        };
        return Math.Min(length, Math.Min(run.Length, Largest));
    }

    private static int V5(ReadOnlySpan<byte> run)
    {
        var told = FlowExportHeuristic.V5Header
            + (BinaryPrimitives.ReadUInt16BigEndian(run[2..]) * FlowExportHeuristic.V5Record);
        return told < run.Length && FlowExportHeuristic.ByVersionWord(run[told..]) != ExportProtocol.Unknown
            ? told
            : run.Length;
    }

    private static int Ipfix(ReadOnlySpan<byte> run)
    {
        int told = BinaryPrimitives.ReadUInt16BigEndian(run[2..]);
        var left = run.Length - told;

        // Less than a header behind the last message is padding that its exporter put there.
        return told < FlowExportHeuristic.IpfixHeader || left is > 0 and < FlowExportHeuristic.IpfixHeader
            ? run.Length
            : told;
    }

    private static int V9(ReadOnlySpan<byte> run)
    {
        var at = FlowExportHeuristic.V9Header;
        while (run.Length - at >= 4)
        {
            var id = BinaryPrimitives.ReadUInt16BigEndian(run[at..]);
            int length = BinaryPrimitives.ReadUInt16BigEndian(run[(at + 2)..]);

            // sFlow begins like a template set of five octets, which is too short to be one.
            if ((id is > 1 and < 256 || length < 8) && FlowExportHeuristic.Detect(run[at..]) != ExportProtocol.Unknown)
            {
                return at;
            }

            if (length < 4)
            {
                return run.Length;
            }

            at += length;
        }

        return run.Length;
    }

    private static int SFlow(ReadOnlySpan<byte> run)
    {
        var reader = new WireReader(run);
        _ = reader.TrySkip(4) & reader.TryU32(out var family)
            & reader.TrySkip(family == 1 ? 4 : 16) & reader.TrySkip(12);
        if (!reader.TryU32(out var samples))
        {
            return run.Length;
        }

        for (uint i = 0; i < samples; i++)
        {
            if (!reader.TrySkip(4) || !reader.TryU32(out var length)
                || length > (uint)reader.Left || !reader.TrySkip((int)length))
            {
                return run.Length;
            }
        }

        return FlowExportHeuristic.ByVersionWord(reader.Rest) != ExportProtocol.Unknown ? reader.Offset : run.Length;
    }
}
