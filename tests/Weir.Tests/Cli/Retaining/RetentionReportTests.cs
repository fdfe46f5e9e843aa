// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.Attributing;
using Weir.Auditing;
using Weir.Cli.Configuring;
using Weir.Cli.Commands;
using Weir.Cli.Reporting;
using Weir.Cli.Retaining;
using Weir.Tests.Auditing;
using Weir.Tests.Store;

namespace Weir.Tests.Cli.Retaining;

public sealed class RetentionReportTests(Engines engines) : IClassFixture<Engines>, IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    private readonly AuditPlace _place = new();

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData(Engine.Embedded)]
    [InlineData(Engine.Server)]
    public async Task Tables_tell_what_their_parts_hold(Engine engine)
    {
        if (engines.Of(engine) is not { } store)
        {
            return;
        }

        await store.Client.ExecuteAsync("TRUNCATE TABLE sightings", default);
        var table = new RetainedTable(store, "sightings", "sightings", 7);
        Assert.Equal(Retained.Nothing, (await table.LookAsync(Now, default)).State);

        const string Insert = "INSERT INTO sightings (day, subject, remote, port, protocol, list, role, kind, confidence, first, last, contacts, segment) VALUES ";
        const string Rest = ", unhex('00000000000000000000000000000001'), unhex('00000000000000000000000000000002'), 443, 6, 'l', 0, 0, 100, 0, 0, 1, 1)";
        await store.Client.ExecuteAsync($"{Insert}('2026-03-03'{Rest}", default);
        await store.Client.ExecuteAsync($"{Insert}('2026-03-10'{Rest}", default);
        var within = await table.LookAsync(Now, default);
        Assert.Equal((Retained.Ok, 2L, "7 d"), (within.State, within.Rows, within.Limit));
        Assert.Equal(new DateTimeOffset(2026, 3, 3, 0, 0, 0, TimeSpan.Zero), within.Oldest);
        Assert.Equal(Now, within.Newest);
        Assert.True(within.Octets > 0);

        await store.Client.ExecuteAsync($"{Insert}('2026-03-02'{Rest}", default);
        Assert.Equal(Retained.Over, (await table.LookAsync(Now, default)).State);

        await store.DropBeforeAsync(new DateOnly(2026, 3, 3), default);
        Assert.Equal(Retained.Ok, (await table.LookAsync(Now, default)).State);
    }

    [Fact]
    public async Task A_key_past_its_time_is_over()
    {
        var folder = _place.Beside("keys");
        var today = (uint)(Now - DateTimeOffset.UnixEpoch).Days;
        WriteKey(folder, Epochs.OfDay(today));
        Assert.Equal(Retained.Ok, (await new RetainedKeys(folder).LookAsync(Now, default)).State);

        WriteKey(folder, Epochs.OfDay(today) - 3);
        var over = await new RetainedKeys(folder).LookAsync(Now, default);
        Assert.Equal((Retained.Over, 2L), (over.State, over.Rows));

        File.Delete(KeyOf(folder, Epochs.OfDay(today) - 3));
        Assert.Equal(Retained.Ok, (await new RetainedKeys(folder).LookAsync(Now, default)).State);
    }

    [Fact]
    public async Task The_audit_and_files_tell_their_own_age()
    {
        await _place.FillAsync(2);
        var audit = await new RetainedAudit(new AuditOptions { Directory = _place.Directory }).LookAsync(Now, default);
        Assert.Equal((10L, Retained.Ok, "at least 365d, kept 400d"), (audit.Rows, audit.State, audit.Limit));
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), audit.Oldest);
        Assert.Equal(Retained.Over, (await new RetainedAudit(new AuditOptions { Directory = _place.Directory }).LookAsync(Now.AddDays(420), default)).State);

        var file = _place.Beside("a.seg");
        File.WriteAllText(file, "1234");
        File.SetLastWriteTimeUtc(file, Now.AddDays(-8).UtcDateTime);
        var files = await new RetainedFiles("spool", Path.GetDirectoryName(file)!, "*.seg", TimeSpan.FromDays(7)).LookAsync(Now, default);
        Assert.Equal((Retained.Over, 1L, 4L), (files.State, files.Rows, files.Octets));
    }

    [Fact]
    public async Task A_place_that_cannot_be_read_is_unknown_and_not_empty()
    {
        await _place.FillAsync(1);
        File.AppendAllText(_place.Segments[0], "no entry\n");

        var rows = await RetentionReport.BuildAsync([new RetainedAudit(new AuditOptions { Directory = _place.Directory })], Now, default);

        Assert.Equal(Retained.Unknown, rows[0].State);
        Assert.Contains("no sound entry", rows[0].Where);
        Assert.False(RetentionReport.IsWithin(rows));
    }

    [Fact]
    public async Task The_command_lists_every_kind_and_ends_with_1_where_one_is_over()
    {
        await _place.FillAsync(1);
        var settings = new WeirConfiguration
        {
            Attributing = new() { KeyDir = _place.Beside("keys") },
            Store = new() { Embedded = _place.Beside("flows"), Spool = _place.Beside("spooled") },
            Auditing = new() { Dir = _place.Directory },
        };
        using var output = new StringWriter();
        Assert.Equal(0, await RetentionCommand.WriteAsync(settings, ListingFormat.Json, _place.Clock, output, default));
        using var json = JsonDocument.Parse(output.ToString());
        Assert.Equal(["pairs", "sightings", "spool", "spool, set aside", "keys", "audit"], json.RootElement.EnumerateArray().Select(r => r.GetProperty("kind").GetString()));
        Assert.Equal(["nothing", "nothing", "nothing", "nothing", "nothing", "ok"], json.RootElement.EnumerateArray().Select(r => r.GetProperty("state").GetString()));

        WriteKey(_place.Beside("keys"), 1);
        Assert.Equal(1, await RetentionCommand.WriteAsync(settings, ListingFormat.Csv, _place.Clock, output, default));
    }

    private static string KeyOf(string folder, uint epoch) => Path.Combine(folder, FormattableString.Invariant($"epoch-{epoch}.key"));

    private static void WriteKey(string folder, uint epoch)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(KeyOf(folder, epoch), new byte[32]);
    }
}
