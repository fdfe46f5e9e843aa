// SPDX-License-Identifier: Apache-2.0
//
// sFlow version 5 §5: version, address family, agent address, sub-agent, sequence, uptime, number of samples; then the
// samples, each with its length.
using System.Buffers.Binary;

namespace Weir.Wire.SFlow;

/// <summary>Where an sFlow datagram begins and ends, without reading its samples.</summary>
internal static class SFlow5Framing
{
    private const uint MaxSamples = 10_000;

    /// <summary>Where the number of samples stands behind an agent address of IPv4.</summary>
    private const int CountAtV4 = 24;

    /// <summary>Whether the first eight octets are version 5 and a known address family: sure enough, the decoder
    /// counts what is missing.</summary>
    public static bool Begins(ReadOnlySpan<byte> payload) =>
        payload.Length >= 8 && BinaryPrimitives.ReadUInt32BigEndian(payload) == 5
        && BinaryPrimitives.ReadUInt32BigEndian(payload[4..]) is 1 or 2;

    /// <summary>Whether the number of samples can be as well.</summary>
    public static bool LooksLike(ReadOnlySpan<byte> payload)
    {
        if (!Begins(payload))
        {
            return false;
        }

        var count = payload[7] == 1 ? CountAtV4 : CountAtV4 + 12;
        return payload.Length < count + 4 || BinaryPrimitives.ReadUInt32BigEndian(payload[count..]) <= MaxSamples;
    }

    /// <summary>Octets of the samples and what is before them; all of the run where they do not fit it.</summary>
    public static int Length(ReadOnlySpan<byte> run)
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

        return reader.Offset;
    }
}
