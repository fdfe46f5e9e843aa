// SPDX-License-Identifier: Apache-2.0
namespace Weir.Collector.Digesting;

/// <summary>What the flows of a pair showed towards an exchange.</summary>
[Flags]
internal enum ExchangeFlags : byte
{
    None = 0,
    Out = 1,
    In = 2,
    FlagsMissing = 4,
    Sampled = 8,
}

/// <summary>A pair's sums while they are in memory. 96 octets; both directions in one entry.</summary>
internal struct PairEntry
{
    public UInt128 Subject;
    public UInt128 Remote;
    public ulong PacketsOut;
    public ulong PacketsIn;
    public ulong OctetsOut;
    public ulong OctetsIn;

    /// <summary>Hours since the UNIX epoch.</summary>
    public uint Hour;

    /// <summary>From the start of the hour.</summary>
    public uint FirstOffsetMs;
    public uint LastOffsetMs;
    public uint Flows;
    public ushort Port;
    public byte Protocol;
    public byte Role;
    public ExchangeFlags Seen;
    public byte Access;

    /// <summary>Whether the pair counts as contact for the comparison: both ways, or one way where sampling may
    /// hide the other.</summary>
    public readonly bool IsTwoWay
    {
        get
        {
            if ((Seen & ExchangeFlags.Sampled) != 0)
            {
                return (Seen & ExchangeFlags.Out) != 0;
            }

            return (Seen & (ExchangeFlags.Out | ExchangeFlags.In)) == (ExchangeFlags.Out | ExchangeFlags.In)
                && ((Seen & ExchangeFlags.FlagsMissing) == 0 || (PacketsOut >= 2 && PacketsIn >= 2));
        }
    }
}
