// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Mitigation;
using Weir.Desk.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Reading;
using Weir.Desk.Mitigation;
using Weir.Desk.Promotion;
using Weir.Hosting.Auditing;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.Cases;

/// <summary>Our own list: in force at once, durable, a confirmation of ours, and over when its time is or a
/// person says so.</summary>
public sealed class PromotedFileTests : IDisposable
{
    private static readonly Endpoint Server = new(IpKey.Parse("192.0.2.80"), 8443, Protocols.Tcp);
    private static readonly Endpoint Six = new(IpKey.Parse("2001:db8::80"), 53, Protocols.Udp);

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-promoted-").FullName;
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch);
    private readonly CurrentWatchlist _lists = new(Watchlist.Empty);

    public PromotedFileTests() => _clock.Advance(TimeSpan.FromDays(20_000));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_is_put_on_it_is_listed_at_once_as_our_own_confirmation_and_blockable()
    {
        using var file = Open();
        Assert.Empty(_lists.Current.Feeds.Single().Entries);
        await file.PutAsync(Promoted(Server), default);
        await file.PutAsync(Promoted(Six), default);

        foreach (var endpoint in new[] { Server, Six })
        {
            Assert.True(_lists.Current.TryFind(endpoint, Now, out var entry));
            Assert.Equal((PromotedList.Name, ListRole.C2, true), (entry.List, entry.Role, entry.IsOwnConfirmation));
            Assert.Contains(
                "run-7 by ana and olaf, a-0000000000000009", entry.Tag.Provenance, StringComparison.Ordinal);
            Assert.Contains("beacons, \"each\" 5 min", entry.Tag.Provenance, StringComparison.Ordinal);
            Assert.True(_lists.Current.IsOwnConfirmation(endpoint, Now));
        }

        Assert.False(_lists.Current.IsOwnConfirmation(Server with { Port = 443 }, Now));
        Assert.False(_lists.Current.IsOwnConfirmation(Server with { Protocol = Protocols.Udp }, Now));
        Assert.True(new ListedForBlocks(_lists, _clock).Names(
            MitigationTarget.Parse("flowspec 192.0.2.80/32 tcp 8443 discard")));
        Assert.False(new ListedForBlocks(_lists, _clock).Names(
            MitigationTarget.Parse("flowspec 192.0.2.80/32 tcp 443 discard")));
    }

    [Fact]
    public async Task It_ends_with_its_time_and_with_a_demotion()
    {
        using var file = Open();
        await file.PutAsync(Promoted(Server), default);
        Assert.False(_lists.Current.TryFind(Server, Now + (90 * 86_400_000L), out _));
        Assert.False(_lists.Current.IsOwnConfirmation(Server, Now + (90 * 86_400_000L)));

        Assert.True(await file.RemoveAsync([Server], default));
        Assert.False(await file.RemoveAsync([Server], default));
        Assert.False(_lists.Current.TryFind(Server, Now, out _));

        await file.MarkAsync(Promoted(Server), LookBackState.Once, default);
        Assert.Empty(file.All); // a search that ends later does not bring it back
    }

    [Fact]
    public async Task Days_that_uphold_an_entry_renew_it_in_the_second_half_of_its_life_and_on_record()
    {
        var life = TimeSpan.FromDays(14);
        var audit = new BreakableAuditLog();
        using var file = Open();
        var first = Promoted(Server) with { ExpiresAt = _clock.GetUtcNow() + life };
        await file.PutAsync(first, default);
        await file.PutAsync(Promoted(Six) with { ExpiresAt = first.ExpiresAt }, default);
        var renewal = new PromotionRenewal(file, audit, life, _clock);
        Task UpheldAsync() => renewal.RunAsync([Server.ToString(), "192.0.2.99:1/tcp"], _clock.GetUtcNow(), default);

        _clock.Advance(TimeSpan.FromDays(6));
        await UpheldAsync();
        Assert.Equal([first.ExpiresAt, first.ExpiresAt], file.All.Select(one => one.ExpiresAt));

        _clock.Advance(TimeSpan.FromDays(4));
        await UpheldAsync();
        await UpheldAsync();
        Assert.Equal([_clock.GetUtcNow() + life, first.ExpiresAt], file.All.Select(one => one.ExpiresAt));
        var entry = Assert.Single(audit.EntriesOf(AuditActions.RenewPromotion));
        Assert.StartsWith($"a-0000000000000009: {Server} until ", entry.Reason, StringComparison.Ordinal);

        _clock.Advance(TimeSpan.FromDays(5));
        Assert.True(_lists.Current.TryFind(Server, Now, out var listed));
        Assert.Contains("upheld by days until 2024-10-14", listed.Tag.Provenance, StringComparison.Ordinal);
        Assert.False(_lists.Current.TryFind(Six, Now, out _));
        using var again = Open();
        Assert.Equal(file.All, again.All);

        // What is over stays over, and nothing is renewed for good.
        _clock.Advance(TimeSpan.FromDays(20));
        await UpheldAsync();
        Assert.True(file.All[0].ExpiresAt < _clock.GetUtcNow());
        await file.PutAsync(first with { At = _clock.GetUtcNow().AddDays(-80), ExpiresAt = _clock.GetUtcNow().AddDays(2) }, default);
        await UpheldAsync();
        Assert.Equal(_clock.GetUtcNow().AddDays(10), file.All.Single(one => one.Endpoint == Server).ExpiresAt);
    }

    [Fact]
    public async Task What_cannot_be_recorded_is_not_renewed()
    {
        var audit = new BreakableAuditLog { Breaks = _ => true };
        using var file = Open();
        var entry = Promoted(Server) with { ExpiresAt = _clock.GetUtcNow().AddDays(1) };
        await file.PutAsync(entry, default);

        await Assert.ThrowsAsync<AuditException>(() => new PromotionRenewal(file, audit, TimeSpan.FromDays(14), _clock)
            .RunAsync([Server.ToString()], _clock.GetUtcNow(), default));
        Assert.Equal([entry], file.All);
    }

    [Fact]
    public async Task A_restart_knows_all_of_it()
    {
        var (first, second) = (Promoted(Server), Promoted(Six));
        using (var file = Open())
        {
            await file.PutAsync(first, default);
            await file.PutAsync(second, default);
            await file.MarkAsync(second, LookBackState.Once, default);
        }

        using var again = Open();
        Assert.Equal([first, second with { LookedBack = LookBackState.Once }], again.All);
        Assert.True(_lists.Current.IsOwnConfirmation(Server, Now));
    }

    [Fact]
    public void Allowed_wins_and_another_list_of_the_same_name_is_no_confirmation()
    {
        var other = FeedReader.Parse(
            "address,port,provenance\n192.0.2.80,8443,ours\n",
            new FeedOptions { Path = "promoted.csv", Name = PromotedList.Name }, _clock);
        Assert.False(Watchlist.From([other], _clock.GetUtcNow()).IsOwnConfirmation(Server, Now));
        var own = FeedReader.Parse(
            "192.0.2.80:8443\n", new FeedOptions { Path = "p.txt", IsOwnConfirmation = true }, _clock);
        var allow = FeedReader.Parse("192.0.2.80\n", new FeedOptions { Path = "a.txt", Role = ListRole.Allow }, _clock);
        Assert.True(Watchlist.From([own, other], _clock.GetUtcNow()).IsOwnConfirmation(Server, Now));
        Assert.False(Watchlist.From([own, allow], _clock.GetUtcNow()).IsOwnConfirmation(Server, Now));
    }

    [Theory]
    [InlineData("address,port,protocol,firstseen,expires,provenance\n#= {\"Endpoint\":\"192.0.2.80\"}\n")]
    [InlineData("\u0001\u0002 no list at all")]
    [InlineData("")]
    public void A_damaged_record_stops_the_start_with_the_place_and_the_mend(string text)
    {
        File.WriteAllText(Path.Combine(_folder, "promoted.csv"), text);
        using var file = new PromotedFile(_folder, _clock);
        var refused = Assert.Throws<IOException>(file.Open);
        Assert.Contains(file.Path, refused.Message, StringComparison.Ordinal);
        Assert.Contains("promote again", refused.Message, StringComparison.Ordinal);
    }

    private long Now => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    private PromotedFile Open()
    {
        var file = new PromotedFile(_folder, _clock);
        var refresher = new ListRefresher(
            [file.Open()], _lists, TimeSpan.FromHours(1), _clock, NullLogger<ListRefresher>.Instance);
        Assert.Empty(refresher.Refresh());
        file.RefreshWith(refresher);
        return file;
    }

    private Promotion Promoted(Endpoint endpoint) => new()
    {
        Endpoint = endpoint,
        Run = "run-7",
        P = "1e-9",
        Q = "1e-6",
        Ic = "5.4",
        Ic025 = "5.1",
        Approval = 9,
        AskedBy = "ana",
        GivenBy = "olaf",
        Reason = "beacons, \"each\" 5 min\n#next", At = _clock.GetUtcNow(), ExpiresAt = _clock.GetUtcNow().AddDays(90),
    };
}
