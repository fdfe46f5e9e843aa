// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Weir.Wire;

namespace Weir.Collector.Detecting;

/// <summary>
/// What is kept of every subject: numbers of the current minute of flow time, and no destination. One line of the
/// cache. A sum that passes half a floor's worth earns the subject a block of detail; nothing else is decided here.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = Octets)]
internal struct SubjectCounters
{
    public const int Octets = 64;

    public IpKey Subject;

    /// <summary>Minutes since the UNIX epoch of the latest flow; 0 = a free place.</summary>
    public uint Minute;

    /// <summary>Blocks of detail, 0 = none: what it sends, what it receives, whom it tries.</summary>
    public uint OutBlock;
    public uint InBlock;
    public uint TryBlock;

    public uint PacketsOut;
    public uint PacketsIn;

    /// <summary>In units of 256 octets.</summary>
    public uint OctetsOut;
    public uint OctetsIn;

    /// <summary>Sent by services that reflect, in units of 256 octets.</summary>
    public ushort ReflectedOut;
    public ushort BareSyn;

    /// <summary>New mail connections.</summary>
    public ushort SmtpConnections;

    /// <summary>Connections tried that nothing here says were answered.</summary>
    public ushort Tries;

    /// <summary>1 = an exporter facing subscribers tells of this one, so those at the border are not
    /// counted again.</summary>
    public byte AtEdge;

    /// <summary>Where what is not corroborated is counted: lower bits of the last minute of such a flow.</summary>
    public ushort DoubtedMinute;

    /// <summary>Minutes since the UNIX epoch of the latest flow in which it sent anything; 0 = none.</summary>
    public uint SentMinute;

    public readonly bool HasBlocks => (OutBlock | InBlock | TryBlock) != 0;

    /// <summary>Starts another minute. An older one leaves the numbers as they are: they only open a block.</summary>
    public void Roll(uint minute)
    {
        if (minute > Minute)
        {
            Minute = minute;
            (PacketsOut, PacketsIn, OctetsOut, OctetsIn) = (0, 0, 0, 0);
            (ReflectedOut, BareSyn, SmtpConnections, Tries) = (0, 0, 0, 0);
        }
    }

    public static uint Sum(uint sum, ulong more) => (uint)Math.Min(uint.MaxValue, sum + more);

    public static ushort Sum(ushort sum, ulong more) => (ushort)Math.Min(ushort.MaxValue, sum + more);
}
