// SPDX-License-Identifier: Apache-2.0
//
// NetFlow v5 (Cisco): the header tells the number of records, each of 48 octets.
using System.Buffers.Binary;

namespace Weir.Wire.NetFlow;

/// <summary>Where a NetFlow v5 message begins and ends, without reading its records.</summary>
internal static class NetFlow5Framing
{
    /// <summary>Whether more than the version word speaks for it.</summary>
    /// <param name="payload">At least 16 octets.</param>
    /// <param name="cut">Only the beginning was kept, so the records may be missing.</param>
    public static bool LooksLike(ReadOnlySpan<byte> payload, bool cut)
    {
        int count = BinaryPrimitives.ReadUInt16BigEndian(payload[2..]);
        var fits = payload.Length >= NetFlow5.HeaderOctets + (count * NetFlow5.RecordOctets);
        return payload.Length >= NetFlow5.HeaderOctets && count > 0
            && (fits || cut || (payload.Length - NetFlow5.HeaderOctets) % NetFlow5.RecordOctets == 0);
    }

    /// <summary>Octets its header promises; may be more than there are.</summary>
    public static int Length(ReadOnlySpan<byte> run) =>
        NetFlow5.HeaderOctets + (BinaryPrimitives.ReadUInt16BigEndian(run[2..]) * NetFlow5.RecordOctets);
}
