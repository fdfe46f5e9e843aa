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

        Assert.True(roles.FacesSubscribers(IpKey.Parse("192.0.2.1"), 2));
        Assert.False(roles.FacesSubscribers(IpKey.Parse("192.0.2.1"), 7));
        Assert.True(roles.FacesSubscribers(IpKey.Parse("192.0.2.9"), 7));
        Assert.False(roles.FacesSubscribers(IpKey.Parse("192.0.2.9"), 1));
        Assert.False(roles.FacesSubscribers(IpKey.Parse("198.51.100.1"), 1));
    }
}
