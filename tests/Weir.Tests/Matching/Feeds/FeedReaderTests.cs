// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;
using Weir.Contracts.Flows;
using System.IO.Compression;
using System.Text;
using Weir.Contracts.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Reading;
using Weir.Tests.Support;

namespace Weir.Tests.Matching.Feeds;

/// <summary>Formats by small texts of their own make; published files are in
/// <see cref="PublishedFeedTests"/>.</summary>
public sealed class FeedReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-feeds").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    internal static Feed Parse(string text, string options = "list.txt") =>
        FeedReader.Parse(text, FeedOptions.Parse(options), TimeProvider.System);

    private static string[] Shown(Feed feed) => [.. feed.Entries.Select(entry => entry.ToString())];

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>It says which list, where in it, how much is too much, and what to do.</summary>
    [Fact]
    public void An_event_of_misp_that_is_too_long_alone_is_refused_with_its_place_and_what_to_do()
    {
        const string One =
            """{"Event":{"info":"a","Attribute":[{"type":"ip-dst","to_ids":true,"value":"192.0.2.7"}]}}""";
        var path = Write(
            "misp.json", $"[{One},{{\"Event\":{{\"info\":\"b\",\"x\":\"{new string('x', 9 << 20)}\"}}}}]");

        var refused = Assert.Throws<FeedException>(
            () => FeedReader.Read(path, FeedOptions.Parse("misp.json"), TimeProvider.System));
        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
        Assert.Contains("longer than 8 MiB behind its item 1", refused.Message, StringComparison.Ordinal);
        Assert.Contains("attributes/restSearch", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("192.0.2.7:443", "192.0.2.7:443")]
    [InlineData("192.0.2.7:443/tcp", "192.0.2.7:443/tcp")]
    [InlineData("192.0.2.0/24", "192.0.2.0/24")]
    [InlineData("192.0.2.9/24", "192.0.2.0/24")]
    [InlineData("192.0.2.0/24:53/udp", "192.0.2.0/24:53/udp")]
    [InlineData("[2001:db8::7]:443", "[2001:db8::7]:443")]
    [InlineData("2001:db8::7", "2001:db8::7")]
    [InlineData("2001:db8::/32", "2001:db8::/32")]
    [InlineData("  192.0.2.7\t# a comment", "192.0.2.7")]
    [InlineData("192.0.2.0/24 ; SBL1", "192.0.2.0/24")]
    [InlineData("192.0.2.7 // seen twice, in May", "192.0.2.7")]
    [InlineData("192[.]0[.]2[.]7", "192.0.2.7")]
    [InlineData("192.0.2[.]7[:]8080", "192.0.2.7:8080")]
    public void A_plain_line_is_read_as_it_is_written(string line, string shown)
    {
        var feed = Parse(line + "\n");

        Assert.Equal([shown], Shown(feed));
        Assert.Equal(0, feed.Refused.Count);
    }

    [Theory]
    [InlineData("evil.example", "is a name and flows carry none")]
    [InlineData("hxxp://evil.example/x", "is a URL")]
    [InlineData("256.1.1.1", "is '256.1.1.1' is not an IPv4 address")]
    [InlineData("192.0.2.0/33", "'33' is not a prefix length")]
    [InlineData("192.0.2.7:0", "'0' is not a port")]
    [InlineData("192.0.2.7:70000", "'70000' is not a port")]
    [InlineData("0.0.0.0/0", "covers everything")]
    [InlineData("0.0.0.0", "is not a host")]
    [InlineData("192.0.2.9-192.0.2.7", "neither an address nor a network nor a name")]
    [InlineData("84.38.133.114/1", "of the Internet or more")]
    [InlineData("84.38.133.114/7", "of the Internet or more")]
    [InlineData("84.38.133.113/1/web", "neither an address nor a network nor a name")]
    [InlineData("104.233.105.159/0/x.php", "neither an address nor a network nor a name")]
    [InlineData("two words", "neither an address")]
    public void What_is_no_address_is_refused_with_its_line(string line, string reason)
    {
        var feed = Parse($"# head\n192.0.2.1\n{line}\n");

        Assert.Single(feed.Entries);
        Assert.Equal(1, feed.Refused.Count);
        Assert.Equal("line 3", feed.Refused.Examples[0].Place);
        Assert.Contains(reason, feed.Refused.Examples[0].Reason);
    }

    [Theory]
    [InlineData("192.0.2.0-192.0.2.255", "192.0.2.0/24")]
    [InlineData("192.0.2.3 - 192.0.2.8", "192.0.2.3 192.0.2.4/30 192.0.2.8")]
    [InlineData("2001:db8::-2001:db8::ffff", "2001:db8::/112")]
    [InlineData("192.0.2.7-192.0.2.7", "192.0.2.7")]
    public void A_range_is_the_networks_that_cover_exactly_it(string line, string networks)
    {
        var feed = Parse(line + "\n");
        Assert.Equal(networks.Split(' '), Shown(feed));
        Assert.Equal(0, feed.Refused.Count);
    }

    [Theory]
    [InlineData("192.0.2.0,192.0.2.255,24", "192.0.2.0/24", 0)]
    [InlineData("192.0.2.0,192.0.2.255,25", "", 1)]
    [InlineData("192.0.2.9,192.0.2.3,", "", 1)]
    [InlineData("192.0.2.8,192.0.2.11,", "192.0.2.8/30", 0)]
    [InlineData("192.0.2.0,,24", "192.0.2.0/24", 0)]
    public void A_range_in_columns_must_agree_with_its_length(string row, string network, int refused)
    {
        var feed = Parse($"Start,End,Netmask\n203.0.113.0,203.0.113.255,24\n{row}\n");
        Assert.Equal(network.Length == 0 ? ["203.0.113.0/24"] : ["203.0.113.0/24", network], Shown(feed));
        Assert.Equal(refused, feed.Refused.Count);
    }

    [Theory]
    [InlineData("c2.txt", "10.0.0.53", ListRole.Bogon, 0)]
    [InlineData("c2.txt", "fe80::/10", ListRole.Bogon, 0)]
    [InlineData("c2.txt,role=c2", "10.0.0.53", ListRole.C2, 0)]
    [InlineData("c2.txt,role=c2", "10.0.0.0/8", null, 1)]
    [InlineData("c2.txt,role=attacker", "224.0.0.0/3", null, 1)]
    [InlineData("c2.txt,role=allow", "10.0.0.0/8", ListRole.Allow, 0)]
    [InlineData("c2.txt", "203.0.112.0/7", null, 1)]
    [InlineData("c2.txt", "2000::/3", null, 1)]
    [InlineData("c2.txt", "203.0.0.0/8", ListRole.Attacker, 0)]
    [InlineData("c2.txt", "198.51.100.0/23", ListRole.Attacker, 0)]
    [InlineData("c2.txt", "198.51.100.0/24", ListRole.C2, 0)]
    [InlineData("c2.txt,role=c2", "198.51.100.0/24", ListRole.C2, 0)]
    [InlineData("c2.txt,role=c2", "198.51.100.0/23", null, 1)]
    [InlineData("c2.txt,role=sinkhole", "198.51.0.0/16", null, 1)]
    [InlineData("c2.txt,role=c2", "2001:db8::/47", null, 1)]
    [InlineData("c2.txt,role=c2", "2001:db8::/48", ListRole.C2, 0)]
    [InlineData("c2.txt,role=attacker", "198.51.0.0/16", ListRole.Attacker, 0)]
    public void Space_that_no_host_of_the_Internet_has_is_no_command_server(
        string argument, string line, ListRole? role, int refused)
    {
        var feed = Parse("203.0.113.1\n" + line + "\n", argument);
        Assert.Equal(refused, feed.Refused.Count);
        Assert.Equal(role, feed.Entries.Count > 1 ? feed.Entries[1].Role : null);
    }

    [Fact]
    public void In_a_zone_the_longer_prefix_decides()
    {
        var feed = Parse(
            """
            $TTL 1h
            24.0.113.0.203.rpz-ip CNAME rpz-passthru.
            32.66.113.0.203.rpz-ip 1h30m IN cname .
            16.0.0.0.203.rpz-ip CNAME .
            """);
        var lists = Watchlist.From([feed], DateTimeOffset.UnixEpoch);
        bool Listed(string address) => lists.TryFind(new Endpoint(IpKey.Parse(address), 443, 6), 0, out _);
        Assert.Equal((true, false, false), (Listed("203.0.113.66"), Listed("203.0.113.67"), Listed("203.0.113.255")));
        Assert.Equal(0, feed.Refused.Count);
    }

    [Fact]
    public void Refusals_are_all_counted_and_the_first_twenty_kept()
    {
        var feed = Parse(string.Concat(Enumerable.Range(0, 500).Select(i => $"name{i}.example\n")));

        Assert.Equal(500, feed.Refused.Count);
        Assert.Equal(20, feed.Refused.Examples.Count);
        Assert.Equal("line 20", feed.Refused.Examples[^1].Place);
    }

    [Fact]
    public void A_list_of_names_is_taken_when_the_operator_says_so()
    {
        var feed = Parse("evil.example\n*.bad.example\nBAD.example.\n", "names.txt,domains=yes");

        Assert.Equal(["evil.example", "bad.example"], feed.Domains.Select(domain => domain.Name));
        Assert.True(feed.Domains[1].Below);
        Assert.Equal(0, feed.Refused.Count);
    }

    [Fact]
    public void A_header_behind_a_comment_sign_names_the_columns()
    {
        var feed = Parse(
            """
            ################
            # Tracker (CSV), all rights reserved
            # "first_seen_utc","dst_ip","dst_port","c2_status","last_online","malware"
            "2024-02-08 19:20:49","192.0.2.7","5000","offline","2024-03-11","Pika, bot"
            "2024-02-08 19:20:49","192.0.2.8","99999","offline","2024-03-11","X"
            # END 2 entries
            """);

        var entry = Assert.Single(feed.Entries);
        Assert.Equal("192.0.2.7:5000", entry.ToString());
        Assert.Equal("Pika, bot", entry.Family);
        Assert.Equal(
            new DateTimeOffset(2024, 2, 8, 19, 20, 49, TimeSpan.Zero).ToUnixTimeMilliseconds(), entry.FirstSeenMs);
        Assert.Equal(
            new DateTimeOffset(2024, 3, 11, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(), entry.LastSeenMs);
        Assert.Equal("line 5: '99999' is not a port from 1 to 65535", feed.Refused.Examples[0].ToString());
        Assert.Equal("csv", feed.Format);
    }

    [Fact]
    public void A_list_of_many_kinds_of_indicators_gives_what_flows_show()
    {
        var feed = Parse(
            """
            # "first_seen_utc", "ioc_id", "ioc_value", "ioc_type", "malware_printable", "last_seen_utc", "confidence_level"
            "2024-05-01 10:00:00", "1", "192.0.2.7:443", "ip:port", "Emotet", "", "75"
            "2024-05-01 10:00:00", "2", "evil.example", "domain", "Emotet", "", "100"
            "2024-05-01 10:00:00", "3", "http://evil.example/a", "url", "Emotet", "", "100"
            "2024-05-01 10:00:00", "4", "d41d8cd98f00b204e9800998ecf8427e", "md5_hash", "Emotet", "", "100"
            """);

        var entry = Assert.Single(feed.Entries);
        Assert.Equal(("192.0.2.7:443", 75, "Emotet"), (entry.ToString(), entry.Confidence, entry.Family));
        Assert.Equal("evil.example", Assert.Single(feed.Domains).Name);
        Assert.Equal(1, feed.Ignored["url"]);
        Assert.Equal(1, feed.Ignored["file hash"]);
        Assert.Equal(0, feed.Refused.Count);
    }

    [Theory]
    [InlineData("IP,Port\n192.0.2.7,443\n", "list.csv")]
    [InlineData("Dst_IP;DST_PORT\n192.0.2.7;443\n", "list.csv")]
    [InlineData("indicator\tport\n192.0.2.7\t443\n", "list.csv")]
    [InlineData("192.0.2.7,443\n", "list.csv")]
    [InlineData("name,where,which\na,192.0.2.7,443\n", "list.csv,columns=address:where;port:which")]
    [InlineData("a,443,192.0.2.7\n", "list.csv,columns=address:3;port:2")]
    [InlineData("{\"ip\":\"192.0.2.7\",\"port\":443}\n", "list.json")]
    [InlineData("[{\"ip_address\":\"192.0.2.7\",\"port\":443,\"status\":\"online\"}]", "list.json")]
    public void Columns_are_found_by_name_by_place_or_by_mapping(string text, string options) =>
        Assert.Equal(["192.0.2.7:443"], Shown(Parse(text, options)));

    [Fact]
    public void A_mapping_to_a_column_that_is_not_there_names_what_is()
    {
        var fault = Assert.Throws<FeedException>(() => Parse("a,b\n1,2\n", "l.csv,columns=address:c"));

        Assert.Equal(FeedException.BadArgument, fault.ExitCode);
        Assert.Contains("has no column 'c'; its first row has a | b", fault.Message);
    }

    [Fact]
    public void An_expiry_column_and_a_lifetime_end_an_entry()
    {
        var feed = Parse(
            "ip,first_seen,expires\n192.0.2.1,2024-05-01,2024-06-01T00:00:00Z\n192.0.2.2,2024-05-01,\n192.0.2.3,,\n",
            "l.csv,ttl=14d");

        Assert.Equal(DateTimeOffset.Parse("2024-06-01T00:00:00Z").ToUnixTimeMilliseconds(), feed.Entries[0].ExpiresMs);
        Assert.Equal(DateTimeOffset.Parse("2024-05-15T00:00:00Z").ToUnixTimeMilliseconds(), feed.Entries[1].ExpiresMs);
        Assert.Equal(ListEntry.Never, feed.Entries[2].ExpiresMs);
    }

    [Fact]
    public void Hits_below_the_minimum_are_left_out_and_counted()
    {
        const string text = "# IP\tnumber of lists\n192.0.2.1\t9\n192.0.2.2\t3\n192.0.2.3\t2\n192.0.2.4 5\n";

        var feed = Parse(text, "ipsum.txt,min-hits=3,role=attacker");

        Assert.Equal(["192.0.2.1", "192.0.2.2"], Shown(feed));
        Assert.Equal(1, feed.Ignored["fewer hits than asked for"]);
        Assert.Equal("line 5", Assert.Single(feed.Refused.Examples).Place);
        Assert.All(feed.Entries, entry => Assert.Equal(ListRole.Attacker, entry.Role));
    }

    [Fact]
    public void Drop_lines_are_taken_and_their_announced_number_is_held_against_them()
    {
        var feed = Parse("{\"cidr\":\"192.0.2.0/24\",\"sblid\":\"SBL1\"}\n{\"cidr\":\"nonsense\"}\n{\"cidr\":\n{\"type\":\"metadata\",\"records\":5}\n");

        Assert.Equal(["192.0.2.0/24"], Shown(feed));
        Assert.Equal(3, feed.Refused.Count);
        Assert.Equal("metadata: the list says 5 records and holds 2", feed.Refused.Examples[2].ToString());
    }

    [Fact]
    public void A_policy_zone_gives_names_addresses_and_what_it_lets_pass()
    {
        var feed = Parse(
            """
            $TTL 300
            $ORIGIN rpz.example.
            @ IN SOA ns. root. (
                1 2 3 4 5 ) ; serial
            @ IN NS ns.
            bad.example CNAME .
            *.bad.example 60 IN CNAME .
            walled.example.rpz.example. A 192.0.2.99
            32.7.2.0.192.rpz-ip CNAME .
            24.0.2.0.192.rpz-ip.rpz.example. CNAME *.
            128.7.zz.db8.2001.rpz-ip CNAME rpz-drop.
            32.8.2.0.192.rpz-ip CNAME rpz-passthru.
            32.9.2.0.192.rpz-client-ip CNAME .
            33.9.2.0.192.rpz-ip CNAME .
            odd.example WKS x
            """);

        Assert.Equal("rpz", feed.Format);
        Assert.Equal(["bad.example", "walled.example"], feed.Domains.Select(domain => domain.Name));
        Assert.True(feed.Domains[0].Below);
        Assert.Equal(["192.0.2.7", "192.0.2.0/24", "2001:db8::7", "192.0.2.8"], Shown(feed));
        Assert.Equal([ListRole.C2, ListRole.C2, ListRole.C2, ListRole.Allow], feed.Entries.Select(entry => entry.Role));
        Assert.Equal(["line 14", "line 15"], feed.Refused.Examples.Select(line => line.Place));
        Assert.Equal(1, feed.Ignored["policy on clients or name servers"]);
    }

    [Fact]
    public void A_misp_event_gives_what_is_meant_for_detection()
    {
        var feed = Parse(
            """
            {"response":[{"Event":{"info":"x","Tag":[{"name":"misp-galaxy:malpedia=\"Emotet\""}],"Attribute":[
              {"uuid":"a","type":"ip-dst","to_ids":true,"value":"192.0.2.1","timestamp":"1714557600"},
              {"uuid":"b","type":"ip-dst|port","to_ids":true,"value":"192.0.2.2|8443"},
              {"uuid":"c","type":"ip-src","to_ids":true,"value":"192.0.2.3"},
              {"uuid":"d","type":"ip-dst","to_ids":false,"value":"192.0.2.4"},
              {"uuid":"e","type":"ip-dst","to_ids":true,"deleted":true,"value":"192.0.2.5"},
              {"uuid":"f","type":"domain|ip","to_ids":true,"value":"evil.example|192.0.2.6"},
              {"uuid":"g","type":"hostname","to_ids":true,"value":"h.evil.example"},
              {"uuid":"h","type":"md5","to_ids":true,"value":"d41d8cd98f00b204e9800998ecf8427e"},
              {"uuid":"i","type":"ip-dst|port","to_ids":true,"value":"192.0.2.2|0"}],
             "Object":[{"name":"ip-port","Attribute":[
              {"type":"ip-dst","object_relation":"ip","to_ids":true,"value":"192.0.2.7"},
              {"type":"port","object_relation":"dst-port","to_ids":false,"value":"4444"}]}]}}]}
            """);

        Assert.Equal(["192.0.2.1", "192.0.2.2:8443", "192.0.2.3", "192.0.2.6", "192.0.2.7:4444"], Shown(feed));
        Assert.Equal(["evil.example", "h.evil.example"], feed.Domains.Select(domain => domain.Name));
        Assert.Equal(ListRole.Attacker, feed.Entries[2].Role);
        Assert.All(feed.Entries, entry => Assert.Equal("Emotet", entry.Family));
        Assert.Equal(1_714_557_600_000, feed.Entries[0].FirstSeenMs);
        Assert.Equal("file i: '0' is not a port from 1 to 65535", Assert.Single(feed.Refused.Examples).ToString());
        Assert.Equal(1, feed.Ignored["not meant for detection (to_ids)"]);
        Assert.Equal(1, feed.Ignored["deleted"]);
        Assert.Equal(1, feed.Ignored["md5"]);
    }

    [Fact]
    public void A_role_the_operator_gives_wins_over_the_one_of_a_format()
    {
        const string text = """{"Event":{"Attribute":[{"type":"ip-src","to_ids":true,"value":"192.0.2.3"}]}}""";

        Assert.Equal(ListRole.Attacker, Parse(text).Entries[0].Role);
        Assert.Equal(ListRole.C2, Parse(text, "x,role=c2").Entries[0].Role);
    }

    [Fact]
    public void A_warninglist_is_an_allow_list()
    {
        var feed = Parse("""{"name":"n","type":"cidr","version":1,"list":["192.0.2.0/24","2001:db8::/32","junk"]}""");

        Assert.Equal(ListRole.Allow, feed.Role);
        Assert.All(feed.Entries, entry => Assert.Equal(ListRole.Allow, entry.Role));
        Assert.Equal("list item 3", Assert.Single(feed.Refused.Examples).Place);
    }

    [Fact]
    public void The_latest_version_of_a_stix_object_counts_and_a_revoked_one_is_gone()
    {
        const string ip = "indicator--1";
        const string gone = "indicator--2";
        File.WriteAllText(Path.Combine(_folder, "0.json"),
            $$"""
            {"more":true,"next":"1","objects":[
             {"type":"indicator","id":"{{ip}}","modified":"2024-05-02T00:00:00Z","pattern":"[ipv4-addr:value = '192.0.2.2']","pattern_type":"stix","confidence":40,
              "valid_from":"2024-05-01T00:00:00Z","valid_until":"2024-06-01T00:00:00Z"},
             {"type":"indicator","id":"{{gone}}","modified":"2024-05-01T00:00:00Z","pattern":"[ipv4-addr:value = '192.0.2.9']"}]}
            """);
        File.WriteAllText(Path.Combine(_folder, "1.json"),
            $$"""
            {"more":false,"objects":[
             {"type":"indicator","id":"{{ip}}","modified":"2024-05-01T00:00:00Z","pattern":"[ipv4-addr:value = '192.0.2.1']"},
             {"type":"indicator","id":"{{gone}}","modified":"2024-05-03T00:00:00Z","revoked":true,"pattern":"[ipv4-addr:value = '192.0.2.9']"},
             {"type":"relationship","relationship_type":"indicates","source_ref":"{{ip}}","target_ref":"malware--1"},
             {"type":"malware","id":"malware--1","name":"Emotet"},
             {"type":"indicator","id":"indicator--3","pattern":"alert tcp any any","pattern_type":"snort"},
             {"type":"indicator","id":"indicator--4","pattern":"[ipv4-addr:value MATCHES '.*']"}]}
            """);

        var feed = FeedReader.Read(new FeedOptions { Path = _folder }, TimeProvider.System);

        var entry = Assert.Single(feed.Entries);
        Assert.Equal(("192.0.2.2", 40, "Emotet"), (entry.ToString(), entry.Confidence, entry.Family));
        Assert.Equal(DateTimeOffset.Parse("2024-06-01T00:00:00Z").ToUnixTimeMilliseconds(), entry.ExpiresMs);
        Assert.Equal("taxii", feed.Format);
        Assert.Equal(1, feed.Ignored["revoked"]);
        Assert.Equal(1, feed.Ignored["snort pattern"]);
        Assert.Equal("indicator--4", Assert.Single(feed.Refused.Examples).Place);
    }

    /// <summary>Half a list taken for the whole would let the other half go.</summary>
    [Theory]
    [InlineData("""{"more":false,"objects":[{"type":"indicator","id":"indi""")]
    [InlineData("""{"more":false,"objects":[{"type":"indicator","id":"indicator--2","pattern":"[ipv4-addr:value = '192.0.2.2']"},{"ty""")]
    public void A_page_that_is_cut_is_refused_with_its_folder(string cut)
    {
        File.WriteAllText(
            Path.Combine(_folder, "0.json"),
            """{"more":true,"next":"1","objects":[{"type":"indicator","id":"indicator--1","pattern":"[ipv4-addr:value = '192.0.2.1']"}]}""");
        File.WriteAllText(Path.Combine(_folder, "1.json"), cut);
        var refused = Assert.Throws<FeedException>(
            () => FeedReader.Read(new FeedOptions { Path = _folder }, TimeProvider.System));
        Assert.Contains("damaged JSON", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Valid_from_binds_only_when_asked_to()
    {
        const string text = """{"type":"bundle","objects":[{"type":"indicator","id":"indicator--1","valid_from":"2024-05-01T00:00:00Z","pattern":"[ipv4-addr:value = '192.0.2.1']"}]}""";
        var before = DateTimeOffset.Parse("2024-04-30T00:00:00Z").ToUnixTimeMilliseconds();

        Assert.True(Parse(text).Entries[0].IsValidAt(before));
        Assert.False(Parse(text, "x,strict=yes").Entries[0].IsValidAt(before));
    }

    [Fact]
    public void Gzip_and_xz_are_read_as_they_are()
    {
        var zipped = Path.Combine(_folder, "a.gz");
        using (var stream = new GZipStream(File.Create(zipped), CompressionLevel.Fastest))
        {
            stream.Write("192.0.2.7\n"u8);
        }

        Assert.Equal(["192.0.2.7"], Shown(FeedReader.Read(FeedOptions.Parse(zipped), TimeProvider.System)));
        var cut = Path.Combine(_folder, "cut.gz");
        File.WriteAllBytes(cut, File.ReadAllBytes(zipped)[..12]);
        var fault = Assert.Throws<FeedException>(() => FeedReader.Read(FeedOptions.Parse(cut), TimeProvider.System));
        Assert.Contains("is cut short", fault.Message);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\0\0binary", "is binary")]
    [InlineData("only words here\n", "holds nothing that can be read as a list; first of 1 refused: line 1")]
    [InlineData("{\"Event\": {", "damaged JSON")]
    [InlineData("{\"some\":\"thing\"}", "JSON of no known list format")]
    public void A_file_that_is_no_list_is_one_sentence_and_exit_code_3(string content, string sentence)
    {
        var path = Write("odd", content);

        var fault = Assert.Throws<FeedException>(() => FeedReader.Read(FeedOptions.Parse(path), TimeProvider.System));

        Assert.Equal(FeedException.Unreadable, fault.ExitCode);
        Assert.Contains(sentence, fault.Message);
        Assert.Contains(path, fault.Message);
    }

    [Fact]
    public void A_file_that_is_not_there_says_so()
    {
        var fault = Assert.Throws<FeedException>(
            () => FeedReader.Read(FeedOptions.Parse("/nowhere/list.txt"), TimeProvider.System));

        Assert.Equal("watchlist file /nowhere/list.txt is not there.", fault.Message);
        Assert.Equal(FeedException.Unreadable, fault.ExitCode);
    }

    [Fact]
    public void A_list_of_comments_alone_is_an_empty_list() =>
        Assert.Empty(FeedReader.Read(FeedOptions.Parse(Write("c.ipset", "# ipset\n#\n")), TimeProvider.System).Entries);

    /// <summary>Damaged text of every format: cut, flipped and spliced at seeded places.</summary>
    [Fact]
    public void Damaged_text_never_throws()
    {
        string[] seeds =
        [
            "192.0.2.7:443 # x\n[2001:db8::1]:5\n192.0.2.0/24\n",
            "# \"ip\",\"port\"\n\"192.0.2.7\",\"443\"\n",
            "$TTL 3\n32.7.2.0.192.rpz-ip CNAME .\na.example CNAME .\n( \n",
            "{\"cidr\":\"192.0.2.0/24\"}\n{\"type\":\"metadata\",\"records\":1}\n",
            "{\"Event\":{\"Attribute\":[{\"type\":\"ip-dst|port\",\"to_ids\":true,\"value\":\"192.0.2.1|4\"}],\"Object\":[{}]}}",
            "{\"type\":\"bundle\",\"objects\":[{\"type\":\"indicator\",\"id\":\"i--1\",\"pattern\":\"[ipv4-addr:value "
                + "IN ('192.0.2.1', 'x')] AND (a:b.'c d'[*] = 5)\"}]}",
            "192.0.2.1\t5\n192.0.2.2\t1\n",
            "2026-08-22 02:53:35,a,ip,192.0.2.1,#tag,https://x\n",
            "{\"name\":\"n\",\"type\":\"cidr\",\"list\":[\"192.0.2.0/24\", 5, null, \"\\ud800\"]}",
        ];
        var random = new Random(7);
        for (var i = 0; i < 6_000; i++)
        {
            var text = new StringBuilder(seeds[random.Next(seeds.Length)]);
            for (var edits = random.Next(1, 6); edits > 0 && text.Length > 1; edits--)
            {
                var at = random.Next(text.Length);
                switch (random.Next(4))
                {
                    case 0:
                        text.Length = at;
                        break;
                    case 1:
                        text[at] = (char)random.Next(0, 0x300);
                        break;
                    case 2:
                        text[at] = "[]{}(),:'\"\\|/.#\t\n "[random.Next(18)];
                        break;
                    default:
                        var other = seeds[random.Next(seeds.Length)];
                        text.Insert(at, other[..random.Next(other.Length)]);
                        break;
                }
            }

            var feed = Parse(text.ToString(), "x,domains=yes");
            Assert.True(feed.Refused.Count >= feed.Refused.Examples.Count);
        }
    }
}
