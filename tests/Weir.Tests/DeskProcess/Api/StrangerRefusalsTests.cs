// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Api.Routing;
using Weir.Hosting.Auditing;
using Weir.Tests.Vault.Support;

namespace Weir.Tests.DeskProcess.Api;

/// <summary>Who has no role writes no record full (attacks.md 32).</summary>
public sealed class StrangerRefusalsTests
{
    private readonly InMemoryAuditLog _audit = new();
    private readonly FakeTimeProvider _clock = new();

    private StrangerRefusals Book => field ??= new(_audit, _clock);

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
        _clock.Advance(StrangerRefusals.Together);
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
        _clock.Advance(StrangerRefusals.Together);
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
        _clock.Advance(StrangerRefusals.Together);
        await Book.TellAsync(default);
        await Book.NoteAsync("eve", default);

        Assert.Equal(["eve", "bob", "eve"], _audit.Entries.Select(e => e.Actor));
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
