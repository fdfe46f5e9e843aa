// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Hosting.Erasing;
using Weir.Hosting.Peers.Calling;
using Weir.Tests.Support;
using static Weir.Tests.Cases.CaseHandlerFixture;

namespace Weir.Tests.Cases;

/// <summary>What time does to case files, and what keeps it from doing so.</summary>
public sealed class CaseUpkeepTests
{
    private const string Reason = "the customer does not answer mail and is to be called";

    private static QualityEvent Contact(
        ulong number, uint subject, long from = Start, string remote = "198.51.100.7") =>
            Event(
                number, subject, RuleId.CncContact, Class(Direction.Both, Tcp, [443], remote), from, from + 60_000,
                EventPhase.Closed);

    /// <summary>rules.md R27: what two people signed is not lifted because nobody commented.</summary>
    [Theory]
    [InlineData("asked")]
    [InlineData("given")]
    [InlineData("reviewed")]
    [InlineData("appealed")]
    [InlineData("said to be fixed")]
    [InlineData("an event that comes late")]
    public async Task A_case_about_which_something_is_done_does_not_close_as_untouched(string what)
    {
        await using var place = await OpenAsync();
        await place.HandleAsync(
            [.. Enumerable.Range(1, 6).Select(n => Contact((ulong)n, 7, remote: $"198.51.100.{n}"))]);
        var id = place.Desk.Files.Single().Id;
        place.Clock.Advance(TimeSpan.FromDays(13));
        await place.Desk.RunOnceAsync(default);

        await DoAsync(place, place.Desk.Find(id)!, what);

        place.Clock.Advance(TimeSpan.FromDays(13.5));
        await place.Desk.RunOnceAsync(default);
        Assert.Equal(CaseState.Open, place.Desk.Find(id)!.State);
        place.Clock.Advance(TimeSpan.FromDays(20));
        await place.Desk.RunOnceAsync(default);
        Assert.Equal(CaseClosureReason.Untouched, place.Desk.Find(id)!.Verdict);
    }

    [Fact]
    public async Task A_clock_that_is_ahead_at_the_start_ends_no_scope_until_a_witness_says_so()
    {
        await using var place = await OpenAsync();
        var path = place.Path + ".clock";
        place.Erasing = ErasureClock.Open(path, place.Clock);
        await place.HandleAsync(Contact(1, 7));
        place.Erasing.Save();

        place.Clock.Step = TimeSpan.FromDays(8);
        place.Erasing = ErasureClock.Open(path, place.Clock);
        await place.RestartAsync();
        await place.Desk.RunOnceAsync(default);
        Assert.Equal(ScopeState.Open, place.Scopes.Single().State);

        // Eight days went by while the desk was down, and exporters say so once it runs.
        place.Erasing.Hear(place.Clock.GetUtcNow());
        await place.Desk.RunOnceAsync(default);
        Assert.Equal(ScopeState.Ended, place.Scopes.Single().State);
    }

    [Fact]
    public async Task Fresh_evidence_after_a_start_counts_from_when_it_came()
    {
        await using var place = await OpenAsync();
        await place.HandleAsync(Contact(1, 7));
        place.Clock.Advance(TimeSpan.FromMinutes(10));
        await place.RestartAsync();
        await place.HandleAsync(Contact(2, 7, Start + (9 * 60_000)));
        var scope = place.Scopes.Single();

        place.Clock.Advance(LengthOf(scope) + TimeSpan.FromMinutes(5));
        await place.Desk.RunOnceAsync(default);
        Assert.Equal(ScopeState.Open, place.Scopes.Single().State);

        place.Clock.Advance(TimeSpan.FromMinutes(6));
        await place.Desk.RunOnceAsync(default);
        Assert.Equal(ScopeState.Ended, place.Scopes.Single().State);
    }

    [Fact]
    public async Task A_name_of_a_new_epoch_gives_an_open_scope_no_further_time()
    {
        await using var place = await OpenAsync();
        var now = place.Clock.GetUtcNow();
        place.Clock.Advance(Epochs.BeginOf(Epochs.At(now) + 1) - now - TimeSpan.FromMinutes(10));
        await place.HandleAsync(Contact(1, 7, place.Clock.GetUtcNow().ToUnixTimeMilliseconds() - 60_000));
        await place.Desk.RunOnceAsync(default);
        var before = place.Desk.Files.Single().Subject;

        place.Clock.Advance(TimeSpan.FromMinutes(15));
        await place.Desk.RunOnceAsync(default);
        Assert.NotEqual(before, place.Desk.Files.Single().Subject);
        Assert.Equal(ScopeState.Open, place.Scopes.Single().State);

        place.Clock.Advance(LengthOf(place.Scopes.Single()) - TimeSpan.FromMinutes(4));
        await place.Desk.RunOnceAsync(default);
        Assert.Equal(ScopeState.Ended, place.Scopes.Single().State);
    }

    [Fact]
    public async Task A_check_that_the_store_counts_no_more_says_that_it_cannot_be_told()
    {
        await using var place = await OpenAsync();
        await place.HandleAsync(Contact(1, 7));
        var id = place.Desk.Files.Single().Id;
        place.Clock.Advance(TimeSpan.FromMinutes(2));
        await place.Desk.CloseAsync(Ana, id, CaseClosureReason.Fixed, "", default);
        place.Evidence.CountFails = Refusal(StoreCodes.ScopeOver);

        place.Clock.Advance(TimeSpan.FromDays(15));
        await place.Desk.RunOnceAsync(default);

        Assert.Equal(AuditActions.NotKnown, Assert.Single(place.Audit.EntriesOf(AuditActions.EndRemediation)).Result);
        Assert.All(place.Scopes, scope => Assert.Equal(ScopeState.Ended, scope.State));
    }

    [Fact]
    public async Task A_store_that_counts_nothing_keeps_no_case_from_being_erased()
    {
        await using var place = await OpenAsync();
        await place.HandleAsync(Contact(1, 7), Contact(2, 8));
        var (first, second) = (
            place.Desk.Files.Single(f => f.Subject == Subject(7)).Id,
            place.Desk.Files.Single(f => f.Subject == Subject(8)).Id);
        await place.Desk.CloseAsync(Ana, first, CaseClosureReason.Fixed, "", default);
        place.Clock.Advance(TimeSpan.FromDays(10));
        await place.Desk.CloseAsync(Ana, second, CaseClosureReason.Fixed, "", default);
        place.Evidence.CountFails = Refusal("internal");

        place.Clock.Advance(TimeSpan.FromDays(21));
        await Assert.ThrowsAsync<PeerRefusedException>(() => place.Desk.RunOnceAsync(default));

        Assert.Equal((CaseState.Erased, CaseState.Closed), (
            place.Desk.Find(first)!.State, place.Desk.Find(second)!.State));
    }

    private static PeerRefusedException Refusal(string code) => new("store", code, 403, "it is not counted");

    /// <summary>So far a scope reaches beyond its last evidence; ten minutes later it ends.</summary>
    private static TimeSpan LengthOf(CaseScope scope) =>
        TimeSpan.FromMilliseconds(scope.UntilMs - scope.LastMs);

    private static async Task DoAsync(CaseHandlerFixture place, CaseFile file, string what)
    {
        var desk = new DisclosureHandler(place.Desk, place.Vault, place.Audit, PolicyProfile.UsProvider, place.Clock);
        switch (what)
        {
            case "asked":
                Assert.Null((await desk.RequestAsync(Ana, file.Id, file.Scopes[0].Scope.Id, Reason, default)).Refused);
                break;
            case "given":
                var asked = (await desk.RequestAsync(Ana, file.Id, file.Scopes[0].Scope.Id, Reason, default)).Asked!;
                place.Clock.Advance(TimeSpan.FromHours(20));
                Assert.Null((await desk.ApproveAsync(Petra, asked.Number, default)).Refused);
                break;
            case "reviewed":
                var waits = file.Scopes.Single(scope => scope.State == ScopeState.Sealed).Scope.Id;
                Assert.Null((await place.Desk.ReviewScopeAsync(Petra, waits, default)).Refused);
                break;
            case "appealed":
                await place.Desk.AppealOfCustomerAsync(CustomerActs.Appeal(file.Id, "it was a camera"), default);
                break;
            case "said to be fixed":
                Assert.Null((await place.Desk.RecheckAsync(Ana, file.Id, default)).Refused);
                break;
            default:
                await place.HandleAsync(Contact(9, 7, remote: "198.51.100.99"));
                break;
        }
    }
}
