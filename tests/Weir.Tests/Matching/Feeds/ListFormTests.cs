// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Weir.Contracts.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Reading;
using Weir.Tests.Collecting;

namespace Weir.Tests.Matching.Feeds;

/// <summary>One list in every writing that operators get it in, and what is no list, by its name.</summary>
public class ListFormTests
{
    private const string Plain = "# C&Cs of the month\n203.0.113.66:443\n[2001:db8::7]:8443\n203.0.113.128/25\n";
    private const string Read = "203.0.113.66:443 [2001:db8::7]:8443 203.0.113.128/25 -0";

    public static TheoryData<string, bool> Writings => new()
    {
        { "utf-8", false }, { "utf-8", true }, { "utf-16", true }, { "utf-16BE", true }, { "utf-16", false },
        { "utf-16BE", false }, { "utf-32", true }, { "utf-32BE", true },
    };

    [Theory]
    [MemberData(nameof(Writings))]
    public void A_list_is_the_same_in_every_form_of_unicode_and_with_every_line_end(string form, bool isMarked)
    {
        var encoding = Encoding.GetEncoding(form);
        foreach (var end in (string[])["\n", "\r\n", "\r"])
        {
            foreach (var text in (string[])
                [Plain, "\"ip\",\"port\"\n203.0.113.66,443\n2001:db8::7,8443\n203.0.113.128/25,\n",
                    """{"ip":"203.0.113.66","port":443}""" + "\n" + """{"ip":"2001:db8::7","port":"8443"}"""
                        + "\n" + """{"ip":"203.0.113.128/25"}""" + "\n"])
            {
                byte[] octets = [.. isMarked ? encoding.GetPreamble() : [], .. encoding.GetBytes(
                    text.Replace("\n", end, StringComparison.Ordinal))];
                Assert.Equal(Read, Shown(octets));
            }
        }
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFE, 0, 1, 2, 0, 0, 0 }, "is binary and not a list")]
    [InlineData(new byte[] { 0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0, 0, 0, 0, 0 }, "is binary and not a list")]
    [InlineData(new byte[] { 0x50, 0x4B, 3, 4, 20, 0, 8, 0, 8, 0 }, "is packed with zip")]
    [InlineData(new byte[] { 0x28, 0xB5, 0x2F, 0xFD, 4, 0, 1, 1 }, "is packed with zstd")]
    [InlineData(new byte[] { 0x42, 0x5A, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26 }, "is packed with bzip2")]
    public void What_is_binary_is_refused_by_what_it_is(byte[] octets, string why) =>
        Assert.Contains(why, Refused(octets), StringComparison.Ordinal);

    [Theory]
    [InlineData("<!DOCTYPE html>\n<html><body>Your address:\n203.0.113.66\n</body></html>", "a web page (HTML)")]
    [InlineData("\n  <html>\n203.0.113.66\n", "a web page (HTML)")]
    [InlineData("<?xml version=\"1.0\"?>\n<IODEF-Document version=\"2.00\"><Incident>\n203.0.113.66\n", "an IODEF document")]
    [InlineData("<stix:STIX_Package>\n203.0.113.66\n", "STIX 1 (XML)")]
    [InlineData("<?xml version=\"1.0\"?>\n<ioc>\n203.0.113.66\n", "OpenIOC")]
    [InlineData("<?xml version=\"1.0\"?>\n<things>\n203.0.113.66\n", "XML, and no list in XML")]
    [InlineData("%PDF-1.7\n203.0.113.66\n", "a PDF document")]
    [InlineData("""{"error":"unauthorized","status":401}""", "JSON of no known list format")]
    [InlineData("""{"query_status":"no_result","data":[]}""", "JSON of no known list format")]
    [InlineData("""{"syncToken":"1","prefixes":[{"ip_prefix":"203.0.113.0/24"}]}""", "JSON of no known list format")]
    [InlineData("\"not\", \"a\", \"list\"\n\"of\", \"any\", \"kind\"\n", "holds nothing that can be read as a list")]
    [InlineData("# \"id\",\"dateadded\",\"url\",\"url_status\"\n\"1\",\"2026-01-01 00:00:00\",\"http://203.0.113.66/x\",\"online\"\n",
        "holds 1 URLs and no address")]
    public void What_is_no_list_is_refused_whole_and_by_name(string text, string why) =>
        Assert.Contains(why, Refused(Encoding.UTF8.GetBytes(text)), StringComparison.Ordinal);

    [Theory]
    [InlineData("203[.]0[.]113[.]66", "203.0.113.66 -0")]
    [InlineData("203.0.113[.]66:443", "203.0.113.66:443 -0")]
    [InlineData("203(.)0(.)113(.)66", "203.0.113.66 -0")]
    [InlineData("203{.}0{.}113{.}66", "203.0.113.66 -0")]
    [InlineData("203[dot]0(dot)113[DOT]66[:]8080", "203.0.113.66:8080 -0")]
    [InlineData("2001[:]db8[:][:]7", "2001:db8::7 -0")]
    [InlineData("203.0.113.66/32 # note, with a comma", "203.0.113.66 -0")]
    [InlineData("203.0.113.64 - 203.0.113.67", "203.0.113.64/30 -0")]
    [InlineData("hxxp://203.0.113[.]66:8080/gate.php\n203.0.113.67", "203.0.113.67 -1")]
    [InlineData("127.0.0.1 localhost\n0.0.0.0 bad.example\n203.0.113.67", "203.0.113.67 -2")]
    public void An_entry_is_read_as_people_write_it(string text, string read) =>
        Assert.Equal(read, Shown(Encoding.UTF8.GetBytes(text + "\n")));

    private const string ThreatFoxCsv = """
        ################################################################
        # ThreatFox IOCs: recent additions                             #
        ################################################################
        #
        # "first_seen_utc","ioc_id","ioc_value","ioc_type","threat_type","fk_malware","malware_alias","malware_printable","last_seen_utc","confidence_level","reference","tags","anonymous","reporter"
        "2025-12-01 10:00:00", "1240001", "203.0.113.66:443", "ip:port", "botnet_cc", "win.x", "None", "X, the bot", "", "100", "None", "a,b", "0", "r"
        "2025-12-01 10:00:00", "1240002", "203.0.113.67:80", "ip:port", "payload_delivery", "win.x", "None", "X", "", "100", "None", "a", "0", "r"
        "2025-12-01 10:00:00", "1240003", "https://203.0.113.68/x", "url", "botnet_cc", "win.x", "None", "X", "", "100", "None", "a", "0", "r"
        "2025-12-01 10:00:00", "1240004", "aa11", "sha256_hash", "payload", "win.x", "None", "X", "", "100", "None", "a", "0", "r"

        """;

    private const string Row = """
        "ioc_value":"203.0.113.66:443","ioc_type":"ip:port","threat_type":"botnet_cc","malware":"win.x","malware_printable":"X, the bot","first_seen_utc":"2025-12-01 10:00:00","last_seen_utc":null,"confidence_level":100,"reference":"","tags":"a,b"
        """;

    [Theory]
    [InlineData(ThreatFoxCsv)]
    [InlineData($$"""{"1240001":[{{{Row}}}],"1240002":[{"ioc_value":"203.0.113.67:80","ioc_type":"ip:port","threat_type":"payload_delivery"}],"1240003":[{"ioc_value":"https://203.0.113.68/x","ioc_type":"url"}]}""")]
    [InlineData($$"""{"query_status":"ok","data":[{"id":"1","ioc":"203.0.113.66:443","ioc_type":"ip:port","threat_type":"botnet_cc","malware":"win.x","malware_printable":"X, the bot","first_seen":"2025-12-01 10:00:00 UTC","confidence_level":100}]}""")]
    [InlineData($$"""[{{{Row}}}]""")]
    public void Threatfox_is_the_same_as_csv_by_id_as_answer_and_as_rows(string text)
    {
        using var file = new Scratch(text);
        var feed = FeedReader.Read(new FeedOptions { Path = file.Path }, TimeProvider.System);
        var entry = Assert.Single(feed.Entries);
        Assert.Equal(("203.0.113.66:443", 0), ($"{entry}", feed.Refused.Count));
        Assert.Equal(100, entry.Tag.Confidence);
        Assert.Contains(entry.Tag.Family, (string[])["X, the bot", "win.x"]);
        Assert.Equal(1_764_583_200_000, entry.FirstSeenMs);
    }

    [Theory]
    [InlineData("""[{"ip_address":"203.0.113.66","port":443,"status":"online","hostname":null,"as_number":64500,"malware":"X"}]""")]
    [InlineData("first_seen_utc,dst_ip,dst_port,c2_status,last_online,malware\n2025-12-01 10:00:00,203.0.113.66,443,online,2025-12-01,X\n")]
    [InlineData("""{"results":[{"name":"pulse","indicators":[{"indicator":"203.0.113.66","type":"IPv4","ports":[443]}]}]}""")]
    [InlineData("""[{"type":"indicator","id":"indicator--1","pattern_type":"stix","pattern":"[network-traffic:dst_ref.value = '203.0.113.66' AND network-traffic:dst_port = 443]"}]""")]
    public void Feodo_otx_and_objects_without_a_bundle_are_read(string text) =>
        Assert.Equal("203.0.113.66:443 -0", Shown(Encoding.UTF8.GetBytes(text)));

    /// <summary>Every format of JSON, with so much behind it that it cannot be held, is what it is without.</summary>
    [Theory]
    [InlineData("""{"type":"bundle","id":"bundle--1","objects":[{"type":"indicator","id":"indicator--1","pattern_type":"stix","pattern":"[ipv4-addr:value = '203.0.113.66']"}#]}""",
        """,{"type":"identity","id":"identity--1","name":"nobody"}""", "stix")]
    [InlineData("""{"more":false,"objects":[{"type":"indicator","id":"indicator--1","pattern_type":"stix","pattern":"[ipv4-addr:value = '203.0.113.66']"}#]}""",
        """,{"type":"identity","id":"identity--1","name":"nobody"}""", "taxii")]
    [InlineData("""{"response":[{"Event":{"info":"x","Attribute":[{"type":"ip-dst","to_ids":true,"value":"203.0.113.66"}]}}#]}""",
        """,{"Event":{"info":"x","Attribute":[{"type":"md5","to_ids":true,"value":"aa"}]}}""", "misp")]
    [InlineData("""{"response":{"Attribute":[{"type":"ip-dst","to_ids":true,"value":"203.0.113.66"}#]}}""",
        """,{"type":"md5","to_ids":true,"value":"aa"}""", "misp")]
    [InlineData("""[{"Event":{"info":"x","Attribute":[{"type":"ip-dst","to_ids":true,"value":"203.0.113.66"}]}}#]""",
        """,{"Event":{"info":"x","Attribute":[{"type":"md5","to_ids":true,"value":"aa"}]}}""", "misp")]
    [InlineData("""{"Event":{"info":"x","Attribute":[{"type":"ip-dst","to_ids":true,"value":"203.0.113.66"}]},"note":[1#]}""",
        """,{"a":"what no reader of events looks at"}""", "misp")]
    [InlineData("""{"1":[{"ioc_value":"203.0.113.66","ioc_type":"ip"}]#}""",
        ""","2":[{"ioc_value":"https://x.example/","ioc_type":"url"}]""", "json")]
    [InlineData("""[{"ip":"203.0.113.66"}#]""", """,{"ip":"198.51.100.7","type":"sha256"}""", "json")]
    [InlineData("""{"list":["203.0.113.66"#],"name":"n","type":"cidr"}""", ",\"203.0.113.66\"", "misp-warninglist")]
    public void Json_is_the_same_small_and_large(string text, string more, string format)
    {
        foreach (var times in (int[])[0, 1, (1 << 19) / more.Length])
        {
            using var file = new Scratch(text.Replace(
                "#", string.Concat(Enumerable.Repeat(more, times)), StringComparison.Ordinal));
            var feed = FeedReader.Read(new FeedOptions { Path = file.Path }, TimeProvider.System);
            Assert.Equal((format, 0), (feed.Format, feed.Refused.Count));
            Assert.Equal("203.0.113.66", $"{feed.Entries.Select(static one => $"{one}").Distinct().Single()}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20_000)]
    public void Json_that_is_damaged_behind_its_entries_is_refused_whole(int times)
    {
        var rows = string.Concat(Enumerable.Repeat(",{\"ip\":\"203.0.113.67\"}", times));
        Assert.Contains("damaged", Refused(Encoding.UTF8.GetBytes("[{\"ip\":\"203.0.113.66\"}" + rows + ",{")), StringComparison.Ordinal);
    }

    private static Feed FeedOf(byte[] octets)
    {
        using var file = new Scratch(octets);
        return FeedReader.Read(
            new FeedOptions { Path = file.Path }, new FakeTimeProvider(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)));
    }

    private static string Refused(byte[] octets) => Assert.Throws<FeedException>(() => FeedOf(octets)).Message;

    private static string Shown(byte[] octets)
    {
        var feed = FeedOf(octets);
        return string.Join(' ', feed.Entries.Select(static one => $"{one}")
            .Append(string.Create(CultureInfo.InvariantCulture, $"-{feed.Refused.Count}")));
    }
}
