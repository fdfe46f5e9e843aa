// SPDX-License-Identifier: Apache-2.0
namespace Weir.Wire.Files;

/// <summary>Link layers of captures, by LINKTYPE_ number (and the DLT_ numbers some writers used for raw IP).</summary>
public enum LinkType
{
    Null = 0,
    Ethernet = 1,
    Ppp = 9,
    RawBsd = 12,
    RawOpenBsd = 14,
    PppHdlc = 50,
    PppEther = 51,
    Raw = 101,
    CiscoHdlc = 104,
    Loop = 108,
    LinuxSll = 113,
    IPv4 = 228,
    IPv6 = 229,
    LinuxSll2 = 276,
}

/// <summary>What a captured packet turned out to be.</summary>
public enum PacketKind : byte
{
    Udp,

    /// <summary>A part of a UDP datagram; the payload begins with the UDP header where the offset is 0.</summary>
    Fragment,
    NotIp,
    NotUdp,

    /// <summary>Cut off or lying before the UDP payload was reached.</summary>
    Damaged,

    /// <summary>Of a link layer that is not read.</summary>
    OtherLink,
}

/// <summary>A captured packet down to its UDP payload.</summary>
public ref struct ParsedPacket
{
    public PacketKind Kind;
    public IpKey Source;
    public IpKey Destination;
    public ushort SourcePort;
    public ushort DestinationPort;

    /// <summary>The UDP payload, or the part of the IP payload a fragment brings.</summary>
    public ReadOnlySpan<byte> Payload;

    /// <summary>The payload is shorter than its headers tell: the capture kept only the beginning.</summary>
    public bool Cut;

    /// <summary>Fragments only: identification, offset in octets, more to come (RFC 791 §3.1, RFC 8200 §4.5).</summary>
    public uint Identification;
    public int FragmentOffset;
    public bool MoreFragments;
}
