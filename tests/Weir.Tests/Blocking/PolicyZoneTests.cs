// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Mitigation;
using Weir.Desk.Mitigation.Rpz;
using Weir.Hosting.Configuration;
using Weir.Wire;

namespace Weir.Tests.Blocking;

public class PolicyZoneTests
{
    private static readonly RpzOptions Options = new() { File = "zone", Garden = "garden.example" };

    [Fact]
    public void Names_and_answers_stand_in_order_and_routes_do_not()
    {
        var zone = PolicyZone.Write(
            [
                MitigationSamples.Lease("name bad.example nxdomain"),
                MitigationSamples.Lease("name lost.example garden", 2),
                MitigationSamples.Lease("name fine.bad.example pass", 3),
                MitigationSamples.Lease("answer 198.51.100.7/32 nxdomain", 4),
                MitigationSamples.Lease("blackhole 198.51.100.8/32", 5),
                MitigationSamples.Lease("name bad.example nxdomain", 6),
            ],
            7,
            Options);

        Assert.Equal(
            """
            $TTL 60
            @ SOA localhost. hostmaster.localhost. (
                7 ; serial
                60 30 604800 60 )
            @ NS localhost.
            *.bad.example CNAME .
            *.fine.bad.example CNAME rpz-passthru.
            *.lost.example CNAME garden.example.
            32.7.100.51.198.rpz-ip CNAME .
            bad.example CNAME .
            fine.bad.example CNAME rpz-passthru.
            lost.example CNAME garden.example.

            """,
            zone);
        Assert.Equal(7u, PolicyZone.SerialOf(zone));
    }

    [Theory]
    [InlineData("198.51.100.0/24", "24.0.100.51.198.rpz-ip")]
    [InlineData("2001:db8:bad::7/128", "128.7.zz.bad.db8.2001.rpz-ip")]
    [InlineData("2001:db8::/32", "32.zz.db8.2001.rpz-ip")]
    [InlineData("2001:0:0:1::1/128", "128.1.zz.1.0.0.2001.rpz-ip")]
    [InlineData("1:2:3:4:5:6:7:8/128", "128.8.7.6.5.4.3.2.1.rpz-ip")]
    public void An_address_stands_backwards(string prefix, string name) =>
        Assert.Equal(name, PolicyZone.AnswerName(Prefix.Parse(prefix)));

    [Fact]
    public void A_serial_grows_by_the_clock_and_by_one_where_the_clock_does_not()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
        Assert.Equal(1_800_000_000u, PolicyZone.NextSerial(0, now));
        Assert.Equal(1_800_000_000u, PolicyZone.NextSerial(1_700_000_000, now));
        Assert.Equal(1_800_000_001u, PolicyZone.NextSerial(1_800_000_000, now));
        Assert.Equal(1_800_000_100u, PolicyZone.NextSerial(1_800_000_099, now));
        Assert.Equal(0u, PolicyZone.SerialOf("no zone"));
    }

    [Fact]
    public void A_garden_that_is_not_there_is_told() =>
        Assert.Throws<InvalidOperationException>(() =>
            PolicyZone.Write([MitigationSamples.Lease("name lost.example garden")], 1, Options with { Garden = null }));

    [Fact]
    public void Faults_of_the_settings_are_listed()
    {
        Assert.Empty(SectionFaults.Of(Options, "blocking.rpz"));
        Assert.Equal(
            ["blocking.rpz.zone", "blocking.rpz.garden"],
            SectionFaults.Of(new RpzOptions { File = "zone", Zone = "a b", Garden = "-" }, "blocking.rpz")
                .Select(fault => fault.Path));
    }
}
