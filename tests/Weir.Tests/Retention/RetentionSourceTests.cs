// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;
using Weir.Desk.Records;
using Weir.Desk.Reporting;
using Weir.Hosting.Auditing;
using Weir.Hosting.Retention;
using Weir.Hosting.Spooling;
using Weir.Store.Evidence;
using Weir.Store.Loading;
using Weir.Store.Retention;
using Weir.Tests.Auditing;
using Weir.Tests.Store;
using Weir.Tests.Support;
using Weir.Vault.Keys;
using Weir.Vault.Status;

namespace Weir.Tests.Retention;

/// <summary>What each process says that it holds.</summary>
public sealed class RetentionSourceTests(Engines engines) : IClassFixture<Engines>, IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    private readonly AuditFixture _place = new();

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData(Engine.Embedded)]
    [InlineData(Engine.Server)]
    public async Task Tables_tell_what_their_parts_hold(Engine engine)
    {
        var store = engines.Get(engine);
        await store.Client.ExecuteAsync("TRUNCATE TABLE sightings", default);
        var table = new TableRetention(() => store, "sightings", 7);
        Assert.Equal(RetentionEntry.Nothing, (await table.InspectAsync(Now, default)).State);

        const string Insert = "INSERT INTO sightings (day, subject, remote, port, protocol, list, role, kind, "
            + "confidence, first, last, contacts, segment) VALUES ";
        const string Rest = ", unhex('00000000000000000000000000000001'), unhex('00000000000000000000000000000002'), "
            + "443, 6, 'l', 0, 0, 100, 0, 0, 1, 1)";
        await store.Client.ExecuteAsync($"{Insert}('2026-03-03'{Rest}", default);
        await store.Client.ExecuteAsync($"{Insert}('2026-03-10'{Rest}", default);
        var within = await table.InspectAsync(Now, default);
        Assert.Equal((RetentionEntry.Ok, 2L, "7 d"), (within.State, within.Rows, within.Limit));
        Assert.Equal(new DateTimeOffset(2026, 3, 3, 0, 0, 0, TimeSpan.Zero), within.Oldest);
        Assert.Equal(Now, within.Newest);
        Assert.True(within.Octets > 0);

        await store.Client.ExecuteAsync($"{Insert}('2026-03-02'{Rest}", default);
        Assert.Equal(RetentionEntry.Over, (await table.InspectAsync(Now, default)).State);

        await store.DropBeforeAsync(new DateOnly(2026, 3, 3), default);
        Assert.Equal(RetentionEntry.Ok, (await table.InspectAsync(Now, default)).State);
    }

    [Theory]
    [InlineData(Engine.Embedded)]
    [InlineData(Engine.Server)]
    public async Task Evidence_over_the_ceiling_is_told_until_it_is_dropped(Engine engine)
    {
        var store = engines.Get(engine);
        var policy = PolicyProfile.UsProvider;
        var place = new EvidenceRetention(() => store, policy.EvidenceDays);
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        clock.Advance(Now - DateTimeOffset.UnixEpoch);
        await store.Client.ExecuteAsync("TRUNCATE TABLE evidence", default);
        Assert.Equal(RetentionEntry.Nothing, (await place.InspectAsync(Now, default)).State);

        await InsertAsync(Now.AddDays(-90));
        var within = await place.InspectAsync(Now, default);
        Assert.Equal((RetentionEntry.Ok, 1L, "with its case, 93 d at most, in weeks"), (
            within.State, within.Rows, within.Limit));

        await InsertAsync(Now.AddDays(-101));
        Assert.Equal(RetentionEntry.Over, (await place.InspectAsync(Now, default)).State);
        var ceiling = DateOnly.FromDateTime(Now.UtcDateTime).AddDays(-policy.EvidenceDays);
        _ = await new EvidenceStore(store, new NothingPending(), clock).DropBeforeAsync(ceiling, [], default);
        var left = await place.InspectAsync(Now, default);
        Assert.Equal((RetentionEntry.Ok, 1L), (left.State, left.Rows));

        Task InsertAsync(DateTimeOffset start) => store.Client.ExecuteAsync(
            "INSERT INTO evidence (scope, start, end, remote, port, protocol, packets_out, packets_in, octets_out, "
                + "octets_in, flags_out, flags_in, sampling, segment) VALUES "
            + FormattableString.Invariant($"(7, {start.ToUnixTimeMilliseconds()}, {start.ToUnixTimeMilliseconds()}, unhex('00000000000000000000000000000002'), 443, 6, 1, 1, 1, 1, 0, 0, 1, 1)"),
            default);
    }

    [Fact]
    public async Task A_case_that_outlives_its_close_is_over_and_a_record_nobody_can_read_is_unknown()
    {
        var path = Path.Combine(_place.Beside("cases"), "records.sqlite");
        var place = new CaseRetention(path, PolicyProfile.UsProvider.EvidenceDaysAfterClose);
        Assert.Equal(RetentionEntry.Nothing, (await place.InspectAsync(Now, default)).State);

        using (var file = RecordsFile.Open(path))
        {
            var records = new CaseRecords(file);
            var open = new StoredCase
            {
                Id = new CaseId(1),
                Subject = new SubjectKey(5),
                Epoch = 3,
                State = CaseState.Open,
                OpenedAt = Now.AddDays(-200),
                Assignee = "",
                Verdict = CaseClosureReason.None,
                IsSealed = true,
            };
            await records.CommitAsync(new CaseChanges { Cases = [open] }, default);
            var held = await place.InspectAsync(Now, default);
            Assert.Equal((RetentionEntry.Ok, 1L, "30 d after close"), (held.State, held.Rows, held.Limit));
            Assert.Equal(Now.AddDays(-200), held.Oldest);

            var closed =
                open with { State = CaseState.Closed, ClosedAt = Now.AddDays(-31), Verdict = CaseClosureReason.Fixed };
            await records.CommitAsync(new CaseChanges { Cases = [closed] }, default);
            Assert.Equal(RetentionEntry.Over, (await place.InspectAsync(Now, default)).State);
            await records.CommitAsync(new CaseChanges
            {
                Cases = [closed with { State = CaseState.Erased, ErasedAt = Now }],
                Erased = [closed.Id]
            }, default);
            Assert.Equal(RetentionEntry.Nothing, (await place.InspectAsync(Now, default)).State);
        }

        await File.WriteAllTextAsync(path, "this is no file of records, and long enough to be told from an empty one");
        var rows = await RetentionPage.ReadAsync([place], Now, default);
        Assert.Equal(RetentionEntry.Unknown, rows[0].State);
        Assert.Contains("cannot be read", rows[0].Where);
    }

    [Fact]
    public async Task A_key_past_its_time_is_over()
    {
        var folder = _place.Beside("keys");
        var today = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        today.Advance(Now - DateTimeOffset.UnixEpoch);
        var before = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        before.Advance(Now.AddDays(-21) - DateTimeOffset.UnixEpoch);
        var keys = new EpochKeys(folder, today);
        _ = keys.GetKey(Epochs.At(Now));
        Assert.Equal(RetentionEntry.Ok, (await new EpochKeyRetention(keys).InspectAsync(Now, default)).State);

        _ = new EpochKeys(folder, before).GetKey(Epochs.At(Now) - 3);
        var over = await new EpochKeyRetention(keys).InspectAsync(Now, default);
        Assert.Equal((RetentionEntry.Over, 2L), (over.State, over.Rows));

        keys.Erase();
        Assert.Equal(RetentionEntry.Ok, (await new EpochKeyRetention(keys).InspectAsync(Now, default)).State);
    }

    [Fact]
    public async Task The_audit_and_files_tell_their_own_age()
    {
        await _place.FillAsync(2);
        var audit =
            await new AuditRetention(new AuditOptions { Directory = _place.Directory }).InspectAsync(Now, default);
        Assert.Equal((10L, RetentionEntry.Ok, "at least 365 d, kept 400 d"), (audit.Rows, audit.State, audit.Limit));
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), audit.Oldest);
        Assert.Equal(RetentionEntry.Over, (await new AuditRetention(new AuditOptions { Directory = _place.Directory })
            .InspectAsync(Now.AddDays(420), default)).State);

        var file = _place.Beside("a.seg");
        File.WriteAllText(file, "1234");
        File.SetLastWriteTimeUtc(file, Now.AddDays(-8).UtcDateTime);
        var files = await new FileRetention("spool", Path.GetDirectoryName(file)!, "*.seg", TimeSpan.FromDays(7))
            .InspectAsync(Now, default);
        Assert.Equal((RetentionEntry.Over, 1L, 4L), (files.State, files.Rows, files.Octets));
    }

    [Fact]
    public async Task A_place_that_cannot_be_read_is_unknown_and_not_empty()
    {
        await _place.FillAsync(1);
        File.AppendAllText(_place.Segments[^1], "no entry\n");

        var rows = await RetentionPage.ReadAsync(
            [new AuditRetention(new AuditOptions { Directory = _place.Directory })], Now, default);

        Assert.Equal(RetentionEntry.Unknown, rows[0].State);
        Assert.Contains("no sound entry", rows[0].Where);
    }

    private sealed class NothingPending : IPendingRows
    {
        public Task DrainAsync(CancellationToken cancel) => Task.CompletedTask;
    }
}
