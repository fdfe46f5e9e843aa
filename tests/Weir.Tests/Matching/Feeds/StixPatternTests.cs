// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Stix;

namespace Weir.Tests.Matching.Feeds;

public sealed class StixPatternTests
{
    private static string Shown(StixTerm term)
    {
        var what = term.What.Kind == IndicatorKind.Domain ? term.What.Name
            : new Weir.Contracts.Lists.ListEntry(term.What.What, term.What.Port, term.What.Protocol, null!, 0, 0, 0, 0)
                .ToString();
        return term.IsSource ? what + " source" : what;
    }

    [Theory]
    [InlineData("[ipv4-addr:value = '192.0.2.1']", "192.0.2.1")]
    [InlineData("[ipv4-addr:value='192.0.2.1']", "192.0.2.1")]
    [InlineData("[ipv4-addr:value = '192.0.2.0/24']", "192.0.2.0/24")]
    [InlineData("[ipv4-addr:value ISSUBSET '192.0.2.0/24']", "192.0.2.0/24")]
    [InlineData("[ipv6-addr:value = '2001:db8::1']", "2001:db8::1")]
    [InlineData("[ipv4-addr:value IN ('192.0.2.1', '192.0.2.2')]", "192.0.2.1 | 192.0.2.2")]
    [InlineData("[ipv4-addr:value = '192.0.2.1' OR ipv4-addr:value = '192.0.2.2']", "192.0.2.1 | 192.0.2.2")]
    [InlineData("[ipv4-addr:value = '192.0.2.1'] OR [domain-name:value = 'Evil.example']", "192.0.2.1 | evil.example")]
    [InlineData("[ipv4-addr:value = '192.0.2.1'] AND [ipv4-addr:value = '192.0.2.2']", "192.0.2.1 | 192.0.2.2")]
    [InlineData("[ipv4-addr:value = '192.0.2.1'] FOLLOWEDBY [domain-name:value = 'a.example']",
        "192.0.2.1 | a.example")]
    [InlineData("[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '192.0.2.1']",
        "192.0.2.1")]
    [InlineData("[network-traffic:src_ref.type = 'ipv4-addr' AND network-traffic:src_ref.value = '192.0.2.1']",
        "192.0.2.1 source")]
    [InlineData("[network-traffic:dst_ref.value = '192.0.2.1' AND network-traffic:dst_port = 443]", "192.0.2.1:443")]
    [InlineData("[network-traffic:dst_port = '443' AND network-traffic:dst_ref.value = '192.0.2.1']", "192.0.2.1:443")]
    [InlineData("[network-traffic:dst_ref.value = '192.0.2.1' AND network-traffic:dst_port IN (80, 443) AND "
        + "network-traffic:protocols[*] = 'tcp']", "192.0.2.1:80/tcp | 192.0.2.1:443/tcp")]
    [InlineData("[network-traffic:dst_ref.value = '192.0.2.1' AND network-traffic:protocols[0] = 'ipv4' AND "
        + "network-traffic:protocols[1] = 'udp']", "192.0.2.1/udp")]
    [InlineData("[network-traffic:dst_ref.value = '192.0.2.1' AND (network-traffic:dst_port = 80 OR "
        + "network-traffic:dst_port = 81)]", "192.0.2.1:80 | 192.0.2.1:81")]
    [InlineData("[domain-name:value = 'a.example' AND domain-name:resolves_to_refs[*].value = '192.0.2.1']",
        "a.example | 192.0.2.1")]
    [InlineData("[domain-name:value = '192.0.2.1']", "192.0.2.1")]
    [InlineData("([ipv4-addr:value = '192.0.2.1']) WITHIN 300 SECONDS", "192.0.2.1")]
    [InlineData("[ipv4-addr:value = '192.0.2.1'] REPEATS 1 TIMES", "192.0.2.1")]
    [InlineData("[file:hashes.'SHA-256' = 'x'] OR [ipv4-addr:value = '192.0.2.1']", "192.0.2.1")]
    [InlineData("[file:name = 'it\\'s' OR ipv4-addr:value = '192.0.2.1']", "192.0.2.1")]
    public void What_flows_can_show_is_taken(string pattern, string expected)
    {
        var reading = StixPattern.Read(pattern);

        Assert.Empty(reading.Faults);
        Assert.Equal(expected, string.Join(" | ", reading.Terms.Select(Shown)));
    }

    [Theory]
    [InlineData("[file:hashes.MD5 = 'x']", "file")]
    [InlineData("[url:value = 'http://a.example/']", "url")]
    [InlineData("[app:cert.sha256='x' AND file:name LIKE '%a']", "app file")]
    public void What_flows_do_not_show_is_named_and_left(string pattern, string others)
    {
        var reading = StixPattern.Read(pattern);

        Assert.Empty(reading.Faults);
        Assert.Empty(reading.Terms);
        Assert.Equal(others, string.Join(' ', reading.Others));
    }

    [Theory]
    [InlineData("[ipv4-addr:value = '192.0.2.1' AND file:name = 'x']",
        "at 36: file:name restricts in a way that flows do not show")]
    [InlineData("[ipv4-addr:value = '192.0.2.1'] AND [file:name = 'x']",
        "also asks for file (AND), which flows do not show")]
    [InlineData("[ipv4-addr:value = '192.0.2.1'] FOLLOWEDBY [file:name = 'x']", "also asks for file (FOLLOWEDBY)")]
    [InlineData("[ipv4-addr:value != '192.0.2.1']", "at 2: ipv4-addr:value is compared by !=, which names no endpoint")]
    [InlineData("[NOT ipv4-addr:value = '192.0.2.1']", "is compared by NOT =")]
    [InlineData("[ipv4-addr:value NOT IN ('192.0.2.1')]", "is compared by NOT IN")]
    [InlineData("[ipv4-addr:value LIKE '192.0.%']", "is compared by LIKE")]
    [InlineData("[EXISTS ipv4-addr:value]", "is compared by EXISTS")]
    [InlineData("[ipv4-addr:value = '192.0.2.1' AND ipv4-addr:value = '192.0.2.2']",
        "is asked to have two values at once")]
    [InlineData("[network-traffic:dst_port = 443]", "names ports or protocols without an address")]
    [InlineData("[network-traffic:dst_ref.value = '192.0.2.1' AND network-traffic:src_ref.value = '192.0.2.2']",
        "names both ends")]
    [InlineData("[network-traffic:dst_ref.value = '192.0.2.1' AND network-traffic:src_port = 5]",
        "restricts the port of the other end")]
    [InlineData("[network-traffic:dst_ref.value = '192.0.2.1' AND network-traffic:dst_port = 0]", "'0' is not a port")]
    [InlineData("[network-traffic:dst_ref.value = '192.0.2.1' AND network-traffic:protocols[*] = 'quux']",
        "'quux' is not a protocol")]
    [InlineData("[ipv4-addr:value = '192.0.2.999']", "is not an IPv4 address")]
    [InlineData("[ipv4-addr:value = '192.0.2.1'] REPEATS 5 TIMES", "REPEATS restricts")]
    [InlineData("[ipv4-addr:value = '192.0.2.1'] START t'2024-01-01T00:00:00Z' STOP t'2024-02-01T00:00:00Z'",
        "START restricts")]
    [InlineData("[ipv4-addr:value = '192.0.2.1'", "at 31: ']' expected, found the end")]
    [InlineData("[ipv4-addr:value '192.0.2.1']", "at 18: an operator expected")]
    [InlineData("[ipv4-addr:value = ]", "at 20: a value expected, found ]")]
    [InlineData("[ipv4-addr:value = '192.0.2.1]", "found a quote without end")]
    [InlineData("ipv4-addr:value = '192.0.2.1'", "at 1: '[' expected")]
    [InlineData("[ipv4-addr:value = '192.0.2.1'] [ipv4-addr:value = '192.0.2.1']", "the end of the pattern expected")]
    [InlineData("[= '192.0.2.1']", "an object path expected")]
    [InlineData("", "'[' expected, found the end")]
    public void What_cannot_be_taken_whole_is_refused_with_its_place(string pattern, string reason)
    {
        var reading = StixPattern.Read(pattern);

        Assert.Empty(reading.Terms);
        Assert.Contains(reading.Faults, fault => fault.Contains(reason, StringComparison.Ordinal));
    }

    [Fact]
    public void One_bad_alternative_leaves_the_good_ones()
    {
        var reading = StixPattern.Read(
            "[ipv4-addr:value = '192.0.2.1'] OR [ipv4-addr:value = '192.0.2.2' AND file:name = 'x']");

        Assert.Equal("192.0.2.1", Shown(Assert.Single(reading.Terms)));
        Assert.Single(reading.Faults);
    }

    [Fact]
    public void Nesting_and_alternatives_are_bounded()
    {
        Assert.Contains("nested deeper than 32", StixPattern.Read(new string('(', 50_000)).Faults);
        Assert.Contains("nested deeper than 32", StixPattern.Read("[" + new string('(', 50_000)).Faults);
        var half = string.Join(" OR ", Enumerable.Range(0, 40).Select(i => $"a:b = {i}"));
        Assert.Contains("more than 1,024 alternatives", StixPattern.Read($"[({half}) AND ({half})]").Faults);
        Assert.Contains("longer than 65,536", Assert.Single(StixPattern.Read(new string('x', 65_537)).Faults));
    }
}
