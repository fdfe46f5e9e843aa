// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Weir.Contracts.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Reading;
using Weir.Tests.Collecting;

namespace Weir.Tests.Matching.Feeds;

/// <summary>Lists as others' programs write them, and entries that would accuse everybody.</summary>
public class ListNeighboursTests
{
    private static string Read(string text)
    {
        using var file = new Scratch(Encoding.UTF8.GetBytes(text));
        try
        {
            var feed = FeedReader.Read(
                new FeedOptions { Path = file.Path }, new FakeTimeProvider(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)));
            return string.Join(
                ' ', feed.Entries.Select(one => one.Role == ListRole.C2 ? $"{one}" : $"{one}={one.Role}")
                    .Append(string.Create(CultureInfo.InvariantCulture, $"-{feed.Refused.Count}")));
        }
        catch (FeedException refused)
        {
            Assert.NotEmpty(refused.Message);
            return "refused";
        }
    }

    [Theory]
    [InlineData("203.0.113.66#4#2#Malicious Host#US##0,0\n203.0.113.67#4\n", "203.0.113.66 203.0.113.67 -0")]
    [InlineData("203.0.113.66;SBL1\n203.0.113.67;SBL2\n", "203.0.113.66 203.0.113.67 -0")]
    [InlineData("# ASN  |  name  |  ipaddr  |  lastseen\n64500  |  EXAMPLE,DE  |  203.0.113.66  |  2025-11-30 10:00:00\n",
        "203.0.113.66 -0")]
    [InlineData("203.0.113.66|443|x\n203.0.113.67|8080|x\n", "203.0.113.66:443 203.0.113.67:8080 -0")]
    [InlineData("203.0.113.66 443\n2001:db8::7 8080\n", "203.0.113.66:443 [2001:db8::7]:8080 -0")]
    [InlineData("203.0.113.66\t443\n203.0.113.67\t8080\n", "203.0.113.66:443 203.0.113.67:8080 -0")]
    [InlineData("203.0.113.66\t12\n203.0.113.67\t3\n", "203.0.113.66 203.0.113.67 -0")]
    [InlineData("create bad hash:net\nadd bad 203.0.113.66\nadd bad 203.0.113.128/25 timeout 0\n",
        "203.0.113.66 203.0.113.128/25 -1")]
    [InlineData("Bad, Inc:203.0.113.0-203.0.113.255\n", "203.0.113.0/24 -0")]
    [InlineData("\uFEFF203.0.113.66\r\n\uFEFF203.0.113.67\u200B\r\n", "203.0.113.66 203.0.113.67 -0")]
    [InlineData("{\"ioc\":\"203.0.113.66:8080\"}\n{\"ip\":\"203.0.113.67\"}\n", "203.0.113.66:8080 203.0.113.67 -0")]
    [InlineData("[\"203.0.113.66\",\"203.0.113.67:443\"]", "203.0.113.66 203.0.113.67:443 -0")]
    public void Each_is_read_as_it_was_meant(string text, string read) => Assert.Equal(read, Read(text));

    [Theory]
    [InlineData("0.0.0.0/0\n::/0\n0.0.0.0\n255.255.255.255\n203.0.113.66/1\n2000::/3\n203.0.113.66\n",
        "203.0.113.66 -6")]
    [InlineData("8.8.8.8\n8.8.8.0/24\n1.1.1.1:443\n2001:4860:4860::8888\n198.41.0.4\n203.0.113.66\n",
        "203.0.113.66 -5")]
    [InlineData("1.0.0.0-200.0.0.0\n203.0.113.66\n", "203.0.113.66 -1")]
    [InlineData("203.0.113.66,223.255.255.255\n", "refused")]
    [InlineData("203.0.113.66,203.0.113.70\n203.0.113.80,203.0.113.81\n", "203.0.113.80/31 -1")]
    [InlineData("start,end\n203.0.113.66,203.0.113.70\n", "203.0.113.66/31 203.0.113.68/31 203.0.113.70 -0")]
    [InlineData("start,end\n1.0.0.0,200.0.0.0\n203.0.113.66,203.0.113.66\n", "203.0.113.66 -1")]
    [InlineData("10.1.2.3\n10.0.0.0/8\n224.0.0.5\n203.0.113.66\n",
        "10.1.2.3=Bogon 10.0.0.0/8=Bogon 224.0.0.5=Bogon 203.0.113.66 -0")]
    [InlineData("0.0.0.0 bad.example\n203.0.113.66\n", "203.0.113.66 -1")]
    public void What_would_accuse_everybody_is_refused_whole(string text, string read) =>
        Assert.Equal(read, Read(text));

    [Theory]
    [InlineData("""
        {"response":{"Attribute":[{"type":"ip-dst","value":"203.0.113.66","to_ids":true,"warnings":[]},
        {"type":"ip-dst","value":"203.0.113.67","to_ids":true,"warnings":[{"warninglist_name":"resolvers"}]}]}}
        """)]
    [InlineData("""
        {"type":"bundle","id":"bundle--1","objects":[{"type":"indicator","id":"indicator--1","pattern_type":"stix",
        "pattern":"[ipv4-addr:value = '203.0.113.66']","indicator_types":["anonymization","malicious-activity"]},
        {"type":"indicator","id":"indicator--2","pattern_type":"stix","pattern":"[ipv4-addr:value = '203.0.113.67']",
        "indicator_types":["anonymization"]}]}
        """)]
    [InlineData("""
        $TTL 1h
        @ IN SOA localhost. root.localhost. 1 1h 15m 30d 2h
        32.66.113.0.203.rpz-ip 1d12h IN CNAME .
        32.67.113.0.203.rpz-ip CNAME rpz-tcp-only.
        """)]
    public void What_its_own_publisher_does_not_accuse_is_no_entry(string text) =>
        Assert.Equal("203.0.113.66 -0", Read(text));

    [Theory]
    [InlineData("add bad 203.0.113.66 comment \"nomatch\"\nadd bad 203.0.113.67 nomatch\n", "203.0.113.66 -1")]
    [InlineData("ip,port,valid_until,revoked,whitelisted\n203.0.113.66,443,2030-01-01,false,0\n"
        + "203.0.113.67,443,2030-01-01,true,0\n203.0.113.68,443,,no,TRUE\n", "203.0.113.66:443 -0")]
    [InlineData("ip,expires\n203.0.113.66,never\n203.0.113.67,31/31/2025\n", "203.0.113.66 -1")]
    [InlineData("""
        {"results":[{"indicators":[{"indicator":"203.0.113.66","is_active":1},
        {"indicator":"203.0.113.67","is_active":0},{"indicator":"203.0.113.68","is_active":false}]}]}
        """,
        "203.0.113.66 -0")]
    [InlineData("""
        {"data":[{"ipAddress":"203.0.113.66","isWhitelisted":false},
        {"ipAddress":"203.0.113.67","isWhitelisted":true}]}
        """, "203.0.113.66 -0")]
    [InlineData("{\"ip\":\"203.0.113.66\",\"to_ids\":true}\n{\"ip\":\"203.0.113.67\",\"to_ids\":false}\n",
        "203.0.113.66 -0")]
    [InlineData("#domain,ioc,uri_path,ip\nbad.example,x,/p,203.0.113.66\n", "203.0.113.66 -0")]
    [InlineData("203.0.113.66, 203.0.113.67, 203.0.113.68\n203.0.113.70, 203.0.113.80\n",
        "203.0.113.66 203.0.113.67 203.0.113.68 203.0.113.70 203.0.113.80 -0")]
    [InlineData("ip,note\n203.0.113.66,\"seen by\n203.0.113.99, our resolver\"\n203.0.113.67,x\n",
        "203.0.113.66 203.0.113.67 -0")]
    [InlineData("203.0.113.66:443,203.0.113.67:80\n", "203.0.113.66:443 203.0.113.67:80 -0")]
    [InlineData("indicator,tags\n203.0.113.66,botnet\n203.0.113.67,\"scanner,whitelist\"\n", "203.0.113.66 -0")]
    [InlineData("{\"ip\":\"203.0.113.66\",\"classification\":\"malicious\"}\n"
        + "{\"ip\":\"203.0.113.67\",\"classification\":\"benign\"}\n{\"ip\":\"203.0.113.68\",\"riot\":true}\n",
        "203.0.113.66 -0")]
    [InlineData("ip,note\n203.0.113.66,\"torn\n203.0.113.67,\"x\"\n", "203.0.113.66 203.0.113.67 -0")]
    [InlineData("$TTL 1h\n32.66.113.0.203.rpz-ip CNAME .\n24.67.113.0.203.rpz-ip CNAME .\n", "203.0.113.66 -1")]
    [InlineData("""
        {"type":"bundle","id":"bundle--1","objects":[{"type":"indicator","id":"indicator--1","pattern_type":"stix",
        "pattern":"[ipv4-addr:value = '203.0.113.66']"},{"type":"indicator","id":"indicator--2","pattern_type":"stix",
        "pattern":"[ipv4-addr:value = '203.0.113.67']","valid_until":"2025-13-01"}]}
        """, "203.0.113.66 -0")]
    [InlineData("""
        {"Event":{"Attribute":[{"type":"ip-dst","value":"203.0.113.68","to_ids":true,
        "Tag":[{"name":"false-positive:risk=\"high\""}]},{"type":"ip-dst","value":"203.0.113.69","to_ids":true,
        "decay_score":[{"score":0,"decayed":true}]},
        {"type":"ip-dst|port","value":"203.0.113.70|443|tcp","to_ids":true}],
        "Object":[{"name":"ip-port","Attribute":[{"type":"ip-dst","value":"203.0.113.66","to_ids":true},
        {"type":"port","value":"443","object_relation":"dst-port"},
        {"type":"port","value":"8443","object_relation":"dst-port"},
        {"type":"port","value":"22","object_relation":"dst-port","deleted":true}]}]}}
        """, "203.0.113.66:443 203.0.113.66:8443 -1")]
    public void What_a_row_says_beside_its_address_counts(string text, string read) => Assert.Equal(read, Read(text));

    [Theory]
    [InlineData("\"80, 443\"", "203.0.113.66:80 203.0.113.66:443 -0")]
    [InlineData("443/tcp", "203.0.113.66:443/tcp -0")]
    [InlineData("any", "203.0.113.66 -0")]
    [InlineData("\"80,70000\"", "refused")]
    public void Ports_as_columns_write_them(string port, string read)
    {
        Assert.Equal(read, Read($"ip,port\n203.0.113.66,{port}\n"));
        Assert.Equal(read, Read($"\"IP Address\",\"Port Number\"\n203.0.113.66,{port}\n"));
    }

    [Theory]
    [InlineData("75", 75)]
    [InlineData("75%", 75)]
    [InlineData("0.9", 90)]
    [InlineData("Medium", 50)]
    [InlineData("low", 15)]
    [InlineData("", -1)]
    [InlineData("who knows", -1)]
    [InlineData("250", 100)]
    public void Confidence_is_a_number_a_share_or_a_word(string written, int read) =>
        Assert.Equal(read, FeedEntryAttributes.ConfidenceOf(written));

    [Theory]
    [InlineData("2025-11-30 10:53:20 UTC")]
    [InlineData("2025-11-30T10:53:20Z")]
    [InlineData("1764500000")]
    [InlineData("1764500000000")]
    public void A_time_is_the_same_in_every_form(string written) =>
        Assert.Equal(1_764_500_000_000, FeedEntryAttributes.Time(written));

    [Theory]
    [InlineData("""
        {"type":"bundle","id":"bundle--1","spec_version":"2.0","objects":[{"type":"indicator","id":"indicator--1",
        "pattern":"[ipv4-addr:value = '203.0.113.66']","labels":["malicious-activity"]},
        {"type":"indicator","id":"indicator--2","pattern":"[ipv4-addr:value = '203.0.113.67']","labels":["benign"]},
        {"type":"indicator","id":"indicator--3","pattern":"[ipv4-addr:value = '203.0.113.68']",
        "labels":["anonymization"]}]}
        """, "203.0.113.66 -0")]
    [InlineData("""
        uuid,event_id,category,type,value,comment,to_ids,date
        u,1,Network activity,ip-dst,203.0.113.66,,1,20260528
        u,1,Network activity,ip-dst,203.0.113.67,,0,20260528
        u,1,Network activity,ip-dst|port,203.0.113.68|443,,True,20260528
        u,1,Network activity,ip-src,203.0.113.69,,1,20260528
        """, "203.0.113.66 203.0.113.68:443 203.0.113.69=Attacker -0")]
    [InlineData("""
        $TTL 1h
        32.66.113.0.203.rpz-ip CNAME .
        32.67.113.0.203.rpz-ip CNAME 32.67.113.0.203.
        """, "203.0.113.66 203.0.113.67=Allow -0")]
    [InlineData("""
        $TTL 1h
        $origin rpz-ip.rpz.example.
        32.66.113.0.203 CNAME .
        """, "203.0.113.66 -0")]
    [InlineData("""
        $TTL 1h
        32.66.113.0.203.rpz-ip CNAME .
        @ IN SOA localhost. root.localhost. ( 1 1h 15m 30d 2h
        32.67.113.0.203.rpz-ip CNAME .
        """, "203.0.113.66 -1")]
    public void Each_publisher_has_his_own_word_for_whom_he_does_not_accuse(string text, string read) =>
        Assert.Equal(read, Read(text));

    [Theory]
    [InlineData("network,mask", "203.0.113.0,255.255.255.0", "203.0.113.0/24 -0")]
    [InlineData("ip,subnet_mask", "203.0.113.64,255.255.255.192", "203.0.113.64/26 -0")]
    [InlineData("ip,netmask", "203.0.113.66,255.255.255.255", "203.0.113.66 -0")]
    [InlineData("network,prefix", "203.0.113.0,24", "203.0.113.0/24 -0")]
    [InlineData("ip,cidr", "203.0.113.0,203.0.113.0/24", "203.0.113.0 -0")]
    [InlineData("network,mask", "203.0.113.0,0.0.0.255", "refused")]
    [InlineData("network,mask", "203.0.113.0,255.0.255.0", "refused")]
    public void A_network_and_its_mask_may_stand_in_two_columns(string header, string row, string read) =>
        Assert.Equal(read, Read($"{header}\n{row}\n"));

    [Fact]
    public void Eight_digits_are_a_day() => Assert.Equal(1_779_926_400_000, FeedEntryAttributes.Time("20260528"));
}
