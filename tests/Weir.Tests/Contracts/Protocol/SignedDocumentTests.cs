// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;
using Weir.Contracts.Customers;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Lists;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Tests.Contracts.Signing;
using Weir.Wire;
using static Weir.Tests.Cases.CaseHandlerFixture;

namespace Weir.Tests.Contracts.Protocol;

/// <summary>What is signed is read back as it was written, value by value; a value that its schema does not allow
/// makes it no document, whoever signed it.</summary>
public sealed class SignedDocumentTests
{
    private static readonly QualityEvent Whole = Flood(0xAB, 7) with
    {
        ServicePort = 53, Domain = 4, Interface = 5, SamplingInterval = 100, Doubt = EvidenceDoubt.NewStream,
        CorroboratedMs = Start + 1_000, Sources = 2, Detail = "listed by our-c2", Promotion = "signed",
        Phase = EventPhase.Grown,
    };

    private static readonly Grant Complaint = new(
        GrantKind.Complaint, "g-1", Subject(7), 9, Flood(1, 7).Class!.Predicate, Start, Start + 60_000, new(5),
        Subject(8));

    private static readonly CustomerAct Appeal = new(
        CustomerAct.NewId(), CustomerActKind.Appeal, new(5), DateTimeOffset.UnixEpoch.AddDays(1), "it was my camera");

    [Fact]
    public void A_document_is_read_as_it_was_written()
    {
        var key = EnvelopeTests.KeyOf(1);
        var digests = Whole with { Origin = EventOrigin.Digests, Exporter = default, Phase = EventPhase.Closed };
        foreach (var written in (QualityEvent[])[Whole, digests, Flood(1, 7)])
        {
            Assert.True(EventDocument.TryRead(EventDocument.Sign(written, key), out var told));
            Assert.Equal($"{written with { Class = null }}", $"{told with { Class = null }}");
            Assert.Equal(written.Class!.ToString(), told.Class!.ToString());
        }

        var reissue = Complaint with { Kind = GrantKind.Reissue, Class = null };
        foreach (var written in (Grant[])[Complaint, Complaint with { Kind = GrantKind.Consent }, reissue])
        {
            Assert.True(GrantDocument.TryRead(GrantDocument.Sign(written, key), out var grant));
            Assert.Equal(written with { Class = null }, grant with { Class = null });
            Assert.Equal(written.Class is null, grant.Class is null);
        }

        var done = Appeal with { Kind = CustomerActKind.Fixed, Words = "" };
        foreach (var written in (CustomerAct[])[Appeal, Appeal with { Kind = CustomerActKind.Consent }, done])
        {
            Assert.True(CustomerActDocument.TryRead(CustomerActDocument.Sign(written, key), out var act));
            Assert.Equal(written, act);
        }
    }

    [Theory]
    [InlineData("number", "\"ab\"")]
    [InlineData("number", "\"00000000000000zz\"")]
    [InlineData("phase", "\"ended\"")]
    [InlineData("subject", "\"x\"")]
    [InlineData("rule", "\"gossip\"")]
    [InlineData("unit", "\"bananas\"")]
    [InlineData("ruleVersion", "0")]
    [InlineData("fromMs", "-1")]
    [InlineData("untilMs", "1")]
    [InlineData("triggeredMs", "-1")]
    [InlineData("windowSeconds", "-1")]
    [InlineData("exporter", "\"\"")]
    [InlineData("exporter", "\"0.0.0.0\"")]
    [InlineData("corroboratedMs", "1")]
    [InlineData("corroboratedMs", "1767571260001")]
    [InlineData("doubt", "\"maybe\"")]
    [InlineData("doubt", "\"\"")]
    [InlineData("sources", "256")]
    [InlineData("sources", "-1")]
    [InlineData("origin", "\"rumours\"")]
    [InlineData("origin", "\"digests\"")]
    public void An_event_with_a_value_that_is_none_is_no_event(string member, string value) => Assert.False(
        EventDocument.TryRead(Changed(EventDocument.Sign(Whole, EnvelopeTests.KeyOf(1)), member, value), out _));

    [Theory]
    [InlineData("kind", "\"rumour\"")]
    [InlineData("kind", "\"reissue\"")]
    [InlineData("id", "\"\"")]
    [InlineData("subject", "\"x\"")]
    [InlineData("before", "\"x\"")]
    [InlineData("case", "\"x\"")]
    [InlineData("class", "null")]
    [InlineData("fromMs", "-1")]
    [InlineData("untilMs", "1")]
    public void A_grant_with_a_value_that_is_none_is_no_grant(string member, string value) => Assert.False(
        GrantDocument.TryRead(Changed(GrantDocument.Sign(Complaint, EnvelopeTests.KeyOf(1)), member, value), out _));

    [Theory]
    [InlineData("id", "\"a-1\"")]
    [InlineData("kind", "\"rumour\"")]
    [InlineData("kind", "\"fixed\"")]
    [InlineData("case", "\"x\"")]
    [InlineData("words", "\"\"")]
    public void An_act_with_a_value_that_is_none_is_no_act(string member, string value) => Assert.False(
        CustomerActDocument.TryRead(
            Changed(CustomerActDocument.Sign(Appeal, EnvelopeTests.KeyOf(1)), member, value), out _));

    [Fact]
    public void What_is_too_long_or_of_another_type_is_no_document()
    {
        var key = EnvelopeTests.KeyOf(1);
        Assert.False(GrantDocument.TryRead(
            GrantDocument.Sign(Complaint with { Id = new('g', 129) }, key), out _));
        Assert.False(CustomerActDocument.TryRead(
            CustomerActDocument.Sign(Appeal with { Words = new('w', CustomerAct.MaxWords + 1) }, key), out _));
        Assert.False(EventDocument.TryRead(
            key.Sign("rumour", 1, EventDocument.Sign(Whole, key).Payload.Span), out _));
        Assert.False(GrantDocument.TryRead(
            key.Sign("rumour", 1, GrantDocument.Sign(Complaint, key).Payload.Span), out _));
        Assert.False(CustomerActDocument.TryRead(
            key.Sign("rumour", 1, CustomerActDocument.Sign(Appeal, key).Payload.Span), out _));
    }

    [Fact]
    public void Lists_are_read_as_they_were_written_and_what_follows_the_last_is_no_list()
    {
        var tag = new ListTag("our-c2", ListRole.Allow, 90, "emotet")
        {
            IsOwnConfirmation = true, Provenance = "run 7",
        };
        ListEntry[] entries =
        [
            new(Prefix.Parse("192.0.2.0/24"), 443, 6, tag, 1, 2, 3, 4),
            new(
                Prefix.Parse("2001:db8::/32"), 0, 0, new ListTag("our-c2", ListRole.C2, 10, ""), 5, 6, ListEntry.Never,
                8),
        ];
        var octets = ListsDocument.Format(
        [
            new Feed
            {
                Name = "our-c2", Path = "/a/path", Format = "csv", Role = ListRole.Allow, Entries = entries,
                Domains = [], Refused = new(0, []), Ignored = new Dictionary<string, int>(), ReadAt = default,
            },
        ]);

        var read = Assert.Single(ListsDocument.TryParse(octets, DateTimeOffset.UnixEpoch)!);
        Assert.Equal(
            ("our-c2", "", "csv", ListRole.Allow, DateTimeOffset.UnixEpoch),
            (read.Name, read.Path, read.Format, read.Role, read.ReadAt));
        Assert.Equal(entries, read.Entries);
        Assert.Null(ListsDocument.TryParse((byte[])[.. octets, 0], default));
        Assert.Null(ListsDocument.TryParse(octets.AsMemory(0, octets.Length - 1), default));
    }

    [Fact]
    public void Rows_of_evidence_are_read_as_they_were_written_and_part_of_a_row_is_none()
    {
        var row = new EvidenceRow
        {
            Scope = new(1), StartMs = 2, EndMs = 3, Remote = new(IpKey.Parse("192.0.2.7"), 443, 6), PacketsOut = 4,
            PacketsIn = 5, OctetsOut = 6, OctetsIn = 7, SamplingInterval = 8, FlagsOut = 9, FlagsIn = 10,
        };
        var octets = EvidenceRowCodec.Write([row]);

        Assert.True(EvidenceRowCodec.TryRead(octets, out var rows));
        Assert.Equal(row, Assert.Single(rows));
        Assert.False(EvidenceRowCodec.TryRead(octets.AsSpan(1), out _));
        Assert.False(EvidenceRowCodec.TryRead((byte[])[.. octets, 0], out _));
    }

    /// <summary>The same with another value, signed as rightly.</summary>
    private static Envelope Changed(Envelope right, string member, string value)
    {
        var json = JsonNode.Parse(right.Payload.Span)!.AsObject();
        Assert.True(json.ContainsKey(member), member);
        json[member] = JsonNode.Parse(value);
        return EnvelopeTests.KeyOf(1).Sign(right.Type, right.Version, Encoding.UTF8.GetBytes(json.ToJsonString()));
    }
}
