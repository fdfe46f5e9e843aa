// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using Weir.Contracts.Mitigation;
using Weir.Desk.Mitigation.GoBgp;
using Weir.Hosting.Blocking;
using Weir.Hosting.GoBgp;
using Weir.Wire;

namespace Weir.Tests.Blocking;

public class RoutePlanTests
{
    [Fact]
    public void A_blackhole_carries_its_communities_its_next_hop_and_no_export()
    {
        var options =
            MitigationSamples.Routes with { BlackholeCommunities = [Community.Blackhole, new((64500u << 16) | 9)] };
        var plan = RoutePlan.Create(
            [MitigationSamples.Lease("blackhole 198.51.100.7/32"), MitigationSamples.Lease(
                "blackhole 2001:db8:bad::7/128", 2)],
            options, DateTimeOffset.UnixEpoch);

        var (four, six) = (plan.Routes.Single(r => r.Family == RouteFamily.Ipv4), plan.Routes.Single(r =>
            r.Family == RouteFamily.Ipv6));
        Assert.Equal("64500:9 65535:666 65535:65281", string.Join(' ', four.Traits.Communities));
        Assert.Equal("192.0.2.1", four.Traits.NextHop.ToString());
        Assert.Equal("100::1", six.Traits.NextHop.ToString());
        Assert.Equal("64500:1466263922:1", four.Traits.Large.Single().ToString());
        Assert.Empty(four.Traits.Extended);
    }

    [Fact]
    public void Only_what_is_approved_and_not_over_is_planned_and_names_are_no_routes()
    {
        LeaseState[] states = Enum.GetValues<LeaseState>();
        var leases = states.Select((s, i) => MitigationSamples.Lease($"blackhole 198.51.100.{i}/32", (ulong)i, s))
            .Append(MitigationSamples.Lease("name bad.example nxdomain", 20))
            .Append(MitigationSamples.Lease("blackhole 198.51.100.99/32", 21, endsMs: 0));

        var plan = RoutePlan.Create(leases, MitigationSamples.Routes, DateTimeOffset.UnixEpoch);

        Assert.Equal(
            ["198.51.100.1/32", "198.51.100.2/32", "198.51.100.3/32"],
            plan.Routes.Select(r => r.Target.Remote.ToString()));
        Assert.Empty(RoutePlan.Create(leases, MitigationSamples.Routes, DateTimeOffset.UnixEpoch.AddSeconds(1)).Routes);
    }

    [Fact]
    public void Two_leases_of_one_rule_are_one_route_with_the_stricter_action()
    {
        var plan = MitigationSamples.Plan(
            "flowspec 198.51.100.7/32 tcp 443 rate=9000", "flowspec 198.51.100.7/32 tcp 443 discard",
            "flowspec 198.51.100.7/32 tcp 443 rate=100");

        var route = Assert.Single(plan.Routes);
        Assert.Equal(MitigationAction.Discard, route.Target.Action);
        Assert.Equal(3, route.Leases.Length);
        Assert.Equal(100u, MitigationSamples.Plan(
            "flowspec 198.51.100.7/32 tcp 443 rate=9000",
            "flowspec 198.51.100.7/32 tcp 443 rate=100").Routes.Single().Target.Rate);
    }

    [Fact]
    public void The_order_of_leases_does_not_matter() => Prop.ForAll<int[]>(seeds =>
    {
        var leases = seeds.Select((s, i) => MitigationSamples.Lease(
            $"flowspec 198.51.{(byte)s % 4}.{(byte)(s >> 8)}/32 tcp {1 + ((s >> 16) & 7)} "
                + $"{(s % 2 == 0 ? "discard" : "rate=100")}",
            (ulong)i))
            .ToList();
        var one = RoutePlan.Create(leases, MitigationSamples.Routes, DateTimeOffset.UnixEpoch);
        var other = RoutePlan.Create(Enumerable.Reverse(leases), MitigationSamples.Routes, DateTimeOffset.UnixEpoch);
        return one.Routes.Select(r => (r.Key, r.Target)).SequenceEqual(other.Routes.Select(r => (r.Key, r.Target)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_a_route_says_is_read_back_from_its_attributes()
    {
        foreach (var route in MitigationSamples.Plan(
            "flowspec 198.51.100.7/32 tcp 443 rate=9000", "blackhole 198.51.100.7/32",
            "blackhole 2001:db8:bad::7/128").Routes)
        {
            Assert.Equal(
                route.Traits, RouteTraits.From(route.Traits.ToAttributes().Select(a => (ReadOnlyMemory<byte>)a)));
        }
    }

    [Fact]
    public void Any_octets_are_attributes_or_passed_over_and_never_throw() => Prop.ForAll<byte[]>(octets =>
    {
        foreach (byte type in new byte[] { 3, 8, 14, 16, 32 })
        {
            _ = RouteTraits.From([(byte[])[0xC0, type, .. octets ?? []], octets ?? []]);
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_difference_is_the_missing_the_changed_and_our_orphans_and_nothing_of_others()
    {
        var plan = MitigationSamples.Plan(
            "blackhole 198.51.100.1/32", "blackhole 198.51.100.2/32", "blackhole 198.51.100.3/32");
        var (kept, changed, missing) = (plan.Routes[0], plan.Routes[1], plan.Routes[2]);
        var orphan = MitigationSamples.Plan("blackhole 198.51.100.9/32").Routes.Single();
        List<InstalledRoute> held =
        [
            Held(kept), Held(changed) with { Traits = changed.Traits with { NextHop = IpKey.Parse("192.0.2.9") } },
            Held(orphan),
            Held(missing) with { Traits = new() }, // somebody else's for the same prefix
            Held(missing) with { Identifier = 0 }, // ours by its mark, put in by hand
            Held(orphan) with { IsLocal = false }, // heard from another Weir
            Held(orphan) with
            {
                Traits = orphan.Traits with { Large = [MitigationSamples.Routes.Marker with { Second = 2 }] },
                Identifier = 2
            },
        ];

        var ours = held.Where(route => route.IsOf(MitigationSamples.Routes)).ToList();
        var difference = BlockDifference.Between([.. plan.Routes], ours);

        Assert.Equal([changed.Key, missing.Key], difference.Missing.Select(r => (RouteKey)r.Key));
        Assert.Equal(Held(orphan), Assert.Single(difference.Orphans));
        Assert.Equal([kept.Key], difference.Held.Cast<RouteKey>());
        Assert.Equal(3, ours.Count);
    }

    private static InstalledRoute Held(PlannedRoute route) =>
        new(route.Key, MitigationSamples.Routes.Instance, IsLocal: true, IsBest: true, route.Traits);
}
