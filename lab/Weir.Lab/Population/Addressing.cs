// SPDX-License-Identifier: Apache-2.0
//
// Who has which address. Subscribers live in 10.0.0.0/8 and in the lower half of 2001:db8::/32; every remote is made
// up: IPv4 in 32.0.0.0/5 by a bijection of its number, IPv6 in the upper half of 2001:db8::/32. No packet ever goes to
// one of them; they only stand in records.
using System.Numerics;
using Weir.Wire;

namespace Weir.Lab.Population;

internal sealed class Addressing(LabOptions options)
{
    /// <summary>Address of line 0; the others follow.</summary>
    public const uint FirstV4 = 0x0A00_0001;

    /// <summary>Prefix of line 0 where lines have a /64 each; the others follow.</summary>
    public const ulong FirstV6 = Documentation;

    private const uint RemoteBase = 0x2000_0000;
    private const uint RemoteMask = 0x07FF_FFFF;
    private const ulong Documentation = 0x2001_0DB8_0000_0000;

    private readonly uint _turn = (uint)Dice.Mix(options.Seed) & RemoteMask;

    /// <summary>The provider's own networks, as small as powers of two allow.</summary>
    public IEnumerable<Prefix> Networks()
    {
        var bits = 32 - BitOperations.LeadingZeroCount((uint)options.Subscribers);
        yield return Prefix.From(IpKey.FromV4(0x0A00_0000), 128 - Math.Max(8, bits));
        if (options.V6 > 0)
        {
            yield return Prefix.From(V6Of(Documentation, 0), 33);
        }
    }

    /// <summary>The subscriber as reports name it: an address, or a prefix of the configured length.</summary>
    public Prefix Subject(int subscriber, bool v6) => v6
        ? Prefix.From(V6Of(Documentation | ((ulong)subscriber << (64 - options.Ipv6Length)), 0), options.Ipv6Length)
        : Prefix.From(V4Subscriber(subscriber), 128);

    /// <summary>An address of the subscriber; IPv6 lines have several devices.</summary>
    public IpKey Local(int subscriber, bool v6, Dice dice)
    {
        if (!v6)
        {
            return V4Subscriber(subscriber);
        }

        var spare = 64 - options.Ipv6Length;
        var subnet = spare == 0 ? 0 : (uint)dice.Below(Math.Min(4, 1 << spare));
        var device = Dice.Mix(((ulong)subscriber << 8) | (uint)dice.Below(4));
        return V6Of(Documentation | ((ulong)subscriber << spare) | subnet, device | 1);
    }

    public IpKey Remote(int number, bool v6) => v6
        ? V6Of(Documentation | 0x8000_0000 | (uint)number, Dice.Mix((uint)number) | 1)
        : IpKey.FromV4(RemoteBase | (((uint)number * 0x9E37_79B1u) + _turn & RemoteMask));

    private static IpKey V4Subscriber(int subscriber) => IpKey.FromV4(FirstV4 + (uint)subscriber);

    private static IpKey V6Of(ulong upper, ulong lower) => new(new UInt128(upper, lower));
}
