// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Weir.Contracts.Segments;

namespace Weir.Store.Comparing.InMemory;

/// <summary>A pair's row until its partition is grouped. 36 octets.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct PairRow
{
    private const int ProtocolShift = 24;

    public UInt128 Remote;
    public PairTimes Times;
    public ushort Port;

    /// <param name="row">Digest.</param>
    /// <param name="subject">Its subject's number.</param>
    /// <param name="hour">Its hour's number.</param>
    /// <param name="hourMs">Start of the hour of its first contact, milliseconds since the UNIX epoch.</param>
    public PairRow(in PairDigest row, int subject, ushort hour, long hourMs)
    {
        Remote = row.Endpoint.Address.Bits;
        Port = row.Endpoint.Port;
        Times = new()
        {
            Subject = (uint)subject,
            First = (uint)(row.FirstMs - hourMs) | (row.TwoWay == 0 ? 0 : PairTimes.TwoWayBit)
                | ((uint)row.Endpoint.Protocol << ProtocolShift),
            LastOffsetMs = (uint)Math.Clamp(row.LastMs - hourMs, 0, uint.MaxValue),
            Hour = hour,
            Flows = PairVolume.Flows(row.Flows),
            Volume = PairVolume.Of(row.OctetsOut + row.OctetsIn),
        };
    }

    public readonly byte Protocol => (byte)(Times.First >> ProtocolShift);
}

/// <summary>Who a pair's row is about and when it was heard. 18 octets.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 2)]
internal struct PairTimes
{
    /// <summary>The first contact from the start of the hour: 22 bits.</summary>
    public const uint OffsetMask = TwoWayBit - 1;

    /// <summary>Set where packets went both ways.</summary>
    public const uint TwoWayBit = 1 << 22;

    /// <summary>Number of the subject.</summary>
    public uint Subject;

    /// <summary>The first contact's offset and the mark of both ways; what lies above them belongs to the
    /// row.</summary>
    public uint First;

    /// <summary>The last contact from the start of the hour, milliseconds, 49 days at most.</summary>
    public uint LastOffsetMs;

    /// <summary>Number of the hour.</summary>
    public ushort Hour;

    /// <summary>Flow records, 65,535 at most.</summary>
    public ushort Flows;

    /// <summary>Octets both ways, see <see cref="PairVolume"/>.</summary>
    public byte Volume;

    public readonly uint FirstOffsetMs => First & OffsetMask;
}
