// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Lab.Traffic;

/// <summary>Packets between a subscriber and a remote before any router has told of them; "out" is from
/// the subscriber.</summary>
internal struct Conversation
{
    public IpKey Local;
    public IpKey Remote;
    public long StartMs;
    public long DurationMs;
    public long PacketsOut;
    public long PacketsIn;
    public long OctetsOut;
    public long OctetsIn;
    public int Subscriber;

    /// <summary>Which place of the truth, 0 = none.</summary>
    public int Mark;

    /// <summary>Which attack of the truth + 1, 0 = none.</summary>
    public int Attack;
    public ushort LocalPort;
    public ushort RemotePort;
    public byte Protocol;
    public byte FlagsOut;
    public byte FlagsIn;
    public bool RemoteOpened;
}

/// <summary>TCP control bits as flow records carry them (RFC 9293 §3.1).</summary>
internal static class Tcp
{
    public const byte Number = 6;
    public const byte Fin = 1;
    public const byte Syn = 2;
    public const byte Rst = 4;
    public const byte Psh = 8;
    public const byte Ack = 16;
    public const byte Whole = Syn | Ack | Psh | Fin;
}
