// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Api.Routing;
using Weir.Hosting.Auditing;
using Weir.Tests.Cases;
using Weir.Tests.Vault.Support;

namespace Weir.Tests.DeskProcess.Api;

/// <summary>Who has no role writes no record full (attack 32).</summary>
public sealed class RepeatedRefusalsTests
{
    private readonly InMemoryAuditLog _audit = new();
    private readonly FakeTimeProvider _clock = new();

    private RepeatedRefusals Book => field ??= new(_audit, _clock);

    [Trait("Attack", "32")]
    [Fact]
    public async Task Five_thousand_refusals_of_a_minute_are_a_few_entries_that_name_all()
    {
        for (var i = 0; i < 5_000; i++)
        {
            await Book.NoteAsync("eve", default);
        }

        Assert.Equal(3, _audit.Entries.Count);
        await Book.TellAsync(default);
        Assert.Equal(3, _audit.Entries.Count);
        _clock.Advance(RepeatedRefusals.Together);
        await Book.TellAsync(default);

        Assert.Equal(4, _audit.Entries.Count);
        Assert.Equal(4_997, _audit.Entries[^1].Rows);
        Assert.All(_audit.Entries, e => Assert.Equal(
            ("eve", "none", AuditActions.LoginRefused, "role-may-not"), (e.Actor, e.Role, e.Act, e.Outcome)));
    }

    [Fact]
    public async Task Wrong_links_are_told_together_and_apart_from_users()
    {
        for (var i = 0; i < 100; i++)
        {
            await Book.NoteLinkAsync(default);
        }

        await Book.NoteAsync("none", default); // a user may be called that
        _clock.Advance(RepeatedRefusals.Together);
        await Book.TellAsync(default);

        Assert.Equal(5, _audit.Entries.Count);
        var links = _audit.Entries.Where(e => e.Act == AuditActions.SignIn).ToList();
        Assert.Equal([0, 0, 0, 97], links.Select(e => e.Rows));
        Assert.All(links, e => Assert.Equal(("none", "not-authenticated"), (e.Actor, e.Outcome)));
    }

    [Fact]
    public async Task A_few_of_each_stand_by_themselves_and_a_new_minute_begins_anew()
    {
        await Book.NoteAsync("eve", default);
        await Book.NoteAsync("bob", default);
        _clock.Advance(RepeatedRefusals.Together);
        await Book.TellAsync(default);
        await Book.NoteAsync("eve", default);

        Assert.Equal(["eve", "bob", "eve"], _audit.Entries.Select(e => e.Actor));
    }

    /// <summary>Who has a role and asks for what it may not writes it full no more than who has none; what was asked is
    /// told for the first of a minute, and of the rest how often and what for.</summary>
    [Trait("Attack", "32")]
    [Fact]
    public async Task Refusals_of_a_person_are_told_each_at_first_and_then_by_act_and_outcome()
    {
        for (var i = 0; i < 1_000; i++)
        {
            var entry = new AuditEntry
            {
                Actor = "ann", Role = "analyst", Act = i % 4 == 0 ? AuditActions.Look : AuditActions.ReadEvidence,
                Outcome = i % 2 == 0 ? "no-trigger" : "unknown", Case = $"c-{i}", Reason = "to see",
            };
            Assert.Equal(i < RepeatedRefusals.EachOfPerson, await Book.NoteAsync(entry, default));
        }

        Assert.Equal(
            Enumerable.Range(0, RepeatedRefusals.EachOfPerson).Select(i => $"c-{i}"), _audit.Entries.Select(e => e.Case));
        _clock.Advance(RepeatedRefusals.Together);
        await Book.TellAsync(default);

        var together = _audit.Entries.Skip(RepeatedRefusals.EachOfPerson).ToList();
        Assert.Equal(
            [
                (AuditActions.Look, "no-trigger", 247L), (AuditActions.ReadEvidence, "no-trigger", 247L),
                (AuditActions.ReadEvidence, "unknown", 494L),
            ],
            together.Select(e => (e.Act, e.Outcome, e.Rows)).Order());
        Assert.All(together, e => Assert.Equal(
            ("ann", "analyst", "", $"{e.Rows} more within a minute"), (e.Actor, e.Role, e.Case, e.Reason)));

        // A new minute begins anew, also where nothing had to be told of the last.
        Assert.True(await Book.NoteAsync(together[0], default));
        _clock.Advance(RepeatedRefusals.Together);
        for (var i = 0; i < RepeatedRefusals.EachOfPerson; i++)
        {
            Assert.True(await Book.NoteAsync(together[0], default));
        }
    }

    /// <summary>A record that cannot be written loses no number, and a stop tells what is not a minute old.</summary>
    [Fact]
    public async Task What_could_not_be_told_is_told_again_and_a_stop_waits_for_no_minute()
    {
        var record = new BreakableAuditLog();
        var book = new RepeatedRefusals(record, _clock);
        for (var i = 0; i < 10; i++)
        {
            await book.NoteAsync("eve", default);
        }

        record.Breaks = _ => true;
        await Assert.ThrowsAsync<AuditException>(() => book.TellAllAsync(default));
        record.Breaks = _ => false;
        await book.TellAllAsync(default);
        await book.TellAllAsync(default);

        Assert.Equal([0, 0, 0, 7], record.Entries.Select(e => e.Rows));
    }

    [Fact]
    public async Task A_thousand_users_are_told_apart_and_no_more()
    {
        for (var i = 0; i < 2_000; i++)
        {
            await Book.NoteAsync($"user-{i}", default);
        }

        Assert.InRange(_audit.Entries.Count, 1_000, 1_003);
    }
}
