// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Approvals;
using Weir.Contracts.Clients;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Protocol;
using Weir.Desk.Braking;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Braking;
using Weir.Desk.Cases.Records;
using Weir.Desk.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Hosting.Auditing;
using Weir.Wire;
using static Weir.Tests.Cases.CaseHandlerFixture;

namespace Weir.Tests.Cases.Braking;

/// <summary>What an edit of a list brings is counted before any case (rules.md R21): by network within the first
/// minutes, and all that one edit brought together by day.</summary>
public sealed class SettlingTests
{
    private const int Bound = 20;
    private const int NewLines = 100;
    private const int Readers = 131;
    private const string Newspaper = "203.0.113.0/24";
    private const string Paper = "203.0.113.9";

    private static readonly TimeSpan Settles = TimeSpan.FromMinutes(5);

    [Trait("Attack", "24")]
    [Fact]
    public async Task An_edit_that_would_make_131_cases_makes_none_is_shown_and_released_by_two()
    {
        await using var place = await BrakedAsync(Newspaper);
        await ReadAsync(place, Readers);

        Assert.Empty(place.Desk.Files);
        var held = Assert.Single(place.Desk.Networks);
        Assert.Equal(
            (Newspaper, HeldNetworkState.Held, Readers, (long)Readers),
            (held.Name.ToString(), held.State, held.Lines, held.Events));
        Assert.Single(place.Audit.EntriesOf(AuditActions.HoldNetwork));
        await PassAsync(place, Settles);
        Assert.Empty(place.Desk.Files);

        await DecideAsync(place, Newspaper, isReleased: true);
        Assert.Equal(Readers, place.Desk.Files.Count());
        Assert.All(place.Scopes, scope => Assert.True(scope.MayAct));
    }

    [Trait("Attack", "24")]
    [Fact]
    public async Task An_edit_that_would_make_131_cases_makes_none_when_two_drop_it()
    {
        await using var place = await BrakedAsync(Newspaper);
        await ReadAsync(place, Readers);
        await DecideAsync(place, Newspaper, isReleased: false);
        await ReadAsync(place, Readers, round: 2);
        await PassAsync(place, Settles);
        Assert.Empty(place.Desk.Files);
        Assert.Equal(0, Assert.Single(place.Desk.Networks).Events);
    }

    [Fact]
    public async Task What_few_lines_meet_is_a_case_after_its_time_and_at_once_from_then_on()
    {
        await using var place = await BrakedAsync(Newspaper);
        await ReadAsync(place, 3);
        Assert.Equal((HeldNetworkState.Settling, 3L), StateOf(place, Newspaper));
        await PassAsync(place, Settles - TimeSpan.FromSeconds(1));
        Assert.Empty(place.Desk.Files);

        await PassAsync(place, TimeSpan.FromSeconds(1));
        Assert.Equal(3, place.Desk.Files.Count());
        Assert.Empty(place.Desk.Networks);
        await place.RestartAsync();
        await ReadAsync(place, 4, round: 2);
        Assert.Equal(4, place.Desk.Files.Count());

        // Another line of the list in the same network is another edit.
        _ = ((MadeEdits)place.Edits).Bring(place.Clock.GetUtcNow(), "203.0.113.77");
        await ReadAsync(place, 6, round: 3);
        Assert.Equal(6, place.Desk.Files.Count());
        ((MadeEdits)place.Edits).Forget("203.0.113.0/24");
        await ReadAsync(place, 8, round: 4, address: "203.0.113.77");
        Assert.Equal((6, HeldNetworkState.Settling), (place.Desk.Files.Count(), StateOf(place, Newspaper).State));
    }

    /// <summary>The lines of before a stop and those after it are one count, though none had a case.</summary>
    [Fact]
    public async Task A_restart_lowers_no_first_day()
    {
        await using var place = await BrakedAsync(Newspaper);
        await ReadAsync(place, Bound - 1);
        await place.RestartAsync();
        Assert.Equal((HeldNetworkState.Settling, Bound - 1L), StateOf(place, Newspaper));
        await ReadAsync(place, 2, round: 2, first: 500);

        Assert.Equal((HeldNetworkState.Held, Bound + 1L), StateOf(place, Newspaper));
        await PassAsync(place, Settles);
        Assert.Empty(place.Desk.Files);
    }

    [Fact]
    public async Task What_a_stop_cut_off_settles_after_the_start()
    {
        await using var place = await BrakedAsync(Newspaper);
        await ReadAsync(place, 3);
        place.Audit.Breaks = entry => entry.Act == AuditActions.OpenCase;
        _ = await Assert.ThrowsAsync<AuditException>(() => PassAsync(place, Settles));
        place.Audit.Breaks = _ => false;
        await place.RestartAsync();
        await place.Desk.RunOnceAsync(default);
        Assert.Equal(3, place.Desk.Files.Count());
    }

    /// <summary>Addresses of many networks, each met by one line.</summary>
    [Trait("Attack", "24")]
    [Fact]
    public async Task What_one_edit_brings_is_held_together_where_it_brings_too_many_lines()
    {
        await using var place = await BrakedAsync(Scattered(Readers));
        await VisitEachAsync(place, Readers);
        await PassAsync(place, Settles);
        Assert.Empty(place.Desk.Files);
        Assert.Equal((HeldNetworkState.Held, (long)Readers), StateOf(place, "update-2"));
        var told = Assert.Single(place.Audit.EntriesOf(AuditActions.HoldUpdate));
        Assert.Contains("update-2: more than 100 lines", told.Reason, StringComparison.Ordinal);
        Assert.Contains("the first load of our-c2", told.Reason, StringComparison.Ordinal);

        // Neither a start nor a fortnight ends the hold of a first load; what waited goes.
        await place.RestartAsync();
        var held = place.Desk.Networks.Single(row => row.Name.Edit == 2);
        Assert.Equal(("our-c2", Readers, true), (held.Update!.List, held.Update.Entries, held.Update.IsFirst));
        Assert.Equal((place.Edits.Find(2), "our-c2"), (held.Update, held.Detail));
        await VisitEachAsync(place, Readers, round: 2);
        Assert.Empty(place.Desk.Files);
        await PassAsync(place, CaseHandler.LongestHeld);
        Assert.Equal((HeldNetworkState.Held, 0L), StateOf(place, "update-2"));
        await VisitEachAsync(place, 7, round: 20_000);
        Assert.Empty(place.Desk.Files);

        await DecideAsync(place, "update-2", isReleased: true);
        await PassAsync(place, Settles);
        Assert.Equal(7, place.Desk.Files.Count());
        await VisitEachAsync(place, Readers, round: 20_001);
        await PassAsync(place, Settles);
        Assert.Equal(Readers, place.Desk.Files.Count());
        Assert.All(place.Scopes, scope => Assert.True(scope.MayAct));
    }

    [Fact]
    public async Task What_one_edit_brought_goes_when_two_drop_it()
    {
        await using var place = await BrakedAsync(Scattered(Readers));
        await VisitEachAsync(place, Readers);
        await DecideAsync(place, "update-2", isReleased: false);
        await PassAsync(place, Settles);
        await VisitEachAsync(place, Readers, round: 2);
        await PassAsync(place, Settles);
        Assert.Empty(place.Desk.Files);
    }

    /// <summary>Whoever waits for the end of what two people decided waits for good, while a list names it.</summary>
    [Trait("Attack", "24")]
    [Fact]
    public async Task What_two_dropped_of_an_edit_comes_back_by_no_wait_and_is_forgotten_when_lists_have_forgotten_it()
    {
        var folder = Directory.CreateTempSubdirectory("weir-edits-").FullName;
        try
        {
            await using var place = await OpenAsync();
            place.Brake = new(Bound, NewLines, Settles);
            await ReadListAsync(place, folder, Readers);
            await VisitEachAsync(place, Readers);
            await DecideAsync(place, "update-2", isReleased: false);
            for (var month = 1U; month <= 3; month++)
            {
                await PassAsync(place, ListEdit.Trial + TimeSpan.FromDays(1));
                await ReadListAsync(place, folder, Readers - (int)month);
                await VisitEachAsync(place, 7, round: month * 44_640);
                await PassAsync(place, Settles);
                Assert.Empty(place.Desk.Files);
                Assert.Equal(HeldNetworkState.Dropped, StateOf(place, "update-2").State);
            }

            await ReadListAsync(place, folder, 0);
            await PassAsync(place, ListEdit.Trial);
            await ReadListAsync(place, folder, 0);
            await PassAsync(place, Settles);
            Assert.DoesNotContain(place.Desk.Networks, row => row.Name.ToString() == "update-2");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Cases_of_an_edit_that_is_held_later_are_of_no_use_meanwhile()
    {
        await using var place = await BrakedAsync(Scattered(Readers));
        await VisitEachAsync(place, 60);
        await PassAsync(place, Settles);
        Assert.Equal(60, place.Desk.Files.Count());
        await place.RestartAsync();
        Assert.All(place.Scopes, scope => Assert.True(scope.MayAct));

        // The lines of before the start count; those that have a case already do not count anew.
        await VisitEachAsync(place, Readers, round: 2);
        Assert.Equal(HeldNetworkState.Held, StateOf(place, "update-2").State);
        Assert.All(place.Scopes, scope => Assert.False(scope.MayAct));
        await place.RestartAsync();
        Assert.All(place.Scopes, scope => Assert.False(scope.MayAct));

        await DecideAsync(place, "update-2", isReleased: true);
        await PassAsync(place, Settles);
        Assert.Equal(Readers, place.Desk.Files.Count());
        Assert.All(place.Scopes, scope => Assert.True(scope.MayAct));
    }

    /// <summary>Who released a botnet beyond the bound has looked at its lines: they hold nothing else of the edit.
    /// </summary>
    [Fact]
    public async Task Lines_of_a_released_network_do_not_hold_its_edit_and_others_of_it_are_bounded_still()
    {
        await using var place = await BrakedAsync([Newspaper, .. Scattered(Readers)]);
        await ReadAsync(place, Readers);
        await DecideAsync(place, Newspaper, isReleased: true);
        Assert.Equal(Readers, place.Desk.Files.Count());
        Assert.DoesNotContain(place.Desk.Networks, row => row.Name.Edit != 0);

        await VisitEachAsync(place, Readers, first: 1_000);
        Assert.Equal(HeldNetworkState.Held, StateOf(place, "update-2").State);
        await PassAsync(place, Settles);
        Assert.Equal(Readers, place.Desk.Files.Count());
    }

    [Trait("Attack", "50")]
    [Fact]
    public async Task Forged_visitors_begin_no_wait_and_count_for_nothing_over_a_restart()
    {
        await using var place = await BrakedAsync(Newspaper);
        await ReadAsync(place, 2 * Bound, doubt: EvidenceDoubt.NewStream);
        Assert.Empty(place.Desk.Networks);
        Assert.Equal(2 * Bound, place.Desk.Files.Count());
        await PassAsync(place, Settles);
        await place.RestartAsync();

        await ReadAsync(place, Bound, round: 2, first: 500);
        Assert.Equal((HeldNetworkState.Settling, (long)Bound), StateOf(place, Newspaper));
        await PassAsync(place, Settles);
        Assert.Equal(3 * Bound, place.Desk.Files.Count());
    }

    /// <summary>Forged visitors open sealed cases first, and the true ones are no less an edit's new lines.</summary>
    [Trait("Attack", "50")]
    [Fact]
    public async Task Lines_whose_first_contact_was_in_doubt_are_counted_for_their_edit_when_a_sure_one_comes()
    {
        await using var place = await BrakedAsync(Scattered(Readers));
        await VisitEachAsync(place, Readers, doubt: EvidenceDoubt.NewStream);
        Assert.Equal(Readers, place.Desk.Files.Count());
        await VisitEachAsync(place, NewLines - 1, round: 2);
        Assert.DoesNotContain(place.Desk.Networks, row => row.Name.Edit != 0);
        await PassAsync(place, Settles);
        await place.RestartAsync();
        await VisitEachAsync(place, NewLines + 1, round: 3);
        Assert.Equal(HeldNetworkState.Held, StateOf(place, "update-2").State);
        Assert.All(place.Scopes, scope => Assert.False(scope.MayAct));
    }

    /// <summary>What waits at a stop is counted as it was before: lines that have a case are not new.</summary>
    [Fact]
    public async Task Lines_with_a_case_that_wait_at_a_restart_are_not_new_ones_of_their_edit()
    {
        await using var place = await BrakedAsync(Scattered(NewLines));
        await VisitEachAsync(place, NewLines);
        await PassAsync(place, Settles);
        Assert.Equal(NewLines, place.Desk.Files.Count());
        string[] moved = [.. Enumerable.Range(0, NewLines).Select(i => $"192.0.{i}.7")];
        _ = ((MadeEdits)place.Edits).Bring(place.Clock.GetUtcNow(), [.. moved.Append("203.0.113.9")]);
        await VisitEachAsync(place, NewLines, round: 2, network: "192.0");
        await place.RestartAsync();
        await ReadAsync(place, 1, round: 2, first: 9_000);
        Assert.DoesNotContain(place.Desk.Networks, row => row.Name.Edit != 0);
    }

    /// <summary>Who takes entries off the list, before or after they are held, makes nothing of it of use.</summary>
    [Trait("Attack", "24")]
    [Fact]
    public async Task What_left_its_list_stays_with_its_edit_over_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("weir-edits-").FullName;
        try
        {
            await using var place = await ListedAsync(folder);
            await ReadListAsync(place, folder, 1);
            await VisitEachAsync(place, Readers, round: 2);
            Assert.Equal(HeldNetworkState.Held, StateOf(place, "update-2").State);
            await place.RestartAsync();
            Assert.All(place.Scopes, scope => Assert.False(scope.MayAct));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A case that people work on outlives what is known of lists; what it was opened of is held still, until
    /// two people release it.</summary>
    [Trait("Attack", "24")]
    [Fact]
    public async Task What_left_its_list_for_good_is_held_until_two_release_it()
    {
        var folder = Directory.CreateTempSubdirectory("weir-edits-").FullName;
        try
        {
            await using var place = await ListedAsync(folder);
            await VisitEachAsync(place, Readers, round: 2);
            await ReadListAsync(place, folder, 0);
            var worked = place.Desk.Files.First().Id;
            for (var weeks = 0; weeks < 5; weeks++)
            {
                _ = await place.Desk.CommentAsync(Ana, worked, "the customer was asked again", default);
                await PassAsync(place, TimeSpan.FromDays(7));
            }

            await ReadListAsync(place, folder, 0);
            Assert.Null(place.Edits.Find(2));
            var scope = Assert.Single(place.Desk.Find(worked)!.Scopes);
            Assert.True(scope is { IsBraked: true, MayAct: false });
            _ = await place.Desk.CommentAsync(Ana, worked, "the customer was asked again", default);
            await PassAsync(place, CaseHandler.LongestHeld - TimeSpan.FromDays(1));
            await place.RestartAsync();
            Assert.True(Assert.Single(place.Desk.Find(worked)!.Scopes).IsBraked);

            await DecideAsync(place, "update-2", isReleased: true);
            Assert.True(Assert.Single(place.Desk.Find(worked)!.Scopes).MayAct);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task After_its_trial_an_edit_is_bounded_by_network_alone()
    {
        await using var place = await BrakedAsync(Scattered(Readers));
        place.Clock.Advance(ListEdit.Trial);
        await VisitEachAsync(place, Readers, round: 43_200);
        await PassAsync(place, Settles);
        Assert.Equal(Readers, place.Desk.Files.Count());
    }

    private static string[] Scattered(int count) => [.. Enumerable.Range(0, count).Select(i => $"198.51.{i}.7/32")];

    /// <summary>A list of many networks, of which sixty were met and became cases.</summary>
    private static async Task<CaseHandlerFixture> ListedAsync(string folder)
    {
        var place = await OpenAsync();
        place.Brake = new(Bound, NewLines, Settles);
        await ReadListAsync(place, folder, Readers);
        await VisitEachAsync(place, 60);
        await PassAsync(place, Settles);
        Assert.Equal(60, place.Scopes.Count(scope => scope.MayAct));
        return place;
    }

    /// <summary>The list as it stands from now on, read at a start.</summary>
    private static async Task ReadListAsync(CaseHandlerFixture place, string folder, int entries)
    {
        var (tag, lists) = (new ListTag("our-c2", ListRole.C2, 100, ""), new CurrentWatchlist());
        var edits = new ListEdits(folder, lists, place.Clock, NullLogger<ListEdits>.Instance);
        var feed = new Feed
        {
            Name = tag.List, Path = "", Format = "text", Role = tag.Role, Domains = [], Refused = new(0, []),
            Ignored = new Dictionary<string, int>(), ReadAt = place.Clock.GetUtcNow(),
            Entries = [.. Scattered(entries).Select(one =>
                new ListEntry(Prefix.Parse(one), 0, 0, tag, 0, 0, ListEntry.Never, 0))],
        };
        edits.Take([feed], isWhole: true);
        lists.Replace(Watchlist.From([feed], place.Clock.GetUtcNow()));
        place.Edits = edits;
        await place.RestartAsync();
    }

    private static async Task<CaseHandlerFixture> BrakedAsync(params string[] brought)
    {
        var place = await OpenAsync();
        place.Brake = new(Bound, NewLines, Settles);
        _ = ((MadeEdits)place.Edits).Bring(place.Clock.GetUtcNow(), brought);
        await place.RestartAsync();
        return place;
    }

    private static async Task PassAsync(CaseHandlerFixture place, TimeSpan time)
    {
        place.Clock.Advance(time);
        await place.Desk.RunOnceAsync(default);
    }

    private static (HeldNetworkState State, long Events) StateOf(CaseHandlerFixture place, string name)
    {
        var row = place.Desk.Networks.Single(one => one.Name.ToString() == name);
        return (row.State, row.Events);
    }

    private static Task<EventReceipt> ReadAsync(
        CaseHandlerFixture place, int readers, uint round = 1, uint first = 1, string address = Paper,
        EvidenceDoubt doubt = EvidenceDoubt.None) => place.HandleAsync(
        [.. Enumerable.Range(0, readers).Select(i => Visit(first + (uint)i, address, round) with { Doubt = doubt })]);

    private static Task<EventReceipt> VisitEachAsync(
        CaseHandlerFixture place, int lines, uint round = 1, uint first = 1, string network = "198.51",
        EvidenceDoubt doubt = EvidenceDoubt.None) => place.HandleAsync(
        [
            .. Enumerable.Range(0, lines)
                .Select(i => Visit(first + (uint)i, $"{network}.{i}.7", round) with { Doubt = doubt }),
        ]);

    private static QualityEvent Visit(uint line, string address, uint round) => Event(
        (round * 100_000UL) + line, line, RuleId.CncContact, Class(Direction.Both, Tcp, [443], address),
        Start + (round * 60_000L), Start + ((round + 1) * 60_000L)) with
    {
        Sources = 1, Detail = "listed by our-c2",
    };

    /// <summary>Two people in different roles.</summary>
    private static async Task DecideAsync(CaseHandlerFixture place, string name, bool isReleased)
    {
        using var people = new HeldNetworkHandler(
            place.Desk, [new DeafKeeper()], NullLogger<HeldNetworkHandler>.Instance);
        var asked = (await people.RequestAsync(Ana, name, isReleased, "looked at by both of us", default)).Asked!.Number;
        var step = await people.ApproveAsync(Olaf, asked, default);
        Assert.True(step.Row!.IsTold);
    }

    private sealed class DeafKeeper : IBrakeKeeper
    {
        public Task DecideAsync(
            string leave, string network, bool isReleased, SignedApproval? signed, CancellationToken cancel) =>
            Task.CompletedTask;
    }
}
