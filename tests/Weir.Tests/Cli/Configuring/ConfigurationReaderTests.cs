// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Weir.Cli.Configuring;
using Weir.Collector.Decoding;
using Weir.Contracts.Lists;
using Weir.Hosting.Configuration;
using Weir.Hosting.Sections;
using Weir.Wire;

namespace Weir.Tests.Cli.Configuring;

public class ConfigurationReaderTests
{
    private const string Sound = "attributing:\n  networks:\n    - prefix: 192.0.2.0/24\n";

    [Theory]
    [InlineData("profile: lab\ncollecting:\n\tlanes: 2\n", 3, 1)]
    [InlineData("profile: lab\ncollecting:\n  # \tno\n  lanes: 2\n  \tsockets: 1\n", 5, 3)]
    [InlineData("attributing:\n  networks:\n\t- prefix: 192.0.2.0/24\n", 3, 1)]
    public void A_tab_is_named_where_it_stands(string text, int line, int column)
    {
        var fault = Assert.Single(Read(text).Faults);
        Assert.Equal((line, column), (fault.Line, fault.Column));
        Assert.Contains("a tab indents this line", fault.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_key_reaches_its_place()
    {
        var read = Read("""
            profile: lab
            collecting:
              listen: ["0.0.0.0:2055", "[2001:db8::1]:9995"]
              lanes: 2
              receive-buffer: 8MiB
            decoding:
              template-lifetime: 1h30m
              exporters:
                - {address: 192.0.2.1, name: edge-1, sampling: 1000, role: border}
            attributing:
              networks:
                - {prefix: "2001:db8::/32", name: north, access: ftth, group: region-1}
              ipv6-subject-length: 56
              excluded: {resolvers: [192.0.2.53]}
            matching:
              lists:
                - {name: ours, path: /etc/weir/ours.txt, role: sinkhole, min-hits: 3, confidence: 80, refresh: 5m}
              allow: [198.51.100.0/24]
            digesting: {memory: 1GiB, flush-interval: 10s}
            comparing: {schedule: every 6h, window: 6d, q: 0.05, k: 5, seed: 18446744073709551615, strict: true}
            store: {url: "http://127.0.0.1:8123", user: weir, password: "${PASS}", spool: /spool, retention-days: 3}
            report: {dir: /reports}
            web: {listen: "127.0.0.1:8081"}
            """);

        Assert.Empty(read.Faults);
        var value = read.Value;
        Assert.Equal(Profile.Lab, value.Profile);
        Assert.Equal([new(IPAddress.Any, 2055), new(IPAddress.Parse("2001:db8::1"), 9995)], value.Collecting.Listen);
        Assert.Equal((2, 8L << 20), (value.Collecting.Lanes, value.Collecting.ReceiveBuffer.Octets));
        Assert.Equal(TimeSpan.FromMinutes(90), value.Decoding.TemplateLifetime);
        Assert.Equal(new()
        {
            Address = Prefix.Parse("192.0.2.1"),
            Name = "edge-1",
            Sampling = 1_000,
            Role = ExporterRole.Border
        }, value.Decoding.Exporters.Single());
        Assert.Equal(
            new() { Prefix = Prefix.Parse("2001:db8::/32"), Name = "north", Access = "ftth", Group = "region-1" },
            value.Attributing.Networks.Single());
        Assert.Equal(Prefix.Parse("192.0.2.53"), value.Attributing.Excluded.Resolvers.Single());
        Assert.Equal(new()
        {
            Name = "ours",
            Path = "/etc/weir/ours.txt",
            Role = ListRole.Sinkhole,
            MinHits = 3,
            Confidence = 80,
            Refresh = TimeSpan.FromMinutes(5)
        }, value.Matching.Lists.Single());
        Assert.Equal((TimeSpan.FromDays(6), 0.05, 5, ulong.MaxValue, true), (
            value.Comparing.Window, value.Comparing.Q, value.Comparing.K, value.Comparing.Seed,
            value.Comparing.Strict));
        Assert.Equal(Schedule.Every(TimeSpan.FromHours(6)), value.Comparing.Schedule);
        Assert.Null(value.Store.Embedded);
        Assert.Equal("s3cret", value.Store.Password?.Value);
        Assert.Equal(new(IPAddress.Loopback, 8081), value.Web.Listen);
    }

    [Fact]
    public void A_list_inside_a_lists_item_reads_back_from_its_dump()
    {
        const string Text = """
            attributing: {networks: [{prefix: 192.0.2.0/24}]}
            decoding:
              exporters:
                - {address: 192.0.2.1, subscriber-interfaces: [3, 4294967295]}
            """;
        var read = ConfigurationReader.Read<WeirConfiguration>(Text, _ => null);
        var again = ConfigurationReader.Read<WeirConfiguration>(ConfigurationWriter.Dump(read.Value), _ => null);

        Assert.Empty(read.Faults);
        Assert.Empty(again.Faults);
        Assert.Equal([3U, 4_294_967_295U], again.Value.Decoding.Exporters.Single().SubscriberInterfaces);
    }

    [Fact]
    public void Every_fault_is_found_in_one_reading_with_its_place()
    {
        var read = Read("""
            profile: eu
            collecting:
              lanes: 900
              lanes: 2
              receive_buffer: 32MiB
            comparing:
              strict: yes
            nonsense: 1
            """);

        Assert.Equal(
            [
                "f:1:10: profile must be one of us-provider, eu-provider, lab, not 'eu'",
                "f:3:10: collecting.lanes is 900; it must be between 1 and 64",
                "f:4:3: collecting.lanes stands twice, first in line 3; keep one",
                "f:5:3: collecting.receive_buffer is not a setting; receive-buffer is meant?",
                "f:7:11: comparing.strict must be true or false; 'yes' means different "
                    + "things to different YAML readers",
                $"f:8:1: nonsense is not a setting; known here: "
                    + $"{string.Join(", ", Schema.Of(typeof(WeirConfiguration)).Select(setting => setting.Key))}",
            ],
            read.Faults.Where(f => f.Line > 0).Select(f => f.At("f")));
        Assert.Equal("attributing.networks names no network, so every flow would be foreign; add the provider's "
            + "prefixes, `- prefix: 192.0.2.0/24`", read.Faults.Single(f => f.Line == 0).Sentence);
    }

    [Theory]
    [InlineData("store: {retention-days: 8}",
        "store.retention-days is 8; it must be between 1 and 7: the ceiling of rule R10 is 7 days")]
    [InlineData("store: {retention-days: \"7\"}",
        "store.retention-days must be a whole number without leading zeros, signs or "
            + "fractions; write it without quotes")]
    [InlineData("store: {retention-days: 07}", "store.retention-days must be a whole number")]
    [InlineData("store: {retention-days: 1_0}", "store.retention-days must be a whole number")]
    [InlineData("store: {retention-days: }", "store.retention-days has no value")]
    [InlineData("store: {retention-days: [1]}",
        "store.retention-days must be a single value; quote what begins with a bracket")]
    [InlineData("store: {spool: no}",
        "store.spool must be text, and YAML readers take a bare no for something else; write \"no\" in quotes")]
    [InlineData("store: {spool: 1e3}", "store.spool must be text")]
    [InlineData("store: {spool: \"\"}", "store.spool is empty")]
    [InlineData("store: {user: x}", "store.user has no use without store.url")]
    [InlineData("store: {url: \"http://a:b@127.0.0.1/\"}", "store.url carries a user or password")]
    [InlineData("store: {url: \"ftp://127.0.0.1/\"}", "store.url must be a URL")]
    [InlineData("store: {url: \"http://127.0.0.1\", embedded: /x}", "store.embedded and store.url exclude each other")]
    [InlineData("store: {password: \"file:/no/such/file\"}", "store.password: the file /no/such/file cannot be read")]
    [InlineData("store: {spool: \"/x/${MISSING}\"}", "store.spool: the environment has no variable MISSING")]
    [InlineData("store: {spool: \"/x/${\"}", "store.spool: ${ without a name and a closing brace")]
    [InlineData("digesting: {memory: 512MB}", "digesting.memory must be a size with a binary unit")]
    [InlineData("digesting: {memory: 99999999TiB}", "digesting.memory must be a size")]
    [InlineData("digesting: {memory: 1MiB}", "digesting.memory is 1MiB; it must be between 64MiB and 1TiB")]
    [InlineData("digesting: {flush-interval: 60}", "digesting.flush-interval must be a duration")]
    [InlineData("digesting: {flush-interval: 1s1m}", "digesting.flush-interval must be a duration")]
    [InlineData("comparing: {schedule: off}", "comparing.schedule must be `every 6h`")]
    [InlineData("comparing: {q: .5}", "comparing.q must be a number")]
    [InlineData("comparing: {q: 0.5}", "comparing.q is 0.5; it must be between 0.000001 and 0.2")]
    [InlineData("matching: {allow: [192.0.2.1/24]}",
        "matching.allow[0] must be an address or a network in CIDR notation without host bits")]
    [InlineData("matching: {allow: 192.0.2.0/24}", "matching.allow must be a list")]
    [InlineData("matching: {lists: [{path: /x}]}", "matching.lists[0] lacks name; add `name: our-c2`")]
    [InlineData("matching: {lists: [{name: a, path: /x}, {name: a, path: /y}]}",
        "matching.lists[1] repeats a of matching.lists[0]")]
    [InlineData("matching: {lists: [{name: a, path: /x, owner: ssh-rsa AAAA}]}",
        "matching.lists[0].owner is no public key of ssh-ed25519")]
    [InlineData("matching: {lists: [{name: a, kind: misp, url: \"https://l.example/\", owner: \"ssh-ed25519 "
        + "AAAAC3NzaC1lZDI1NTE5AAAAIHSt5tAOg6vi21uOewYhVciq6oEBFJmI8FDvlUqEY4kY a\"}]}",
        "matching.lists[0].owner is for a file")]
    [InlineData("matching: {lists: [x]}", "matching.lists[0] must hold keys")]
    [InlineData("collecting: {listen: []}", "collecting.listen names no address")]
    [InlineData("collecting: {listen: [\"127.0.0.1\"]}", "collecting.listen[0] must be an address and a port")]
    [InlineData("collecting: {listen: [\"::1:2055\"]}", "collecting.listen[0] must be an address and a port")]
    [InlineData("collecting: {listen: [\"127.0.0.1:0\"]}", "collecting.listen[0] must be an address and a port")]
    [InlineData("collecting: {listen: [\"127.0.0.1:65536\"]}", "collecting.listen[0] must be an address and a port")]
    [InlineData("web: {listen: localhost:8080}", "web.listen must be an address and a port")]
    [InlineData("web: *other", "aliases are not read")]
    [InlineData("web: &a {}", "anchors and tags are not read")]
    [InlineData("web: !!map {}", "anchors and tags are not read")]
    [InlineData("web: {[1]: 2}", "a key must be a plain word")]
    [InlineData("web: {<<: {}}", "web.<< is not a setting")]
    [InlineData("web: [", "not YAML")]
    [InlineData("---\nweb: {}\n", "a second document begins here")]
    public void A_fault_is_one_sentence_that_names_the_thing_and_the_mend(string yaml, string sentence)
    {
        var faults = Read(Sound + yaml).Faults;

        Assert.StartsWith(sentence, Assert.Single(faults).Sentence, StringComparison.Ordinal);
        Assert.True(faults[0].Line >= 4, $"line {faults[0].Line}");
    }

    [Fact]
    public void Nothing_at_all_is_the_default_but_for_the_networks()
    {
        Assert.Single(Read("matching:\n").Faults, f =>
            f.Sentence.StartsWith("attributing.networks names no network", StringComparison.Ordinal));
        Assert.Equal(ConfigurationWriter.Dump(Read(Sound).Value), ConfigurationWriter.Dump(
            Read(Sound + "matching:\ncollecting: {}\n").Value));
    }

    [Fact]
    public void A_list_with_a_broken_item_is_not_judged_as_a_whole()
    {
        var faults = Read("attributing: {networks: [{prefix: 1}, {prefix: 2}]}").Faults;

        Assert.Equal(2, faults.Count);
        Assert.All(
            faults, f => Assert.Contains("must be an address or a network", f.Sentence, StringComparison.Ordinal));
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void A_secret_in_a_file_is_read_when_others_cannot_and_never_shown()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "hunter2\n");
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            var yaml = Sound + $"store: {{url: \"http://127.0.0.1\", password: \"file:{file}\"}}";
            var good = Read(yaml);
            Assert.Empty(good.Faults);
            Assert.Equal("hunter2", good.Value.Store.Password?.Value);
            Assert.Contains(
                $"password: \"file:{file}\"", ConfigurationWriter.Dump(good.Value)
                    .Replace($"password: file:{file}", $"password: \"file:{file}\"", StringComparison.Ordinal),
                StringComparison.Ordinal);

            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherRead);
            Assert.Contains("everyone may read", Assert.Single(Read(yaml).Faults).Sentence, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("hunter2", "***")]
    [InlineData("${PASS}", "${PASS}")]
    [InlineData("x${PASS}", "***")]
    [InlineData("${PASS}${PASS}", "***")]
    public void A_dump_shows_where_a_secret_comes_from_and_never_what_it_is(string written, string shown)
    {
        var read = Read(Sound + $"store: {{url: \"http://127.0.0.1\", password: \"{written}\"}}");

        var dump = ConfigurationWriter.Dump(read.Value);

        Assert.Contains($"password: \"{shown}\"", dump, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", dump, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", dump, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_told_by_name() =>
        Assert.Equal("/no/such.yaml: there is no such file; `weir dump` prints one to begin with",
            Assert.Single(ConfigurationReader.ReadFile<WeirConfiguration>("/no/such.yaml").Faults).At("/no/such.yaml"));

    private static ConfigurationReading<WeirConfiguration> Read(string text) =>
        ConfigurationReader.Read<WeirConfiguration>(text, name => name == "PASS" ? "s3cret" : null);
}
