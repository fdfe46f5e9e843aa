// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Notices;
using Weir.Desk.Customers;
using Weir.Desk.Mitigation;
using Weir.Tests.Blocking;
using Weir.Tests.Cases;
using Weir.Tests.Support;
using static Weir.Tests.Cases.CaseHandlerFixture;

namespace Weir.Tests.DeskProcess.Customers;

/// <summary>The page says of blocks what routers hold, of the scope's own far end, while it lasts.</summary>
public sealed class ScopeMeasuresTests
{
    private const string Own = "flowspec 198.51.100.7/32 tcp 443 discard";
    private const string OwnLine = "flowspec 198.51.100.7/32 tcp 443 discard line=100.64.0.9/32";

    [Theory]
    [InlineData(Own, LeaseState.Planned, "")]
    [InlineData(Own, LeaseState.Approved, "")]
    [InlineData(Own, LeaseState.Announced, "")]
    [InlineData(Own, LeaseState.Verified, "ClosedForAll 198.51.100.7:443/tcp")]
    [InlineData("flowspec 198.51.100.7/32 tcp 80 discard", LeaseState.Verified, "")]
    [InlineData("flowspec 198.51.100.7/32 udp 443 discard", LeaseState.Verified, "")]
    [InlineData("flowspec 198.51.100.8/32 tcp 443 discard", LeaseState.Verified, "")]
    [InlineData("blackhole 198.51.100.7/32", LeaseState.Verified, "ClosedForAll 198.51.100.7")]
    [InlineData("name evil.example nxdomain", LeaseState.Verified, "")]
    [InlineData(OwnLine, LeaseState.Verified, "")]
    public async Task Only_what_stands_is_told(string target, LeaseState state, string told)
    {
        await using var place = await OpenAsync();
        await place.HandleAsync(Event(
            1, 7, RuleId.CncContact, Class(Direction.Both, Tcp, [443], "198.51.100.7"), phase: EventPhase.Closed));
        var file = place.Desk.Files.Single();
        var records = new FakeMitigationRecords();
        await records.WriteAsync([Row(target, state)], default);
        using var desk = await FakeMitigationRecords.DeskAsync(records, place.Clock);

        Assert.Equal(told, string.Join(';', new ScopeMeasures(desk, _ => null, place.Clock)
            .GetActive(file, file.Scopes[0]).Select(d => $"{d.Kind} {d.What}")));
    }

    [Fact]
    public async Task A_block_for_one_line_is_told_to_its_own_case_alone_and_never_the_line_s_address()
    {
        await using var place = await OpenAsync();
        await place.HandleAsync(
            Event(1, 7, RuleId.CncContact, Class(Direction.Both, Tcp, [443], "198.51.100.7"), phase: EventPhase.Closed),
            Event(
                2, 8, RuleId.CncContact, Class(Direction.Both, Tcp, [443], "198.51.100.7"), phase: EventPhase.Closed));
        var (own, other) = (place.Desk.Files.First(), place.Desk.Files.Last());
        var records = new FakeMitigationRecords();
        await records.WriteAsync([Row(OwnLine, LeaseState.Verified) with { Case = own.Id.Number }], default);
        using var desk = await FakeMitigationRecords.DeskAsync(records, place.Clock);
        var doings = new ScopeMeasures(desk, _ => null, place.Clock);

        var told = Assert.Single(doings.GetActive(own, own.Scopes[0]));
        Assert.Equal((ActionKind.ClosedForLine, "198.51.100.7:443/tcp"), (told.Kind, told.What));
        Assert.Empty(doings.GetActive(other, other.Scopes[0]));
        place.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Empty(doings.GetActive(own, own.Scopes[0]));
    }

    private static LeaseRow Row(string target, LeaseState state) => new()
    {
        Id = 1,
        Target = target,
        State = state,
        Threat = "t",
        Necessity = "n",
        Alternatives = "a",
        NonCaseSubjects = 3,
        Subjects = 1_000,
        CountedMs = Start,
        PlannedBy = "ann",
        PlannedMs = Start,
        ApprovedBy = "ann, otto",
        ApprovedMs = Start,
        EndsMs = Start + 86_400_000,
        StateMs = Start,
        EvidenceMs = Start,
    };
}
