// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Reporting.Html;

namespace Weir.EndToEnd.Namespaces;

/// <summary>What stands for the router's data plane does what the rule says, and refuses what it
/// does not know.</summary>
public class FlowRuleTests
{
    private const string Shown = """
        BIRD 2.0.12 ready.
        Table flow4tab:
        flow4 { dst 203.0.113.9/32; proto 6; dport 4443; } [weir 22:52:11.000] * (100) [i]
        	BGP.local_pref: 100
        	BGP.ext_community: (generic, 0x8006fbf4, 0x0)
        	BGP.large_community: (64500, 1466263922, 1)
        flow4 { dst 198.51.100.9/32; src 100.64.0.9/32; proto 17; dport 53,7703; } [weir 22:52:11.000] * (100) [i]
        	BGP.ext_community: (generic, 0x8006fbf4, 0x46435000)
        Table flow6tab:
        flow6 { dst 2001:db8:bad::9/128; next header 6; dport 4443; } [weir 22:52:11.000] * (100) [i]
        	BGP.ext_community: (generic, 0x8006fbf4, 0x0)

        """;

    [Fact]
    public void Rules_of_BIRD_are_rules_of_nft_with_their_rate()
    {
        Assert.Equal(
            [
                "meta nfproto ipv4 ip daddr 203.0.113.9/32 meta l4proto 6 th dport { 4443 } counter drop",
                "meta nfproto ipv4 ip daddr 198.51.100.9/32 ip saddr 100.64.0.9/32 meta l4proto 17 th dport { 53,7703 "
                    + "} limit rate over 12500 bytes/second counter drop",
                "meta nfproto ipv6 ip6 daddr 2001:db8:bad::9/128 meta l4proto 6 th dport { 4443 } counter drop",
            ],
            FlowRule.Parse(Shown).Select(rule => rule.ToNft()));
    }

    [Fact]
    public void What_is_not_known_or_says_no_rate_is_a_fault()
    {
        Assert.Empty(FlowRule.Parse("BIRD 2.0.12 ready.\nTable flow4tab:\n"));
        _ = Assert.Throws<FormatException>(
            () => FlowRule.Parse("flow4 { dst 203.0.113.9/32; } [weir] \n\tBGP.local_pref: 100\n"));
        _ = Assert.Throws<FormatException>(() =>
            FlowRule.Parse(Shown.Replace("dport 4443", "tcp flags 0x2/0x2", StringComparison.Ordinal))[0].ToNft());
    }
}
