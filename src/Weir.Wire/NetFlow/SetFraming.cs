// SPDX-License-Identifier: Apache-2.0
//
// NetFlow v9 and IPFIX are runs of sets behind a header. IPFIX tells the length of the message; v9 does not, so its
// sets are walked.
//
// Standards: RFC 3954 §5.1, RFC 7011 §3.1 and §3.3.2.
using System.Buffers.Binary;

namespace Weir.Wire.NetFlow;

/// <summary>Where a NetFlow v9 or IPFIX message begins and ends, without reading its records.</summary>
internal static class SetFraming
{
    /// <summary>Whether a NetFlow v9 header is followed by something that can be a set.</summary>
    public static bool LooksLikeV9(ReadOnlySpan<byte> payload, bool cut) =>
        payload.Length >= NetFlow9.HeaderOctets + 4
        && LooksLikeSet(
            payload[NetFlow9.HeaderOctets..], cut,
            BinaryPrimitives.ReadUInt16BigEndian(payload[NetFlow9.HeaderOctets..]) <= 1);

    /// <summary>Whether an IPFIX header tells a length that can be, and is followed by something that can be a
    /// set.</summary>
    public static bool LooksLikeIpfix(ReadOnlySpan<byte> payload, bool cut)
    {
        var length = IpfixLength(payload);
        if (length < Ipfix.HeaderOctets || (length > payload.Length && !cut))
        {
            return false;
        }

        return payload.Length < Ipfix.HeaderOctets + 4
            || LooksLikeSet(
                payload[Ipfix.HeaderOctets..], cut,
                BinaryPrimitives.ReadUInt16BigEndian(payload[Ipfix.HeaderOctets..]) is 2 or 3);
    }

    /// <summary>Octets an IPFIX header promises; may be more than there are, or less than a header.</summary>
    public static int IpfixLength(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt16BigEndian(message[2..]);

    /// <summary>Octets of the v9 message that begins here: its sets are walked until a number that cannot be a set id
    /// (2 to 255 are reserved, RFC 3954 §5.2 and §5.3) begins the next message.</summary>
    /// <param name="run">From its first octet.</param>
    /// <param name="beginsMessage">Whether a run looks like the begin of a message of any protocol.</param>
    public static int V9Length(ReadOnlySpan<byte> run, Func<ReadOnlySpan<byte>, bool> beginsMessage)
    {
        var at = NetFlow9.HeaderOctets;
        while (run.Length - at >= 4)
        {
            var id = BinaryPrimitives.ReadUInt16BigEndian(run[at..]);
            int length = BinaryPrimitives.ReadUInt16BigEndian(run[(at + 2)..]);

            // sFlow begins like a template set of five octets, which is too short to be one.
            if ((id is > 1 and < 256 || length < 8) && beginsMessage(run[at..]))
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

    private static bool LooksLikeSet(ReadOnlySpan<byte> set, bool cut, bool isTemplate)
    {
        var id = BinaryPrimitives.ReadUInt16BigEndian(set);
        var length = BinaryPrimitives.ReadUInt16BigEndian(set[2..]);
        return (isTemplate || id >= 256) && length >= 4 && (length <= set.Length || cut);
    }
}
