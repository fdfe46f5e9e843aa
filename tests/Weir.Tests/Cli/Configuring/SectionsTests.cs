// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Collector.Decoding;
using Weir.Collector.Detecting;
using Weir.Collector.Digesting;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Networks;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Fetching;
using Weir.Hosting.Configuration;
using Weir.Wire;

namespace Weir.Tests.Cli.Configuring;

public sealed class SectionsTests
{
    private static WeirConfiguration Read(string text)
    {
        var reading = ConfigurationReader.Read<WeirConfiguration>(text, _ => null);
        Assert.True(reading.IsSound, string.Join('\n', reading.Faults.Select(f => f.At("weir.yaml"))));
        return reading.Value;
    }

    private static IpKey Key(string text) => IpKey.TryParse(text, out var key) ? key : throw new FormatException(text);

    [Fact]
    public void A_line_s_code_tells_access_and_group_and_the_comparison_sees_the_access_alone()
    {
        var networks = Read(
            """
            attributing:
              networks:
                - { prefix: 192.0.2.0/25, access: ftth, group: north }
                - { prefix: 192.0.2.128/25, access: dsl, group: north }
                - { prefix: 198.51.100.0/24, access: ftth, group: south }
                - { prefix: 203.0.113.0/24, group: south }
            """).Attributing.ToTable();

        byte[] codes = [.. new[] { "192.0.2.1", "192.0.2.129", "198.51.100.1", "203.0.113.1" }.Select(
            a => networks.Find(Key(a))!.AccessType)];
        Assert.Equal(4, codes.Where(c => c > 0).Distinct().Count());
        Assert.Equal(["north", "north", "south", "south"], codes.Select(c => networks.Lines[c].Group));
        Assert.Equal([1, 2, 1, 0], codes.Select(networks.Lines.AccessOf).Select(a => (int)a));
        Assert.True(networks.Lines.NamesEveryGroup);
    }

    [Fact]
    public void Access_types_are_numbered_and_excluded_hosts_are_nobodys()
    {
        var networks = Read(
            """
            attributing:
              networks:
                - prefix: 192.0.2.0/25
                  access: ftth
                - prefix: 192.0.2.128/25
                  access: dsl
                - prefix: 198.51.100.0/24
                - prefix: 2001:db8::/32
                  access: ftth
              ipv6-subject-length: 56
              excluded:
                resolvers: [192.0.2.53]
                relays: [192.0.2.53, 192.0.2.25]
            """).Attributing.ToTable();

        Assert.Equal(1, networks.Lines.AccessOf(networks.Find(Key("192.0.2.1"))!.AccessType));
        Assert.Equal(2, networks.Lines.AccessOf(networks.Find(Key("192.0.2.129"))!.AccessType));
        Assert.Equal(0, networks.Lines.AccessOf(networks.Find(Key("198.51.100.1"))!.AccessType));
        Assert.Equal(1, networks.Lines.AccessOf(networks.Find(Key("2001:db8::1"))!.AccessType));
        Assert.Equal(56, networks.Find(Key("2001:db8::1"))!.SubjectLength);
        Assert.True(networks.Find(Key("192.0.2.53"))!.Excluded);
        Assert.True(networks.Find(Key("192.0.2.25"))!.Excluded);
        Assert.Null(networks.Find(Key("203.0.113.1")));
    }

    [Fact]
    public void Floors_of_a_group_are_those_of_all_where_it_names_none_and_lines_have_their_rate()
    {
        var settings = Read(
            """
            decoding:
              active-timeout: 30m
            attributing:
              networks:
                - prefix: 192.0.2.0/25
                  group: hosting
                  line-rate: 100
            detecting:
              floors:
                out: 30000
              groups:
                - name: hosting
                  in: 90000
              mail-ports: [25]
              may-mail: [192.0.2.25]
            """);
        var (options, groups) = (settings.Detecting, settings.Detecting.FloorsByGroup());

        Assert.Equal((30_000L, 20_000L, 1_000L), (options.Floors.Out, options.Floors.In, options.Floors.Syn));
        Assert.Equal((30_000L, 90_000L), (groups["hosting"].Out, groups["hosting"].In));
        Assert.Equal([(ushort)25], options.MailPorts);
        Assert.Equal("192.0.2.25/32", Assert.Single(options.MayMail).ToString());
        var network = settings.Attributing.ToTable().Find(Key("192.0.2.1"))!;
        Assert.Equal(("hosting", 100e6), (network.Group, network.LineRate));
    }

    [Fact]
    public void Floors_for_a_group_that_no_network_has_are_refused()
    {
        var reading = ConfigurationReader.Read<WeirConfiguration>(
            "attributing:\n  networks: [{prefix: 192.0.2.0/24}]\ndetecting:\n  groups: [{name: hosting}]\n", _ => null);

        Assert.Contains(
            "no network of attributing.networks has that group", Assert.Single(reading.Faults).At("f"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Allowed_networks_of_the_configuration_win_over_every_list()
    {
        var settings = Read(
            "attributing:\n  networks: [{prefix: 192.0.2.0/24}]\nmatching:\n  allow: [198.51.100.0/24]\n").Matching;

        var lists = Watchlist.From(
            settings.ToLists("desk", "cases", DateTimeOffset.UnixEpoch).Always, DateTimeOffset.UnixEpoch);

        Assert.True(lists.IsAllowed(new Endpoint(Key("198.51.100.7"), 443, Protocols.Tcp)));
        Assert.False(lists.IsAllowed(new Endpoint(Key("198.51.101.7"), 443, Protocols.Tcp)));
        Assert.Empty((settings with { Allow = [] }).ToLists("desk", "cases", DateTimeOffset.UnixEpoch).Always);
    }

    [Fact]
    public void What_is_said_of_a_list_reaches_its_reader_and_its_fetcher()
    {
        var lists = Read("""
            attributing:
              networks: [{prefix: 192.0.2.0/24}]
            matching:
              lists:
                - {name: "n", path: p, role: sinkhole, confidence: 40, min-hits: 3}
                - {name: "far/off", url: "https://lists.example/a", kind: misp, refresh: 5m, private: true}

            """).Matching.ToLists("desk", "cases", DateTimeOffset.UnixEpoch);

        var (file, fetched) = (lists.Lists[0], lists.Lists[1]);
        Assert.Null(file.Source);
        Assert.Equal(
            ("n", "p", ListRole.Sinkhole, (byte)40, 3),
            (file.Feed.Name, file.Feed.Path, file.Feed.Role, file.Feed.Confidence, file.Feed.MinHits));
        Assert.Equal((Path.Combine("desk", "lists", "far%2Foff"), true), (fetched.Feed.Path, fetched.Feed.IsFetched));
        Assert.Equal(
            (FeedKind.Misp, TimeSpan.FromMinutes(5), true, Path.GetFullPath(fetched.Feed.Path)),
            (fetched.Source!.Kind, fetched.Source.Period, fetched.Source.IsPrivate, fetched.Source.Path));
        Assert.Equal((TimeSpan.FromMinutes(5), "cases"), (lists.Refresh, lists.Folder));
    }

    [Fact]
    public void What_is_said_of_exporters_and_memory_reaches_the_stages()
    {
        var settings = Read(
            """
            attributing:
              networks: [{prefix: 192.0.2.0/24}]
            decoding:
              exporters:
                - address: 10.0.0.0/8
                  sampling: 100
                  role: border
            digesting:
              memory: 64MiB
            """);

        var terms = Assert.Single(settings.Decoding.Exporters);
        Assert.Equal((100U, ExporterRole.Border), (terms.Sampling, terms.Role));
        Assert.Equal(838_860, settings.Digesting.PairsInMemory);
    }

    [Fact]
    public void A_ring_is_as_long_as_the_rules_allow()
    {
        var settings = Read("attributing:\n  networks: [{prefix: 192.0.2.0/24}]\nevidence: {ring: 6m, "
            + "ring-size: 128MiB, ring-dir: /r}\n").Evidence;
        Assert.Equal(("/r", 128L << 20, TimeSpan.FromMinutes(6)), (
            settings.Directory, settings.Size.Octets, settings.Span));

        var fault = Assert.Single(ConfigurationReader.Read<WeirConfiguration>(
            "attributing:\n  networks: [{prefix: 192.0.2.0/24}]\nevidence: {ring: 61m}\n", _ => null).Faults);
        Assert.Contains("R10", fault.At("weir.yaml"), StringComparison.Ordinal);
    }
}
