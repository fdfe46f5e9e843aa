// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Attributing;
using Weir.Wire;

namespace Weir.Tests.Attributing;

public class SubscriberInterfacesTests
{
    [Fact]
    public void The_longest_match_tells_which_interfaces_face_subscribers()
    {
        var roles = new SubscriberInterfaces(
        [
            (Prefix.Parse("192.0.2.0/24"), new HashSet<uint> { 1, 2 }),
            (Prefix.Parse("192.0.2.9/32"), new HashSet<uint> { 7 }),
        ]);

        Assert.Equal([1u, 2u], roles.FacingSubscribers(IpKey.Parse("192.0.2.1")).Order());
        Assert.Equal([7u], roles.FacingSubscribers(IpKey.Parse("192.0.2.9")));
        Assert.Empty(roles.FacingSubscribers(IpKey.Parse("198.51.100.1")));
    }

    [Fact]
    public void What_is_admitted_counts_beside_and_a_change_is_told_by_the_version()
    {
        var roles = new SubscriberInterfaces([(Prefix.Parse("192.0.2.0/24"), new HashSet<uint> { 1 })]);
        var before = roles.Version;
        roles.Admit([(Prefix.Parse("192.0.2.1"), new HashSet<uint> { 9 })]);

        Assert.Equal([1u, 9u], roles.FacingSubscribers(IpKey.Parse("192.0.2.1")).Order());
        Assert.Equal([1u], roles.FacingSubscribers(IpKey.Parse("192.0.2.2")));
        Assert.NotEqual(before, roles.Version);
    }
}
