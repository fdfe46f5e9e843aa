// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Weir.Hosting.GoBgp;

/// <summary>An address family with its subsequent one (RFC 4760; FlowSpec is SAFI 133, RFC 8955 §4).</summary>
public readonly record struct RouteFamily(ushort Afi, byte Safi)
{
    public static readonly RouteFamily Ipv4 = new(1, 1);
    public static readonly RouteFamily Ipv6 = new(2, 1);
    public static readonly RouteFamily FlowSpec4 = new(1, 133);
    public static readonly RouteFamily FlowSpec6 = new(2, 133);

    /// <summary>Every family in which Weir announces.</summary>
    public static IReadOnlyList<RouteFamily> All { get; } = [Ipv4, Ipv6, FlowSpec4, FlowSpec6];

    public bool IsV4 => Afi == 1;

    public bool IsFlowSpec => Safi == 133;

    public override string ToString() => $"{(IsV4 ? "ipv4" : "ipv6")}-{(IsFlowSpec ? "flowspec" : "unicast")}";
}

/// <summary>A community (RFC 1997), written <c>65535:666</c>.</summary>
public readonly record struct Community(uint Value) : IComparable<Community>
{
    /// <summary>RFC 7999.</summary>
    public static readonly Community Blackhole = new(0xFFFF_029A);

    /// <summary>RFC 1997: not beyond this AS or confederation.</summary>
    public static readonly Community NoExport = new(0xFFFF_FF01);

    public static bool TryParse(string text, out Community community)
    {
        community = default;
        if (text.Split(':') is not [var left, var right]
            || !ushort.TryParse(left, NumberStyles.None, CultureInfo.InvariantCulture, out var high)
            || !ushort.TryParse(right, NumberStyles.None, CultureInfo.InvariantCulture, out var low))
        {
            return false;
        }

        community = new(((uint)high << 16) | low);
        return true;
    }

    public int CompareTo(Community other) => Value.CompareTo(other.Value);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Value >> 16}:{Value & 0xFFFF}");
}

/// <summary>A large community (RFC 8092), written <c>64500:1466263922:1</c>.</summary>
public readonly record struct LargeCommunity(uint Asn, uint First, uint Second)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Asn}:{First}:{Second}");
}
