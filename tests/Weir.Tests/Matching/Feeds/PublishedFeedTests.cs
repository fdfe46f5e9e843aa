// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Reading;
using Weir.Tests.Support;

namespace Weir.Tests.Matching.Feeds;

/// <summary>Published files as they are. The numbers were counted from the files by other means
/// (grep, a JSON tool).</summary>
public class PublishedFeedTests
{
    private static Feed Read(string path, string options = "") =>
        FeedReader.Read(FeedOptions.Parse(SharedData.Path("feeds/" + path) + options), TimeProvider.System);

    [Theory]
    [InlineData("abusech/ipblocklist.csv", "csv", 28, 0, 0)]
    [InlineData("abusech/sslipblacklist.csv", "csv", 114, 0, 0)]
    [InlineData("abusech/threatfox-lookalike.csv.xz", "csv", 5, 24_725, 14)]
    [InlineData("c2intel/IPC2s-30day.csv", "csv", 1_318, 0, 0)]
    [InlineData("c2intel/all.txt", "plain", 2_347, 0, 0)]
    [InlineData("c2intel/Cobalt Strike C2 IPs.txt", "plain", 160, 0, 0)]
    [InlineData("c2intel/XtremeRAT Trojan IPs.txt", "plain", 22, 0, 0)]
    [InlineData("firehol/cidr_report_bogons.netset", "ipset", 3_356, 0, 0)]
    [InlineData("firehol/dshield.netset", "ipset", 18, 0, 0)]
    [InlineData("firehol/feodo.ipset", "ipset", 1_425, 0, 0)]
    [InlineData("firehol/feodo_badips.ipset", "ipset", 0, 0, 0)]
    [InlineData("firehol/sslbl.ipset", "ipset", 133, 0, 0)]
    [InlineData("ipsum/ipsum.txt.xz", "ipsum", 120_430, 0, 0)]
    [InlineData("spamhaus/drop_v4.json", "json-lines", 1_406, 0, 0)]
    [InlineData("spamhaus/spamhaus_drop_list.txt", "plain", 1_670, 0, 0)]
    // 4,875 owners, two of them longer than a name may be (RFC 1035 §2.3.4), each once more with "*."
    [InlineData("tweetfeed/rpz.txt", "rpz", 0, 4_873, 4)]
    [InlineData("tweetfeed/today.csv", "csv", 1, 28, 0)]
    [InlineData("tweetfeed/misp", "misp-feed", 244, 960, 353)]
    [InlineData("tweetfeed/misp/01d7d459-91ef-5fa0-8bf8-1e682f4c5c93.json", "misp", 22, 38, 0)]
    [InlineData("tweetfeed/stix/week.json.xz", "stix", 162, 575, 0)]
    [InlineData("tweetfeed/stix/taxii", "stix-index", 0, 0, 0)]
    [InlineData("tweetfeed/stix/manifest.json", "stix-index", 0, 0, 0)]
    [InlineData("stix/UAT-10147 deploys SPECTRE.json", "stix", 4, 4, 0)]
    [InlineData("stix/UAT-10147 integrates agentic AI.json", "stix", 2, 0, 0)]
    [InlineData("stix/artoken-inside-an-eviltokens-affiliate-panel-targeting-microsoft-365.json", "stix", 1, 13, 0)]
    [InlineData("stix/cytrox.stix2", "stix", 0, 336, 0)]
    [InlineData("stix/iran-middle-east.json", "stix", 0, 5, 0)]
    [InlineData("stix/novispy.stix2", "stix", 7, 0, 0)]
    [InlineData("stix/uat-7810.json", "stix", 4, 0, 0)]
    [InlineData("stix/uat-9244.json", "stix", 24, 3, 0)]
    [InlineData("warninglists/akamai.list.json", "misp-warninglist", 268, 0, 0)]
    [InlineData("warninglists/amazon-aws.list.json", "misp-warninglist", 3_847, 0, 0)]
    [InlineData("warninglists/cloudflare.list.json", "misp-warninglist", 22, 0, 0)]
    [InlineData("warninglists/google-gcp.list.json", "misp-warninglist", 471, 0, 0)]
    [InlineData("warninglists/microsoft-azure.list.json", "misp-warninglist", 2_683, 0, 0)]
    [InlineData("warninglists/multicast.list.json", "misp-warninglist", 16, 0, 0)]
    [InlineData("warninglists/rfc1918.list.json", "misp-warninglist", 3, 0, 0)]
    public void A_published_list_is_read_whole(string path, string format, int entries, int domains, int refused)
    {
        var feed = Read(path);
        Assert.Equal((format, entries, domains, refused), (
            feed.Format, feed.Entries.Count, feed.Domains.Count, feed.Refused.Count));
    }

    [Theory]
    [InlineData("gaming_supply_chain.misp_event.json")]
    [InlineData("misp-mosquito-event.json")]
    [InlineData("misp-ramsay.json")]
    [InlineData("misp-turla-comrat-v4-event.json")]
    [InlineData("misp-turla-crutch-event.json")]
    [InlineData("misp-turla-outlook-event.json")]
    [InlineData("misp-turla-wateringhole-armenia-event.json")]
    [InlineData("misp.event_2021-06-10_backdoordiplomacy.json")]
    public void An_event_without_addresses_meant_for_detection_gives_none_and_says_what_it_held(string name)
    {
        var feed = Read("misp-events/" + name);
        Assert.Equal(("misp", 0, 0, 0), (feed.Format, feed.Entries.Count, feed.Domains.Count, feed.Refused.Count));
        Assert.NotEmpty(feed.Ignored);
    }

    [Theory]
    [InlineData(2, 30_773)]
    [InlineData(3, 14_217)]
    [InlineData(5, 1_413)]
    [InlineData(8, 23)]
    public void Ipsum_is_cut_at_the_minimum_of_hits(int minimum, int entries)
    {
        var feed = Read("ipsum/ipsum.txt.xz", $",min-hits={minimum}");
        Assert.Equal(entries, feed.Entries.Count);
        Assert.Equal(120_430 - entries, feed.Ignored["fewer hits than asked for"]);
    }

    [Fact]
    public void What_is_published_as_a_source_informs_and_no_more()
    {
        var feed = Read("stix/uat-9244.json");
        Assert.All(feed.Entries, entry => Assert.Equal(ListRole.Attacker, entry.Role));
    }

    [Fact]
    public void Refused_lines_of_a_published_list_are_named()
    {
        var feed = Read("abusech/threatfox-lookalike.csv.xz");
        int[] lines = [
            11129, 14495, 14942, 15735, 16426, 16587, 16679, 16967, 17392, 17400, 17809, 17820, 22671, 22905];
        Assert.Equal(lines.Select(line => $"line {line}"), feed.Refused.Examples.Select(line => line.Place));
    }

    [Fact]
    public void First_and_last_reports_and_the_family_come_with_the_entry()
    {
        var feed = Read("abusech/ipblocklist.csv");
        var first = feed.Entries[0];
        Assert.Equal(("192.9.135.73:1194", "Pikabot", "ipblocklist"), (first.ToString(), first.Family, first.List));
        Assert.Equal(DateTimeOffset.Parse("2023-05-23T17:51:44Z").ToUnixTimeMilliseconds(), first.FirstSeenMs);
        Assert.Equal(DateTimeOffset.Parse("2024-04-01T00:00:00Z").ToUnixTimeMilliseconds(), first.LastSeenMs);
    }
}
