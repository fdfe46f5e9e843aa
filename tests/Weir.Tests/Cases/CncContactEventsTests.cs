// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Segments;
using Weir.Wire;

namespace Weir.Tests.Cases;

public sealed class CncContactEventsTests
{
    private static readonly Endpoint Server = new(IpKey.Parse("198.51.100.7"), 443, Protocols.Tcp);

    private static Sighting Seen(
        ContactKind kind, byte subject = 1, long first = 1_000, string list = "c2", uint contacts = 2,
        ListRole role = ListRole.C2) =>
            new(new SubjectKey(subject), Server, list, kind, first, first + 500, contacts, role);

    [Fact]
    public void An_exchange_makes_an_event_about_that_endpoint_and_nothing_else()
    {
        var told = Assert.Single(
            CncContactEvents.From([Seen(ContactKind.Exchange), Seen(ContactKind.Exchange, first: 9_000, contacts: 3)]));

        Assert.Equal((RuleId.CncContact, "both tcp rport=443 raddr=198.51.100.7", "exchanges"), (
            told.Rule, told.Class!.ToString(), told.Unit));
        Assert.Equal((1_000, 9_500, 5d, 1d), (told.FromMs, told.UntilMs, told.Measured, told.Threshold));
    }

    [Theory]
    [InlineData(ContactKind.Attempt)]
    [InlineData(ContactKind.AnsweredProbe)]
    public void An_attempt_makes_none(ContactKind kind) => Assert.Empty(CncContactEvents.From([Seen(kind)]));

    [Fact]
    public void Two_lists_that_name_one_endpoint_make_one_event_and_two_subjects_make_two()
    {
        var both = CncContactEvents.From([Seen(ContactKind.Exchange), Seen(ContactKind.Exchange, list: "other")]);
        Assert.Equal((2d, "listed by c2, other"), (Assert.Single(both).Measured, both[0].Detail));

        Assert.Equal(
            2, CncContactEvents.From([Seen(ContactKind.Exchange), Seen(ContactKind.OneSided, subject: 2)]).Count);
    }

    [Fact]
    public void The_same_sightings_make_the_same_events()
    {
        Sighting[] seen = [Seen(ContactKind.Exchange), Seen(ContactKind.Exchange, subject: 2)];

        Assert.Equal(CncContactEvents.From(seen).Select(e => e.Number), CncContactEvents.From(seen.Reverse())
            .Select(e => e.Number));
    }
}
