// SPDX-License-Identifier: Apache-2.0
//
// IPFIX messages in a stream of octets: each says how long it is (RFC 7011 §3.1, §10.4.2.1). A stream in which one does
// not begin where the last ended cannot be read any further.
using System.Buffers;
using System.Buffers.Binary;
using Weir.Wire.NetFlow;

namespace Weir.Collector.Collecting.Sessions;

internal static class SessionFraming
{
    /// <summary>Octets of the longest message there is.</summary>
    public const int Longest = ushort.MaxValue;

    /// <summary>The stream does not speak IPFIX where a message should begin.</summary>
    public const string NoIpfix = "no-ipfix";

    /// <summary>A message is shorter than its own header.</summary>
    public const string NoLength = "length";

    private const int Prefix = 4;
    private const ushort Version = 10;

    /// <summary>The length of the message that begins a stream; 0 where too little is there to tell.</summary>
    /// <param name="stream">From the message's first octet.</param>
    /// <param name="fault">Why it is none; null where it may be one.</param>
    public static int LengthOf(in ReadOnlySequence<byte> stream, out string? fault)
    {
        fault = null;
        if (stream.Length < Prefix)
        {
            return 0;
        }

        Span<byte> prefix = stackalloc byte[Prefix];
        stream.Slice(0, Prefix).CopyTo(prefix);
        var length = BinaryPrimitives.ReadUInt16BigEndian(prefix[2..]);
        fault = BinaryPrimitives.ReadUInt16BigEndian(prefix) != Version ? NoIpfix
            : length < Ipfix.HeaderOctets ? NoLength : null;
        return fault is null ? length : 0;
    }

    /// <summary>Octets of the messages that are there whole.</summary>
    /// <param name="stream">From a message's first octet.</param>
    /// <param name="fault">Why nothing can be read behind them; null where more may come.</param>
    public static long WholeOf(in ReadOnlySequence<byte> stream, out string? fault)
    {
        var whole = 0L;
        while (LengthOf(stream.Slice(whole), out fault) is > 0 and var length && whole + length <= stream.Length)
        {
            whole += length;
        }

        return whole;
    }
}
