// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Weir.Cli.Commands.Notices;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Scopes;
using Weir.Desk.Complaints;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Reading;
using Weir.Desk.Sharing;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.Notifying.Sharing;

/// <summary>What is shared is what the standards ask for, and our own readers take it back as what it was.</summary>
public sealed partial class DocumentTests : IDisposable
{
    private static readonly DateTimeOffset First = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Made = First.AddHours(3);
    private static readonly Sharer Sharer = new("Example Net", "example.net", "abuse@example.net");

    private static readonly SharedEndpoint[] Endpoints =
    [
        One("198.51.100.7", 443, Protocols.Tcp), One("2001:db8::7", 7_703, Protocols.Udp) with
        {
            By = ConfirmedBy.Promoted,
            Lists = [],
            Lines = "<10",
            Family = ""
        },
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-sharing-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Our_list_reader_takes_the_bundle_back()
    {
        var feed = ReadBack("stix");
        Assert.Equal("stix", feed.Format);
        Assert.Equal(0, feed.Refused.Count);
        Assert.Equal(["198.51.100.7:443/tcp", "[2001:db8::7]:7703/udp"], feed.Entries
            .Select(e => e.ToString()).Order(StringComparer.Ordinal));
        Assert.All(feed.Entries, e => Assert.Equal(First.AddDays(30).ToUnixTimeMilliseconds(), e.ExpiresMs));
        Assert.All(feed.Entries, e => Assert.Equal(ListRole.C2, e.Role));
        Assert.All(feed.Entries, e => Assert.Equal(80, e.Confidence));
    }

    [Fact]
    public void Our_list_reader_takes_the_event_back()
    {
        var feed = ReadBack("misp");
        Assert.Equal("misp", feed.Format);
        Assert.Equal(0, feed.Refused.Count);
        Assert.Equal(["198.51.100.7:443", "[2001:db8::7]:7703"], feed.Entries
            .Select(e => e.ToString()).Order(StringComparer.Ordinal));
        Assert.All(feed.Entries, e => Assert.Equal(First.ToUnixTimeMilliseconds(), e.FirstSeenMs));
    }

    [Fact]
    public void Our_complaint_reader_takes_the_reports_back()
    {
        var output = new StringWriter();
        NotifyExportCommand.Write("xarf", Endpoints, new(Sharer, Tlp.Amber, Made), null, output);
        var reading = XarfReader.Read(Encoding.UTF8.GetBytes(output.ToString()));
        Assert.Empty(reading.Faults);
        Assert.Equal(
            ["198.51.100.7 443", "2001:db8::7 7703"], reading.Complaints.Select(c => $"{c.Source} {c.SourcePort}"));
        Assert.All(reading.Complaints, c =>
            Assert.Equal(("infrastructure/botnet", Purpose.CncContact, First), (c.Kind, c.About, c.At)));

        NotifyExportCommand.Write("xarf", Endpoints, new(Sharer, Tlp.Amber, Made), _folder, output);
        Assert.Equal(["198.51.100.7_443_tcp.json", "2001_db8__7_7703_udp.json"], Directory.EnumerateFiles(_folder)
            .Select(p => Path.GetFileName(p)!).Order(StringComparer.Ordinal));
        Assert.All(Directory.EnumerateFiles(_folder), path =>
            Assert.Single(XarfReader.Read(File.ReadAllBytes(path)).Complaints));
    }

    [Fact]
    public void An_export_of_nothing_makes_its_folder_and_says_when_contacts_count()
    {
        var folder = Path.Combine(_folder, "xarf", "none");
        NotifyExportCommand.Write("xarf", [], new(Sharer, Tlp.Amber, Made), folder, TextWriter.Null);

        Assert.Empty(Directory.EnumerateFiles(folder));
        Assert.StartsWith("weir: 0 endpoints: ", NotifyExportCommand.Nothing(7), StringComparison.Ordinal);
        Assert.Contains(
            "a contact counts when its window is counted", NotifyExportCommand.Nothing(7), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_object_of_a_bundle_has_what_STIX_requires_and_refers_to_what_is_there()
    {
        var bundle = StixDocument.Create(Endpoints, Sharer, Tlp.Amber, Made);
        Assert.Equal("bundle", Text(bundle, "type"));
        var objects = bundle["objects"]!.AsArray().Select(o => o!.AsObject()).ToList();
        var ids = objects.Select(o => Text(o, "id")).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(objects.Count, ids.Count);
        Dictionary<string, string[]> required = new(StringComparer.Ordinal)
        {
            ["marking-definition"] = ["created", "definition_type", "definition"],
            ["identity"] = ["created", "modified", "name"],
            ["indicator"] = ["created", "modified", "pattern", "pattern_type", "valid_from"],
            ["infrastructure"] = ["created", "modified", "name"],
            ["relationship"] = ["created", "modified", "relationship_type", "source_ref", "target_ref"],
            ["sighting"] = ["created", "modified", "sighting_of_ref"],
            ["ipv4-addr"] = ["value"],
            ["ipv6-addr"] = ["value"],
        };
        foreach (var item in objects)
        {
            var type = Text(item, "type");
            Assert.Equal("2.1", Text(item, "spec_version"));
            Assert.StartsWith($"{type}--", Text(item, "id"), StringComparison.Ordinal);
            Assert.True(Guid.TryParse(Text(item, "id")[(type.Length + 2)..], out var uuid));
            Assert.True(
                type == "marking-definition" || uuid.Version == 5, $"{type} has a UUID of version {uuid.Version}");
            Assert.All(required[type], key => Assert.True(item.ContainsKey(key), $"{type} lacks {key}"));
            foreach (var (key, value) in item.Where(
                p => p.Key is "created" or "modified" or "valid_from" or "valid_until" or "first_seen" or "last_seen"))
            {
                Assert.True(StixTime().IsMatch((string)value!), $"{key} is {value}");
            }

            Assert.True(!item.ContainsKey("modified")
                || string.CompareOrdinal(Text(item, "created"), Text(item, "modified")) <= 0);
            Assert.True(!item.ContainsKey("valid_until")
                || string.CompareOrdinal(Text(item, "valid_from"), Text(item, "valid_until")) < 0);
            Assert.All(item.Where(p => p.Key.EndsWith("_ref", StringComparison.Ordinal)), p =>
                Assert.Contains((string)p.Value!, ids));
            Assert.All(
                item.Where(p => p.Key.EndsWith("_refs", StringComparison.Ordinal)).SelectMany(p => p.Value!.AsArray()),
                r => Assert.Contains((string)r!, ids));
            Assert.True(type is "marking-definition" or "identity" || item.ContainsKey("object_marking_refs"));
        }

        Assert.Equal(2, objects.Count(o => Text(o, "type") == "indicator"));
        Assert.Equal(2, objects.Count(o => Text(o, "type") == "sighting"));

        // The standard's own identifiers for an address: a name-based UUID of its value alone (section 2.9).
        Assert.Contains(
            "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4",
            Ids(StixDocument.Create([One("198.51.100.3", 1, Protocols.Tcp)], Sharer, Tlp.Amber, Made)));
    }

    [Theory]
    [InlineData(Tlp.Clear, "white", "3", "tlp:clear")]
    [InlineData(Tlp.Green, "green", "1", "tlp:green")]
    [InlineData(Tlp.Amber, "amber", "0", "tlp:amber")]
    [InlineData(Tlp.Red, "red", "0", "tlp:red")]
    public void The_marking_is_on_all_of_it(Tlp tlp, string stix, string distribution, string tag)
    {
        var marking = StixDocument.Create(Endpoints, Sharer, tlp, Made)["objects"]!
            .AsArray().Single(o => (string)o!["type"]! == "marking-definition")!;
        Assert.Equal(stix, (string)marking["definition"]!["tlp"]!);
        var misp = MispDocument.Create(Endpoints, Sharer, tlp, Made)["Event"]!;
        Assert.Equal(distribution, (string)misp["distribution"]!);
        Assert.Contains(tag, misp["Tag"]!.AsArray().Select(t => (string)t!["name"]!));
        Assert.Contains(tag, XarfDocument.Create(Endpoints[0], Sharer, tlp)["tags"]!.AsArray().Select(t => (string)t!));
    }

    [Fact]
    public void What_is_shared_again_has_the_same_ids_and_what_was_seen_again_is_a_later_version()
    {
        var (one, same) = (StixDocument.Create(Endpoints, Sharer, Tlp.Amber, Made), StixDocument.Create(
            Endpoints, Sharer, Tlp.Amber, Made));
        Assert.Equal(one.ToJsonString(), same.ToJsonString());
        var later = StixDocument.Create(
            [.. Endpoints.Select(e => e with { First = e.First.AddHours(1), Last = e.Last.AddDays(1) })], Sharer,
            Tlp.Amber, Made.AddDays(1));
        Assert.Equal(Ids(one).Skip(1), Ids(later).Skip(1));
        Assert.NotEqual((string)one["id"]!, (string)later["id"]!);
        foreach (var (before, after) in one["objects"]!
            .AsArray().Zip(later["objects"]!.AsArray()).Where(p => p.First!.AsObject().ContainsKey("modified")))
        {
            Assert.Equal((string)before!["created"]!, (string)after!["created"]!);
            Assert.True(string.CompareOrdinal((string)before["modified"]!, (string)after["modified"]!) < 0);
        }

        Assert.NotEqual(
            XarfDocument.Create(Endpoints[0], Sharer, Tlp.Amber)["report_id"]!.ToString(),
            XarfDocument.Create(Endpoints[1], Sharer, Tlp.Amber)["report_id"]!.ToString());
    }

    [Fact]
    public void A_report_has_what_XARF_requires()
    {
        foreach (var shared in Endpoints)
        {
            var report = XarfDocument.Create(shared, Sharer, Tlp.Green);
            Assert.All(
                (string[])[
                    "xarf_version", "report_id", "timestamp", "reporter", "sender", "source_identifier", "category",
                    "type", "compromise_evidence"],
                key => Assert.True(report.ContainsKey(key), key));
            Assert.Matches(@"^4\.[0-9]+\.[0-9]+$", Text(report, "xarf_version"));
            Assert.Equal(4, Guid.Parse(Text(report, "report_id")).Version);
            Assert.True(DateTimeOffset.TryParseExact(
                Text(report, "timestamp"), "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal, out _));
            Assert.Equal(["contact", "domain", "org"], report["sender"]!
                .AsObject().Select(p => p.Key).Order(StringComparer.Ordinal));
            Assert.All(report["tags"]!.AsArray(), tag =>
                Assert.Matches("^[a-z0-9][a-z0-9_+-]*:[a-z0-9][a-z0-9_+-.]*$", (string)tag!));
            var evidence = report["evidence"]![0]!.AsObject();
            Assert.All(evidence, p =>
                Assert.Contains(p.Key, (string[])["content_type", "description", "payload", "hash", "size"]));
            Assert.Contains(
                $"lines {shared.Lines}", Encoding.UTF8.GetString(Convert.FromBase64String(Text(evidence, "payload"))),
                StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0, "<10")]
    [InlineData(9, "<10")]
    [InlineData(10, "10")]
    [InlineData(12, "10")]
    [InlineData(13, "15")]
    [InlineData(1_002, "1000")]
    public void Counts_leave_as_bands(long lines, string band) => Assert.Equal(band, SharedEndpoint.Band(lines, 10));

    private Feed ReadBack(string format)
    {
        var path = Path.Combine(_folder, $"{format}.json");
        NotifyExportCommand.Write(format, Endpoints, new(Sharer, Tlp.Amber, Made), path, TextWriter.Null);
        return FeedReader.Read(path, new FeedOptions { Name = "shared" }, new FakeTimeProvider(DateTimeOffset.UnixEpoch));
    }

    private static IEnumerable<string> Ids(JsonObject bundle) =>
        bundle["objects"]!.AsArray().Select(o => (string)o!["id"]!);

    private static string Text(JsonObject item, string key) => (string)item[key]!;

    private static SharedEndpoint One(string address, ushort port, byte protocol) => new()
    {
        Endpoint = new(IpKey.Parse(address), port, protocol), First = First, Last = First, ValidUntil = First.AddDays(
            30), Lines = "25", By = ConfirmedBy.Listed, Lists = ["feodo"], Family = "Dridex", Confidence = 80,
    };

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")]
    private static partial Regex StixTime();
}
