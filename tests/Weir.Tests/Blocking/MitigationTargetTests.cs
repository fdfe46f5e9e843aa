// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using Weir.Contracts.Flows;
using Weir.Contracts.Mitigation;
using Weir.Wire;

namespace Weir.Tests.Blocking;

public class MitigationTargetTests
{
    [Theory]
    [InlineData("flowspec 198.51.100.7/32 tcp 443 discard")]
    [InlineData("flowspec 198.51.100.7/32 udp 53,7703 rate=12500 line=100.64.0.9/32 lport=53")]
    [InlineData("flowspec 2001:db8:bad::7/128 tcp 443 redirect=4200000000:666")]
    [InlineData("flowspec * tcp 25 discard line=100.64.0.9/32")]
    [InlineData("flowspec 198.51.100.7/32 gre * discard")]
    [InlineData("flowspec 198.51.100.7/32 tcp 443 discard line=erased")]
    [InlineData("blackhole 198.51.100.7/32")]
    [InlineData("name bad.example nxdomain")]
    [InlineData("answer 2001:db8:bad::7/128 garden")]
    public void A_target_is_written_as_it_was_read(string text) =>
        Assert.Equal(text, MitigationTarget.Parse(text).ToString());

    [Theory]
    [InlineData("flowspec 198.51.100.7/32 tcp * discard", "names the ports")]
    [InlineData("flowspec * tcp 443 discard", "names the far end")]
    [InlineData("flowspec * udp * discard line=100.64.0.9/32", "far end or its ports")]
    [InlineData("flowspec 198.51.100.7/32 0 443 discard", "names one protocol")]
    [InlineData("flowspec 198.51.100.7/32 icmp 443 discard", "has no ports")]
    [InlineData("flowspec 198.51.100.7/32 tcp 1,2,3,4,5,6,7,8,9 discard", "at most 8 ports")]
    [InlineData("flowspec 198.51.100.7/24 tcp 443 discard", "host bits")]
    [InlineData("flowspec 198.51.100.7/32 tcp 443 rate=0", "say discard")]
    [InlineData("flowspec 198.51.100.7/32 tcp 443 rate=99999999999", "no rate")]
    [InlineData("flowspec 198.51.100.7/32 tcp 443 redirect=4200000000:70000", "no route target")]
    [InlineData("flowspec 198.51.100.7/32 tcp 443 nxdomain", "none of discard")]
    [InlineData("flowspec 198.51.100.7/32 tcp 443 discard line=2001:db8:64::/64", "two address families")]
    [InlineData("flowspec 198.51.100.7/32 tcp 443 discard because", "neither line=")]
    [InlineData("name 198.51.100.7 nxdomain", "no domain name")]
    [InlineData("name bad..example nxdomain", "no domain name")]
    [InlineData("name bad.example;drop nxdomain", "no domain name")]
    [InlineData("answer 198.51.100.7/32 discard", "none of nxdomain")]
    [InlineData("", "begins with")]
    public void What_is_too_wide_or_makes_no_sense_is_refused_in_words(string text, string word)
    {
        Assert.False(MitigationTarget.TryParse(text, out _, out var fault));
        Assert.Contains(word, fault);
    }

    [Fact]
    public void Any_text_is_read_or_refused_and_never_throws() => Prop.ForAll<string>(text =>
    {
        var words = (text ?? "").Replace('\0', ' ');
        foreach (var line in new[]
        {
            words,
            $"flowspec {words} tcp 443 discard",
            $"flowspec 198.51.100.7/32 tcp {words} discard",
            $"name {words} nxdomain",
            $"answer {words} pass"
        })
        {
            if (MitigationTarget.TryParse(line, out var target, out _))
            {
                Assert.Equal(target, MitigationTarget.Parse(target!.ToString()));
            }
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_flood_is_stopped_by_its_own_class_alone()
    {
        var victims = TrafficClass.Create(
            Direction.Out, Protocols.Udp, [7703], [IpKey.Parse("203.0.113.9"), IpKey.Parse("203.0.113.10")]);

        var targets = MitigationTarget.Flood(victims, Prefix.Parse("100.64.0.9"));

        Assert.Equal(
            [
                "flowspec 203.0.113.9/32 udp 7703 discard line=100.64.0.9/32",
                "flowspec 203.0.113.10/32 udp 7703 discard line=100.64.0.9/32"],
            targets.Select(t => t.ToString()));
        Assert.All(targets, t => Assert.False(t.IsByAddress));
        var mail = MitigationTarget.Flood(
            TrafficClass.Create(Direction.Out, Protocols.Tcp, [25], []), Prefix.Parse("100.64.0.9"));
        Assert.Equal("flowspec * tcp 25 discard line=100.64.0.9/32", mail.Single().ToString());
        _ = Assert.Throws<ArgumentException>(() => MitigationTarget.Flood(
            TrafficClass.Create(Direction.In, Protocols.Udp, [53], []), Prefix.Parse("100.64.0.9")));
    }

    [Fact]
    public void A_target_whose_line_is_forgotten_holds_no_address_of_it_and_is_never_in_force()
    {
        var lease = MitigationSamples.Lease("flowspec 198.51.100.7/32 tcp 443 discard line=100.64.0.9/32");
        var forgotten = lease with { Target = lease.Target.WithoutLine() };

        Assert.True(lease.IsActiveAt(DateTimeOffset.UnixEpoch));
        Assert.DoesNotContain("100.64", forgotten.Target.ToString());
        Assert.False(forgotten.IsActiveAt(DateTimeOffset.UnixEpoch));
    }
}
