// SPDX-License-Identifier: Apache-2.0
//
// One line's (or one inside address's) hold on an address, prefix or port block. Every field is the least or the
// greatest of what the records of that one session say, so the order in which records arrive does not matter:
//
//   begin ≤ sure ≤ heard ≤ promise ≤ end
//   begin…sure     it says that it already had it (session time), nobody else said so: presumed
//   sure…heard     records on both sides: confirmed
//   heard…promise  the server gave its word (a DHCP lease), unless another's record lies inside: confirmed
//   promise…end    not heard of any more, not yet given up: presumed
using Weir.Wire;

namespace Weir.Vault.Identity.Tables;

/// <summary>What is held: a network, or ports of an address, as one source tells it.</summary>
/// <remarks>Two halves rather than one number of 16 octets, which would be padded to its own size.</remarks>
internal readonly record struct AddressKey(
    ulong High, ulong Low, byte Length, IdentitySource Source, ushort PortFrom, ushort PortTo, byte Protocol = 0)
{
    public AddressKey(
        UInt128 network, byte length, IdentitySource source, ushort portFrom, ushort portTo, byte protocol = 0)
        : this((ulong)(network >> 64), (ulong)network, length, source, portFrom, portTo, protocol)
    {
    }

    public UInt128 Network => new(High, Low);

    public static AddressKey From(Prefix prefix, IdentitySource source) =>
        new(prefix.Network.Bits, (byte)prefix.Length, source, 0, ushort.MaxValue);

    /// <param name="address">Outside address.</param>
    /// <param name="from">First port.</param>
    /// <param name="to">Last port.</param>
    /// <param name="protocol">IANA number; 0 = of every protocol.</param>
    public static AddressKey OfPorts(IpKey address, ushort from, ushort to, byte protocol) =>
        new(address.Bits, 128, IdentitySource.PortBlock, from, to, protocol);

    public Prefix Prefix => new(new IpKey(Network), Length);

    public override int GetHashCode()
    {
        var mixed = (Low ^ (High * 0x9E3779B97F4A7C15) ^ ((ulong)Length << 40)
            ^ ((ulong)Source << 48) ^ ((ulong)PortFrom << 16)) * 0xD6E8FEB86659FD93;
        return (int)(mixed >> 32) ^ (int)mixed ^ PortTo ^ (Protocol << 16);
    }
}

/// <summary>The times of a holding, milliseconds since the UNIX epoch; ends are exclusive.</summary>
internal readonly record struct LeaseValidity(long Begin, long Sure, long Heard, long Promise, long End)
{
    /// <summary>A span that is known from end to end.</summary>
    public static LeaseValidity Known(long from, long until) => new(from, from, until, until, until);
}

/// <summary>One holding in the pool.</summary>
internal struct AddressLease
{
    public AddressKey Space;
    public LeaseValidity Span;

    /// <summary>Names it in the store and in the lanes' rows; never used twice.</summary>
    public long Serial;

    /// <summary>The table's version at its last change.</summary>
    public long Version;

    /// <summary>A line where not negative, else the complement of an inside address's number.</summary>
    public int Who;

    /// <summary>The next port block of the same inside address, or -1.</summary>
    public int NextInside;

    /// <summary>Its end is known: after it nothing is presumed.</summary>
    public bool IsStopped;

    /// <summary>Changed since it was last written to the store.</summary>
    public bool IsDirty;

    public readonly bool IsFree => Serial == 0;

    /// <summary>Whether it was heard later than another; at the same moment an open one counts more than one that
    /// ended, so that the order of arrival does not decide.</summary>
    public readonly bool IsHeardAfter(in AddressLease other) =>
        (Span.Heard, Span.End, Span.Sure, Span.Begin).CompareTo(
            (other.Span.Heard, other.Span.End, other.Span.Sure, other.Span.Begin)) > 0;
}
