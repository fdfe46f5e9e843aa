// SPDX-License-Identifier: Apache-2.0
using Weir.Blocking;

namespace Weir.EndToEnd.Blocking;

/// <summary>What BIRD shows, not what we remember.</summary>
public class GoBgpTests
{
    private const string Rule4 = "flowspec 198.51.100.7/32 tcp 443 discard";
    private const string Rule6 = "flowspec 2001:db8:bad::7/128 tcp 443 discard";

    [Fact]
    public async Task An_approved_endpoint_stands_at_the_router_and_goes_when_its_time_is_over()
    {
        await using var routers = await Routers.StartAsync();
        if (routers is null)
        {
            return;
        }

        using var place = await BlockPlace.OpenAsync(new Records(), routers);
        var lease = await place.BlockAsync(Rule4, TimeSpan.FromSeconds(8));
        var six = await place.BlockAsync(Rule6);
        var forLine = await place.BlockAsync("flowspec 198.51.100.9/32 udp 53,7703 rate=12500 line=100.64.0.9/32");
        var whole = await place.BlockAsync("blackhole 198.51.100.66/32");
        var whole6 = await place.BlockAsync("blackhole 2001:db8:bad::66/128");
        await place.SettleAsync();

        var flow4 = await Peer.UntilAsync("the IPv4 rules", () => routers.BirdAsync("show route table flowtab4 all"), a => a.Contains("198.51.100.7", StringComparison.Ordinal) && a.Contains("198.51.100.9", StringComparison.Ordinal));
        Assert.Contains("flow4 { dst 198.51.100.7/32; proto 6; dport 443; }", flow4);
        Assert.Contains("flow4 { dst 198.51.100.9/32; src 100.64.0.9/32; proto 17; dport 53,7703; }", flow4);
        Assert.Contains("(generic, 0x8006fbf4, 0x0)", flow4);
        Assert.Contains("(generic, 0x8006fbf4, 0x46435000)", flow4);
        Assert.Contains("(64500, 1466263922, 1)", flow4);
        var flow6 = await Peer.UntilAsync("the IPv6 rule", () => routers.BirdAsync("show route table flowtab6 all"), a => a.Contains("2001:db8:bad::7", StringComparison.Ordinal));
        Assert.Contains("flow6 { dst 2001:db8:bad::7/128; next header 6; dport 443; }", flow6);
        var black = await Peer.UntilAsync("the blackhole", () => routers.BirdAsync("show route 198.51.100.66/32 all"), a => a.Contains("65535,666", StringComparison.Ordinal));
        Assert.Contains("(65535,65281)", black);
        Assert.Contains("blackhole", black);
        Assert.Contains("BGP.next_hop: 192.0.2.1", black);
        _ = await Peer.UntilAsync("the IPv6 blackhole", () => routers.BirdAsync("show route 2001:db8:bad::66/128 all"), a => a.Contains("65535,666", StringComparison.Ordinal) && a.Contains("BGP.next_hop: 100::1", StringComparison.Ordinal));

        await place.SettleAsync();
        Assert.All([lease, six, forLine, whole, whole6], l => Assert.Equal(LeaseState.Verified, place.Desk.Find(l.Id)!.State));
        Assert.Equal(5, place.Keeper.Standing.Peers.Single().Advertised);

        await Task.Delay(TimeSpan.FromSeconds(8));
        await place.SettleAsync();
        Assert.Equal(LeaseState.Expired, place.Desk.Find(lease.Id)!.State);
        _ = await Peer.UntilAsync("the end of the rule", () => routers.BirdAsync("show route table flowtab4"), a => !a.Contains("198.51.100.7", StringComparison.Ordinal));
        Assert.Contains("198.51.100.9", await routers.BirdAsync("show route table flowtab4"));
    }
}
