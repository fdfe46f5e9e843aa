// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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

/// <summary>What tells a pair from all others, in two words; of a pair that is not of IPv4 its two addresses
/// beside.</summary>
/// <param name="Ends">Subject and remote where both are of IPv4, low and high; a digest of both where not.</param>
/// <param name="Rest">Hours since the UNIX epoch, port, protocol, role; and whether a side is not of IPv4.</param>
internal readonly record struct PairName(ulong Ends, ulong Rest)
{
    private const int PortAt = 32;
    private const int ProtocolAt = 48;
    private const int RoleAt = 56;
    private const int WideAt = 57;

    public uint Hour => (uint)Rest;

    public ushort Port => (ushort)(Rest >> PortAt);

    public byte Protocol => (byte)(Rest >> ProtocolAt);

    public byte Role => (byte)((Rest >> RoleAt) & 1);

    public bool IsWide => (Rest >> WideAt) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong RestOf(uint hour, ushort port, byte protocol, byte role, bool isWide) =>
        hour | ((ulong)port << PortAt) | ((ulong)protocol << ProtocolAt) | ((ulong)role << RoleAt)
        | (isWide ? 1UL << WideAt : 0);
}

/// <summary>A pair's sums while they are in memory, both directions in one entry: a line of the cache.</summary>
[StructLayout(LayoutKind.Sequential, Size = Octets)]
internal struct PairEntry
{
    public const int Octets = 64;

    public PairName Name;
    public ulong PacketsOut;
    public ulong PacketsIn;
    public ulong OctetsOut;
    public ulong OctetsIn;

    /// <summary>From the start of the hour.</summary>
    public uint FirstOffsetMs;
    public uint LastOffsetMs;
    public uint Flows;
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
