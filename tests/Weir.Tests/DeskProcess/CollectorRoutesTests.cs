// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Lists;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Desk.Cases.Records;
using Weir.Hosting.Auditing;
using Weir.Hosting.Health;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;
using Weir.Tests.Cases;
using static Weir.Tests.Cases.CaseHandlerFixture;

namespace Weir.Tests.DeskProcess;

/// <summary>What a collector gets from the desk, and what the desk believes of it.</summary>
public sealed class CollectorRoutesTests
{
    [Fact]
    public async Task A_batch_of_events_becomes_cases_scopes_and_orders_that_follow_from_their_grounds()
    {
        await using var place = await DeskPeers.OpenAsync();

        var receipt = await place.SendAsync(Flood(1, 7), Flood(2, 8), Flood(1, 7, until: Start + 600_000));
        await place.HandleAsync();

        Assert.Equal((3, 0, 0), (receipt.Taken, receipt.Known, receipt.Refused.Count));
        Assert.Equal(2, place.Cases.Desk.Files.Count());
        var told = (await place.ScopesAsync(null, 0))!;
        Assert.True(told.Whole);
        Assert.Equal(2, told.Orders.Count);
        Assert.All(told.Orders, fields => Assert.Equal(
            "follows", ScopeGrounds.Verify(fields.ToOrder()!, place.Cases.Keys.Ring, ScopeLimits.Default).Code));
        Assert.Contains(told.Orders, fields => fields.UntilMs == Start + 600_000 + Scope.AfterMs);
    }

    [Fact]
    public async Task The_same_batch_again_makes_nothing_new_also_after_a_restart()
    {
        await using var place = await DeskPeers.OpenAsync();
        Envelope[] batch = [.. Enumerable.Range(1, 20).Select(i => place.Cases.Keys.Sign(Flood((ulong)i, (uint)i)))];

        Assert.Equal(20, (await place.SendAsync([.. batch, batch[0]])).Taken);
        await place.HandleAsync();
        var entries = place.Cases.Audit.Entries.Count;
        var sequence = place.Cases.Desk.Orders.Sequence;
        Assert.Equal((0, 20), (await place.SendAsync(batch)) is var again ? (again.Taken, again.Known) : default);
        await place.RestartAsync();
        Assert.Equal((0, 20), (await place.SendAsync(batch)) is var later ? (later.Taken, later.Known) : default);

        Assert.Equal(20, place.Cases.Scopes.Count());
        Assert.Equal(entries, place.Cases.Audit.Entries.Count);
        Assert.Equal((20, 20), (sequence, place.Cases.Desk.Orders.Count));
    }

    [Fact]
    public async Task More_scopes_than_one_report_may_tell_of_are_refused_whole()
    {
        await using var place = await DeskPeers.OpenAsync();
        var reports = Enumerable.Range(0, 20_001)
            .Select(i => new ScopeReport(new ScopeId((ulong)i).ToString(), Start, null)).ToArray();

        var refused = await Assert.ThrowsAsync<PeerRefusedException>(() => place.ReportAsync(reports));

        Assert.Equal(("too-many", 413), (refused.Code, refused.Status));
        Assert.Equal(Done.It, await place.ReportAsync(reports[..20_000]));
    }

    /// <summary>The store's key does not speak for flows, nor a collector's for digests.</summary>
    [Trait("Attack", "46")]
    [Fact]
    public async Task What_is_not_the_signers_to_tell_opens_no_case()
    {
        await using var place = await DeskPeers.OpenAsync();
        var flood = Flood(1, 7);

        var receipt = await place.SendAsync(
            EventDocument.Sign(flood, place.Cases.Keys.Store),
            EventDocument.Sign(flood with { Number = 2, Origin = EventOrigin.Digests }, place.Cases.Keys.Collector));

        Assert.Equal((0, 2), (receipt.Taken, receipt.Refused["wrong-role"]));
        Assert.Empty(place.Cases.Desk.Files);
    }

    [Fact]
    public async Task Forged_events_are_refused_counted_by_code_and_audited_once_a_minute()
    {
        await using var place = await DeskPeers.OpenAsync();
        var honest = place.Cases.Keys.Sign(Flood(1, 7));
        _ = Envelope.TryCreate(
            honest.Type, 1, honest.Key, place.Cases.Keys.Sign(Flood(1, 8)).Payload.ToArray(),
            honest.Signature.ToArray(), out var forged);
        var ahead = place.Cases.Keys.Sign(Flood(3, 9, until: Start + (48 * 3_600_000L)));

        for (var i = 0; i < 5; i++)
        {
            var receipt = await place.SendAsync(forged!, new TestKeys().Sign(Flood(2, 8)), ahead);
            Assert.Equal((0, 0), (receipt.Taken, receipt.Known));
            Assert.Equal(["bad-signature", "too-far-ahead", "unknown-key"], receipt.Refused.Keys.Order());
        }

        Assert.Equal(3, place.Cases.Audit.EntriesOf(AuditActions.OpenScope).Count());
        place.Cases.Clock.Advance(TimeSpan.FromMinutes(2));
        await place.Cases.Desk.RunOnceAsync(default);
        Assert.Equal(
            [1L, 1L, 1L, 4L, 4L, 4L],
            place.Cases.Audit.EntriesOf(AuditActions.OpenScope).Select(e => e.Rows).Order());
        Assert.Equal(15, place.Cases.Desk.Refused);
        Assert.Equal(5, place.Cases.Desk.RefusedByCode["bad-signature"]);
        Assert.Empty(place.Cases.Desk.Files);
    }

    [Fact]
    public async Task A_question_for_scopes_waits_for_news_and_hears_all_after_a_restart()
    {
        await using var place = await DeskPeers.OpenAsync();
        await place.SendAsync(Flood(1, 7));
        await place.HandleAsync();
        var first = (await place.ScopesAsync(null, 0))!;

        var waiting = place.ScopesAsync(first.Generation, first.Sequence);
        Assert.False(waiting.IsCompleted);
        await place.SendAsync(Flood(2, 8));
        await place.HandleAsync();
        var news = (await waiting)!;
        Assert.Equal((false, 1, 0), (news.Whole, news.Orders.Count, news.Ended.Count));
        Assert.Equal(Subject(8).ToString(), news.Orders[0].Subject);

        place.Cases.Clock.Advance(TimeSpan.FromMinutes(40));
        await place.Cases.Desk.RunOnceAsync(default);
        var ended = (await place.ScopesAsync(news.Generation, news.Sequence))!;
        Assert.Equal((false, 0, 2), (ended.Whole, ended.Orders.Count, ended.Ended.Count));

        await place.SendAsync(Flood(3, 9));
        await place.HandleAsync();
        await place.RestartAsync();
        var whole = (await place.ScopesAsync(ended.Generation, ended.Sequence))!;
        Assert.NotEqual(ended.Generation, whole.Generation);
        Assert.Equal((true, 1), (whole.Whole, whole.Orders.Count));
        Assert.Equal(Subject(9).ToString(), whole.Orders[0].Subject);
    }

    [Fact]
    public async Task A_kill_between_journal_and_commit_gives_the_same_case_and_scope_at_the_next_start()
    {
        await using var place = await DeskPeers.OpenAsync();
        place.Cases.WithRecords = records => new CutRecords(records);
        await place.RestartAsync();
        var cut = CutRecords.Last!;

        Assert.Equal(2, (await place.SendAsync(Flood(1, 7), Flood(2, 8))).Taken);
        await Assert.ThrowsAsync<IOException>(() => place.Cases.Desk.HandleAsync(
            [place.Cases.Keys.Sign(Flood(3, 9))], default));
        Assert.Empty(place.Cases.Desk.Files);
        Assert.Equal(0, place.Cases.Desk.Orders.Count);
        place.Cases.WithRecords = records => records;
        await place.RestartAsync();

        Assert.Equal(
            cut.Journaled.Select(journaled => (
                journaled.Case.Number,
                ProvisionalScope.From(journaled.Event, journaled.Envelope, ScopeLimits.Default)!.Id.Number)).Order(),
            place.Cases.Scopes.Select(scope => (scope.Scope.Case.Number, scope.Scope.Id.Number)).Order());
        Assert.Equal(3, (await place.ScopesAsync(null, 0))!.Orders.Count);
        Assert.Equal(1, (await place.SendAsync(Flood(1, 7))).Known);
    }

    [Fact]
    public async Task What_collectors_say_of_scopes_is_kept_and_a_refusal_is_audited_once()
    {
        await using var place = await DeskPeers.OpenAsync();
        await place.SendAsync(Flood(1, 7), Flood(2, 8));
        await place.HandleAsync();
        var (one, other) = (place.Cases.Scopes.First().Scope.Id, place.Cases.Scopes.Last().Scope.Id);
        Assert.Null(place.Cases.Desk.WholeSince(one));

        for (var i = 0; i < 3; i++)
        {
            await place.ReportAsync(
                new ScopeReport(one.ToString(), Start - 60_000, null), new ScopeReport(other.ToString(), null, "other-class"),
                new ScopeReport("s-0000000000000001", 5, null), new ScopeReport("nonsense", 5, null));
        }

        await place.ReportAsync(new ScopeReport(one.ToString(), Start - 120_000, null));
        Assert.Equal(Start - 60_000, place.Cases.Desk.WholeSince(one));
        var entry = Assert.Single(place.Cases.Audit.EntriesOf(AuditActions.RefuseOrder));
        Assert.Equal(("other-class", other.ToString()), (entry.Outcome, entry.Scope));
        Assert.Equal([("edge-1", "other-class", 1)], place.Cases.Desk.Reports.Refused);
        await place.RestartAsync();
        Assert.Equal(Start - 60_000, place.Cases.Desk.WholeSince(one));
        Assert.Equal([("edge-1", "other-class", 1)], place.Cases.Desk.Reports.Refused);
    }

    [Fact]
    public async Task Lists_are_known_by_digest_and_version_and_their_body_is_what_the_notice_says()
    {
        await using var place = await DeskPeers.OpenAsync();
        place.Lists.Replace(Watchlist.From([List("192.0.2.7")], DateTimeOffset.UnixEpoch));

        var notice = (await ListsAsync(place, null))!;
        var body = await BodyAsync(place, notice.Version);
        Assert.Equal(notice.Octets, body.Length);
        Assert.Equal(notice.Digest, Convert.ToHexStringLower(SHA256.HashData(body)));
        Assert.Equal("192.0.2.7", ListsDocument.TryParse(body, default)![0].Entries[0].ToString());

        place.Lists.Replace(Watchlist.From([List("192.0.2.7")], DateTimeOffset.UnixEpoch.AddDays(1)));
        var same = ListsAsync(place, notice.Version);
        Assert.False(same.IsCompleted);
        place.Lists.Replace(Watchlist.From([List("192.0.2.8")], DateTimeOffset.UnixEpoch));
        _ = await ListsAsync(place, null);
        var next = (await same)!;
        Assert.True(next.Version > notice.Version);
        Assert.NotEqual(notice.Digest, next.Digest);
        Assert.Equal(
            "other-version",
            (await Assert.ThrowsAsync<PeerRefusedException>(() => BodyAsync(place, notice.Version))).Code);
    }

    [Fact]
    public async Task A_status_is_remembered_with_its_age_and_silence_is_told()
    {
        await using var place = await DeskPeers.OpenAsync();
        await place.Collector.PostAsync(
            DeskRoutes.Status, Status([]), DeskJson.Default.CollectorStatus, DeskJson.Default.Done);
        Assert.Equal(HealthState.Ok, place.Statuses.Check().State);
        Assert.Equal(("edge-1", "collector"), Assert.Single(place.Statuses.All) is var heard
            ? (heard.Peer, heard.Status.Name) : default);

        place.Cases.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Contains("said nothing for 31 s", place.Statuses.Check().Reason, StringComparison.Ordinal);
        await place.Collector.PostAsync(
            DeskRoutes.Status, Status(["the outbox is full"]), DeskJson.Default.CollectorStatus,
            DeskJson.Default.Done);
        Assert.Contains("the outbox is full", place.Statuses.Check().Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("edge\u001b[2J")]
    [InlineData("edge\nhealth ok")]
    public async Task A_status_whose_names_would_order_a_terminal_about_is_refused(string name)
    {
        await using var place = await DeskPeers.OpenAsync();
        var exporter = new ExporterStatus { Exporter = name, Protocol = "ipfix", SamplingSource = "" };
        foreach (var status in (CollectorStatus[])[Status([]) with { Name = name },
            Status([]) with { Exporters = [exporter] }])
        {
            var refused = await Assert.ThrowsAsync<PeerRefusedException>(() => place.Collector.PostAsync(
                DeskRoutes.Status, status, DeskJson.Default.CollectorStatus, DeskJson.Default.Done));
            Assert.Equal(PeerCodes.Malformed, refused.Code);
        }

        Assert.Empty(place.Statuses.All);
    }

    [Fact]
    public async Task Nobody_but_a_collector_is_answered()
    {
        await using var place = await DeskPeers.OpenAsync();
        foreach (var roles in new[] { PeerRoles.Store, PeerRoles.Vault, PeerRoles.Operator, PeerRoles.Monitor })
        {
            using var other = place.Client(roles);
            Assert.Equal("role-may-not", (await Assert.ThrowsAsync<PeerRefusedException>(() => other.PostAsync(
                DeskRoutes.Events, new EventBatch([]), DeskJson.Default.EventBatch,
                DeskJson.Default.EventReceipt))).Code);
            Assert.Equal("role-may-not", (await Assert.ThrowsAsync<PeerRefusedException>(() => other.GetAsync(
                DeskRoutes.Scopes, DeskJson.Default.ScopeChanges))).Code);
        }
    }

    private static Task<ListsNotice?> ListsAsync(DeskPeers place, long? version) => place.Collector.GetAsync(
        DeskRoutes.Lists, DeskJson.Default.ListsNotice,
        version is { } known ? new Dictionary<string, string> { ["version"] = $"{known}" } : null);

    private static Task<byte[]> BodyAsync(DeskPeers place, long version) => place.Collector.GetRawAsync(
        DeskRoutes.ListsBody,
        async (stream, cancel) =>
        {
            using var octets = new MemoryStream();
            await stream.CopyToAsync(octets, cancel);
            return octets.ToArray();
        },
        new Dictionary<string, string> { ["version"] = $"{version}" });

    private static Feed List(string address) => new()
    {
        Name = "list", Path = "", Format = "csv", Role = ListRole.C2, Domains = [],
        Refused = new RejectedLines(0, []), Ignored = new Dictionary<string, int>(),
        ReadAt = DateTimeOffset.UnixEpoch,
        Entries =
        [
            new(
                new(Address(address), 128), 0, 0, new ListTag("list", ListRole.C2, 90, ""), 0, 0, ListEntry.Never, 0),
        ],
    };

    private static CollectorStatus Status(string[] stopped) => new()
    {
        Name = "collector", StartedAt = DateTimeOffset.UnixEpoch, At = DateTimeOffset.UnixEpoch, Listeners = [],
        Flows = new(), Exporters = [], Held = new(null, 0, 0, 0, 0, 0, 0),
        Stopped = stopped, Detected = new(), RefusedOrders = new Dictionary<string, long>(),
    };

    /// <summary>Records whose disk goes after events are journaled.</summary>
    private sealed class CutRecords : ICaseRecords
    {
        private readonly ICaseRecords _inner;

        public CutRecords(ICaseRecords inner) => (_inner, Last) = (inner, this);

        public static CutRecords? Last { get; private set; }

        public List<JournaledEvent> Journaled { get; } = [];

        public async Task<IReadOnlyList<JournaledEvent>> JournalAsync(
            IReadOnlyCollection<JournaledEvent> events, CancellationToken cancel)
        {
            var fresh = await _inner.JournalAsync(events, cancel);
            Journaled.AddRange(fresh);
            return fresh;
        }

        public Task CommitAsync(CaseChanges changes, CancellationToken cancel) => throw new IOException("killed");

        public Task<StoredCases> LoadAsync(DateTimeOffset erasedSince, CancellationToken cancel) =>
            _inner.LoadAsync(erasedSince, cancel);

        public Task<IReadOnlyList<JournaledEvent>> LoadHeldAsync(
            HeldName with, int most, CancellationToken cancel) => _inner.LoadHeldAsync(with, most, cancel);

        public Task<int> AddAsync(
            Weir.Desk.Policy.PolicyRefusal refusal, DateTimeOffset since, CancellationToken cancel) =>
            _inner.AddAsync(refusal, since, cancel);
    }
}
