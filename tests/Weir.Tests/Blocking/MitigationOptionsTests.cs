// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Desk.Composing;
using Weir.Desk.Mitigation;
using Weir.Desk.Mitigation.Rpz;
using Weir.Desk.Policy;
using Weir.Hosting.Configuration;
using Weir.Hosting.GoBgp;
using Weir.Wire;

namespace Weir.Tests.Blocking;

/// <summary>The section <c>blocking</c>: a dry run unless switched on, and what contradicts itself is
/// refused by name.</summary>
public sealed class MitigationOptionsTests
{
    private const string Networks =
        "attributing: {networks: [{prefix: 100.64.0.0/10}], excluded: {resolvers: [100.64.0.53]}}\n";

    [Fact]
    public void Without_the_section_everything_is_a_dry_run_with_neither_router_nor_zone()
    {
        var settings = Read("").Value;
        var desk = Blocks(settings);

        Assert.False(desk.Enforce);
        Assert.Equal((null, null), (settings.Blocking.Gobgp, settings.Blocking.Rpz.File));
        Assert.Equal(TimeSpan.FromDays(14), settings.Blocking.Lease);
        Assert.Equal("100.64.0.0/10", Assert.Single(desk.Own).ToString());
        Assert.Contains(
            desk.Never, n => n.Why == "resolver" && n.Networks.Single().Network.ToString() == "100.64.0.53");
    }

    [Fact]
    public void What_is_written_reaches_desk_routes_zone_and_resolvers()
    {
        var reading = Read("""
            blocking:
              enabled: true
              gobgp: 127.0.0.1:50051
              asn: 64500
              instance: 2
              communities: ["64500:666"]
              blackhole-next-hop: 192.0.2.9
              never: [{why: cloud, networks: [198.51.100.0/24]}]
              never-domains: [example.org]
              most-an-hour: 7
              lease: 2d
              rpz: {file: /tmp/rpz.zone, garden: garden.example.net, resolvers: [{name: ns1}, {name: ub1, kind: unbound, arguments: ["-c", /etc/u.conf]}]}

            """);
        Assert.True(reading.IsSound, string.Join('\n', reading.Faults.Select(f => f.Sentence)));
        var blocking = reading.Value.Blocking;
        var desk = Blocks(reading.Value);
        var routes = desk.Routes;
        var resolvers = blocking.Rpz.Resolvers.Select(resolver => Resolver.Create(resolver, blocking.Rpz));

        Assert.True(desk is { Enforce: true, HasGarden: true, MaxPerHour: 7 });
        Assert.Contains(desk.Never, n => n.Why == "cloud");
        Assert.Equal("example.org", desk.NeverDomains.Single());
        Assert.Equal((64500u, 2u, "192.0.2.9", "64500:666"), (
            routes.Asn, routes.Instance, routes.BlackholeV4.ToString(),
            routes.BlackholeCommunities.Single().ToString()));
        Assert.Equal([("ns1", "rndc", 0), ("ub1", "unbound-control", 2)], resolvers.Select(r =>
            (r.Name, r.Program, r.Arguments.Count)));
    }

    [Theory]
    [InlineData("{enabled: true}", "blocking.gobgp or blocking.rpz.file")]
    [InlineData("{gobgp: 127.0.0.1:50051}", "AS number")]
    [InlineData("{communities: [\"65536:1\"]}", "65535:666")]
    [InlineData("{blackhole-next-hop: 2001:db8::1}", "one IPv4 address")]
    [InlineData("{blackhole-next-hop: 192.0.2.0/24}", "one IPv4 address")]
    [InlineData("{blackhole-next-hop-v6: 192.0.2.1}", "one IPv6 address")]
    [InlineData("{never-domains: [localhost]}", "no domain name")]
    [InlineData("{lease: 15d}", "R15")]
    [InlineData("{rpz: {resolvers: [{name: ns1}]}}", "blocking.rpz.file")]
    [InlineData("{rpz: {file: /tmp/z, resolvers: [{name: a}, {name: a}]}}", "repeats a")]
    [InlineData("{rpz: {garden: \"not a name\"}}", "walled garden")]
    [InlineData("{rpz: {zone: \"1\"}}", "rpz.weir")]
    public void What_contradicts_itself_is_refused_with_the_mend(string section, string says) =>
        Assert.Contains(says, Assert.Single(Read($"blocking: {section}\n").Faults).Sentence, StringComparison.Ordinal);

    private static MitigationOptions Blocks(WeirConfiguration settings) => new DeskProcessOptions
    {
        Settings = settings, Policy = PolicyProfile.UsProvider, Peers = null!, Store = null!, Ring = null!,
        Vault = null!, Lists = null!,
    }.Blocks;

    private static ConfigurationReading<WeirConfiguration> Read(string text) =>
        ConfigurationReader.Read<WeirConfiguration>(Networks + text, _ => null);
}
