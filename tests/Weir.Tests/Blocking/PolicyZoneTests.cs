// SPDX-License-Identifier: Apache-2.0
using FsCheck.Xunit;
using Weir.Contracts.Mitigation;
using Weir.Desk.Mitigation;
using Weir.Desk.Mitigation.Rpz;
using Weir.Hosting.Blocking;
using Weir.Hosting.Configuration;
using Weir.Wire;

namespace Weir.Tests.Blocking;

public class PolicyZoneTests
{
    private static readonly RpzOptions Options = new() { File = "zone", Garden = "garden.example" };

    [Fact]
    public void Names_and_answers_stand_in_order_and_routes_do_not()
    {
        var plan = PolicyZone.Plan(
            [
                MitigationSamples.Lease("name bad.example nxdomain"),
                MitigationSamples.Lease("name lost.example garden", 2),
                MitigationSamples.Lease("name fine.bad.example pass", 3),
                MitigationSamples.Lease("answer 198.51.100.7/32 nxdomain", 4),
                MitigationSamples.Lease("blackhole 198.51.100.8/32", 5),
                MitigationSamples.Lease("name bad.example nxdomain", 6),
            ],
            Options);
        var zone = PolicyZone.Write(plan, 7, Options);

        Assert.Equal([1UL, 6UL], plan.Single(record => record.Owner == "bad.example").Leases.Select(id => id.Number));
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
        Assert.Throws<MitigationBackendException>(() =>
            PolicyZone.Plan([MitigationSamples.Lease("name lost.example garden")], Options with { Garden = null }));

    [Fact]
    public void One_owner_has_one_record_what_is_exempt_before_what_is_stricter()
    {
        Lease[] leases =
        [
            MitigationSamples.Lease("name bad.example garden"), MitigationSamples.Lease("name bad.example nxdomain", 2),
            MitigationSamples.Lease("name help.example nxdomain", 3),
        ];
        var plan = PolicyZone.Plan(leases, Options with { Exempt = new() { Domains = ["help.example"] } });

        Assert.Equal(plan.Count, plan.Select(record => record.Owner).Distinct().Count());
        Assert.Equal(".", plan.Single(record => record.Owner == "bad.example").Target);
        Assert.Equal("rpz-passthru.", plan.Single(record => record.Owner == "help.example").Target);
    }

    [Property(MaxTest = 200)]
    public void What_is_written_is_read_back_and_nothing_that_is_cut(uint serial, byte[] names, ushort cut)
    {
        var records = names.Distinct().Select(name => new ZoneRecord($"x{name}.example", name % 2 == 0 ? "." : "g."))
            .OrderBy(record => record.Owner, StringComparer.Ordinal).ToList();
        var text = PolicyZone.Write(records, serial, Options);

        Assert.Equal(
            records.Prepend(new(PolicyZone.Apex, "60")).Select(record => (record.Owner, record.Target)),
            PolicyZone.Read(text, Options).Select(record => (record.Owner, record.Target)));
        var part = text[..(cut % text.Length)];
        Assert.True(PolicyZone.Read(part, Options).Count <= part.Count(c => c == '\n'));
        Assert.True(part.EndsWith('\n') || PolicyZone.Read(part, Options).Count == 0);
        Assert.Empty(PolicyZone.Read(text, Options with { Ttl = TimeSpan.FromSeconds(61) }));
    }

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
