// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Segments;
using Weir.Wire;

namespace Weir.Tests.Store;

/// <summary>Pair digests made up by number: every field differs from its neighbour, IPv4 and IPv6 by turns.</summary>
internal static class Pairs
{
    /// <summary>2026-03-02 00:00 UTC.</summary>
    public const uint Day = 1_772_409_600;

    public static PairDigest[] Make(int count, uint day = Day, int from = 0)
    {
        var rows = new PairDigest[count];
        for (var i = 0; i < count; i++)
        {
            rows[i] = One(from + i, day);
        }

        return rows;
    }

    public static PairDigest One(int i, uint day = Day)
    {
        var hour = day + (uint)(i % 24 * 3600);
        var remote = i % 2 == 0
            ? IpKey.FromV4(0xC633_6400u + (uint)i)
            : new IpKey(new UInt128(0x2001_0DB8_0000_0000, (ulong)i << 40 | 0x7F));
        return new PairDigest
        {
            HourSeconds = hour,
            Subject = new SubjectKey(new UInt128((ulong)i * 0x9E37_79B9_7F4A_7C15, (ulong)i)),
            Endpoint = new Endpoint(remote, (ushort)(i * 7), (byte)(i % 3 == 0 ? 17 : 6)),
            Role = (byte)(i % 2),
            Access = (byte)(i % 5),
            TwoWay = (byte)(i % 5 == 0 ? 0 : 1),
            Flows = (uint)i + 1,
            PacketsOut = (ulong)i * 3,
            PacketsIn = (ulong)i * 5,
            OctetsOut = ulong.MaxValue - (ulong)i,
            OctetsIn = (ulong)i << 33,
            FirstMs = hour * 1000L + i % 1000,
            LastMs = hour * 1000L + 1000 + i % 1000,
        };
    }
}
