// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Mitigation;
using Weir.Hosting.GoBgp;
using Weir.Wire;

namespace Weir.Tests.Blocking;

/// <summary>Octets as the standards print them.</summary>
public class FlowSpecNlriTests
{
    [Fact]
    public void Rfc_8955_section_4_3_1() => Is(
        "0b 01 18 c0 00 02 03 81 06 04 81 19",
        new FlowSpecNlri(isV4: true).Prefix(FlowSpecType.Destination, Prefix.Parse("192.0.2.0/24"))
            .AnyOf(FlowSpecType.Protocol, 6).AnyOf(FlowSpecType.Port, 25));

    [Fact]
    public void Rfc_8955_section_4_3_2() => Is(
        "12 01 18 c0 00 02 02 18 cb 00 71 04 03 89 45 8b 91 1f 90",
        new FlowSpecNlri(isV4: true).Prefix(FlowSpecType.Destination, Prefix.Parse("192.0.2.0/24"))
            .Prefix(FlowSpecType.Source, Prefix.Parse("203.0.113.0/24"))
            .Numeric(
                FlowSpecType.Port, (NumericOp.Greater | NumericOp.Equal, (ushort)137),
                (NumericOp.And | NumericOp.Less | NumericOp.Equal, (ushort)139), (NumericOp.Equal, (ushort)8080)));

    [Fact]
    public void Rfc_8956_section_3_8_1() => Is(
        "12 01 20 00 20 01 0d b8 02 68 40 12 34 56 78 9a 03 81 06",
        new FlowSpecNlri(isV4: false).Prefix(FlowSpecType.Destination, Prefix.Parse("2001:db8::/32"))
            .Prefix(FlowSpecType.Source, new Prefix(IpKey.Parse("::1234:5678:9a00:0"), 104), offset: 64)
            .AnyOf(FlowSpecType.Protocol, 6));

    [Fact]
    public void Rfc_8956_section_3_8_2() => Is(
        "0f 01 20 00 20 01 0d b8 02 68 41 24 68 ac f1 34",
        new FlowSpecNlri(isV4: false).Prefix(FlowSpecType.Destination, Prefix.Parse("2001:db8::/32"))
            .Prefix(FlowSpecType.Source, new Prefix(IpKey.Parse("::1234:5678:9a00:0"), 104), offset: 65));

    [Fact]
    public void Components_out_of_order_are_our_own_fault() =>
        Assert.Throws<InvalidOperationException>(() => new FlowSpecNlri(isV4: true)
            .AnyOf(FlowSpecType.Protocol, 6).Prefix(FlowSpecType.Destination, Prefix.Parse("192.0.2.0/24")));

    [Fact]
    public void A_long_rule_has_two_octets_of_length()
    {
        var octets = new FlowSpecNlri(isV4: true)
            .AnyOf(FlowSpecType.Port, [.. Enumerable.Range(1, 120).Select(i => (ushort)i)]).ToOctets();

        Assert.Equal([0xF0, 241], octets[..2]);
        Assert.Equal(243, octets.Length);
    }

    [Theory]
    [InlineData("flowspec 198.51.100.7/32 tcp 443 discard", "0d 01 20 c6 33 64 07 03 81 06 05 91 01 bb")]
    [InlineData("flowspec 198.51.100.7/32 udp 53,7703 discard line=100.64.0.9/32 lport=123",
        "18 01 20 c6 33 64 07 02 20 64 40 00 09 03 81 11 05 01 35 91 1e 17 06 81 7b")]
    [InlineData("blackhole 198.51.100.7/32", "20 c6 33 64 07")]
    [InlineData("blackhole 198.51.100.0/22", "16 c6 33 64")]
    public void A_target_becomes_these_octets(string target, string hex)
    {
        var nlri = RoutePlan.NlriOf(MitigationTarget.Parse(target));
        Assert.Equal(hex, Hex(nlri));
        if (target.StartsWith("flowspec", StringComparison.Ordinal))
        {
            Assert.Equal(nlri.Length - 1, nlri[0]);
        }
    }

    [Fact]
    public void Actions_are_extended_communities()
    {
        Assert.Equal("80 06 fb f4 00 00 00 00", Hex(ExtendedCommunity.Octets(ExtendedCommunity.TrafficRate(64500, 0))));
        Assert.Equal(
            "80 06 fb f4 46 43 50 00", Hex(ExtendedCommunity.Octets(ExtendedCommunity.TrafficRate(64500, 12_500))));
        Assert.Equal(
            "80 06 00 00 00 00 00 00", Hex(ExtendedCommunity.Octets(ExtendedCommunity.TrafficRate(4_200_000_000, 0))));
        Assert.Equal(
            "80 08 fb f4 00 00 02 9a", Hex(ExtendedCommunity.Octets(ExtendedCommunity.Redirect(new(64500, 666)))));
        Assert.Equal("82 08 fa 56 ea 00 02 9a", Hex(
            ExtendedCommunity.Octets(ExtendedCommunity.Redirect(new(4_200_000_000, 666)))));
    }

    private static void Is(string hex, FlowSpecNlri rule) => Assert.Equal(hex, Hex(rule.ToOctets()));

    private static string Hex(byte[] octets) => string.Join(' ', octets.Select(o => o.ToString("x2")));
}
