// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Cli.Commands;
using Weir.Cli.Configuring;
using Weir.Cli.Reporting;
using Weir.Cli.Retaining;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;
using Weir.Desk.Records;
using Weir.Desk.Reporting;
using Weir.Hosting.Auditing;
using Weir.Hosting.Spooling;
using Weir.Store.Evidence;
using Weir.Store.Loading;
using Weir.Tests.Auditing;
using Weir.Tests.Store;
using Weir.Tests.Support;
using Weir.Vault.Keys;

namespace Weir.Tests.Cli.Retaining;

public sealed class RetentionReportTests(Engines engines) : IClassFixture<Engines>, IDisposable
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
        var table = new StoreTableRetention(store, "sightings", "sightings", 7);
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
        var place = new EvidenceRetention(store, policy);
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        clock.Advance(Now - DateTimeOffset.UnixEpoch);
        await store.Client.ExecuteAsync("TRUNCATE TABLE evidence", default);
        Assert.Equal(RetentionEntry.Nothing, (await place.InspectAsync(Now, default)).State);

        await InsertAsync(Now.AddDays(-90));
        var within = await place.InspectAsync(Now, default);
        Assert.Equal((RetentionEntry.Ok, 1L, "30 d after its case is closed, 93 d at most, in weeks"), (
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
        var place = new CaseRetention(path, PolicyProfile.UsProvider);
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
        var rows = await RetentionReport.BuildAsync([place], Now, default);
        Assert.Equal(RetentionEntry.Unknown, rows[0].State);
        Assert.Contains("cannot be read", rows[0].Where);
    }

    [Fact]
    public async Task A_vault_that_does_not_answer_leaves_identity_unknown()
    {
        var rows = await RetentionReport.BuildAsync(
            [new IdentityRetention(_place.Beside("vault.sock"), null, 7)], Now, default);
        Assert.Equal(RetentionEntry.Unknown, rows[0].State);
        Assert.Contains("is weir vault running", rows[0].Where);
    }

    private sealed class Entries : IAuditLog
    {
        public List<AuditEntry> All { get; } = [];

        public Task<AuditReceipt> AppendAsync(AuditEntry entry, CancellationToken cancel)
        {
            All.Add(entry);
            return Task.FromResult(default(AuditReceipt));
        }
    }

    [Fact]
    public async Task A_key_past_its_time_is_over()
    {
        var folder = _place.Beside("keys");
        var today = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        today.Advance(Now - DateTimeOffset.UnixEpoch);
        var before = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        before.Advance(Now.AddDays(-21) - DateTimeOffset.UnixEpoch);
        _ = new EpochKeys(folder, today).GetKey(Epochs.At(Now));
        Assert.Equal(RetentionEntry.Ok, (await new EpochKeyRetention(folder).InspectAsync(Now, default)).State);

        _ = new EpochKeys(folder, before).GetKey(Epochs.At(Now) - 3);
        var over = await new EpochKeyRetention(folder).InspectAsync(Now, default);
        Assert.Equal((RetentionEntry.Over, 2L), (over.State, over.Rows));

        new EpochKeys(folder, today).Erase();
        Assert.Equal(RetentionEntry.Ok, (await new EpochKeyRetention(folder).InspectAsync(Now, default)).State);
    }

    [Fact]
    public async Task The_audit_and_files_tell_their_own_age()
    {
        await _place.FillAsync(2);
        var audit =
            await new AuditRetention(new AuditOptions { Directory = _place.Directory }).InspectAsync(Now, default);
        Assert.Equal((10L, RetentionEntry.Ok, "at least 365d, kept 400d"), (audit.Rows, audit.State, audit.Limit));
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

        var rows = await RetentionReport.BuildAsync(
            [new AuditRetention(new AuditOptions { Directory = _place.Directory })], Now, default);

        Assert.Equal(RetentionEntry.Unknown, rows[0].State);
        Assert.Contains("no sound entry", rows[0].Where);
        Assert.False(RetentionReport.IsWithin(rows));
    }

    [Fact]
    public async Task The_command_lists_every_kind_and_ends_with_1_where_one_is_over()
    {
        await _place.FillAsync(1);
        var settings = new WeirConfiguration
        {
            Vault = new() { Dir = _place.Beside("vault") },
            Processes = new() { Dir = _place.Beside("weir") },
            Store = new() { Embedded = _place.Beside("flows"), Spool = _place.Beside("spooled") },
            Auditing = new() { Directory = _place.Directory },
            Cases = new() { Dir = _place.Beside("cases") },
            Control = new() { Socket = _place.Beside("control.sock") },
            Report = new() { Dir = _place.Beside("reports") },
        };
        using var output = new StringWriter();
        Assert.Equal(0, await RetentionCommand.WriteAsync(settings, ListingFormat.Json, _place.Clock, output, default));
        using var json = JsonDocument.Parse(output.ToString());
        Assert.Equal(
            [
                "ring", "counters", "pairs", "sightings", "spool", "spool, set aside", "evidence", "cases", "identity",
                "keys", "reports and aggregates", "audit"],
            json.RootElement.EnumerateArray().Select(r => r.GetProperty("kind").GetString()));
        Assert.Equal([.. Enumerable.Repeat("nothing", 11), "ok"], json.RootElement
            .EnumerateArray().Select(r => r.GetProperty("state").GetString()));

        Assert.Equal(["not running", "not running"], json.RootElement
            .EnumerateArray().Take(2).Select(r => r.GetProperty("where").GetString()));

        _ = new EpochKeys(_place.Beside("vault/keys"), new FakeTimeProvider(DateTimeOffset.UnixEpoch)).GetKey(1);
        Assert.Equal(1, await RetentionCommand.WriteAsync(settings, ListingFormat.Csv, _place.Clock, output, default));
    }

    private sealed class NothingPending : IPendingRows
    {
        public Task DrainAsync(CancellationToken cancel) => Task.CompletedTask;
    }
}
