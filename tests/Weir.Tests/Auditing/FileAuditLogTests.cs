// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;

namespace Weir.Tests.Auditing;

public sealed class FileAuditLogTests : IDisposable
{
    private readonly AuditFixture _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task An_entry_is_in_the_file_when_its_receipt_comes()
    {
        await using var log = _place.Open();

        var receipt = await log.AppendAsync(AuditFixture.Entry(7), default);

        var record = AuditReader.Entries(_place.Directory).Last();
        Assert.Equal(AuditFixture.Entry(7), record.Entry);
        Assert.Equal((record.Sequence, record.At, record.Hash), (receipt.Sequence, receipt.At, receipt.Hash));
        Assert.Equal(_place.Clock.Wall, receipt.At);
    }

    [Fact]
    public async Task Lines_are_canonical_json_with_sorted_members()
    {
        await using (var log = _place.Open())
        {
            await log.AppendAsync(AuditFixture.Entry(3, "out-of-scope"), default);
        }

        var opened = AuditReader.Entries(_place.Directory).First();
        var record = AuditReader.Entries(_place.Directory).ElementAt(1);
        Assert.Equal(
            $$"""{"act":"read-evidence","actor":"anna","at":"2026-03-01T12:00:00.000Z","case":"c-0000000000000001","hash":"{{record.Hash}}","outcome":"out-of-scope","previous":"{{opened.Hash}}","purpose":"ddos-source","reason":"asked \"why\"\tby mail – né 📡","role":"analyst","rows":3,"scope":"s-0000000000000001","sequence":2}""",
            File.ReadAllLines(_place.Segments[0])[1]);
        Assert.Equal(AuditRecord.Beginning, opened.Previous);
    }

    [Fact]
    public async Task Many_callers_share_a_commit_and_all_get_their_own_receipt()
    {
        await using var log = _place.Open();

        var receipts = await Task.WhenAll(
            Enumerable.Range(0, 500).Select(i => Task.Run(() => log.AppendAsync(AuditFixture.Entry(i), default))));

        Assert.Equal(Enumerable.Range(2, 500).Select(i => (long)i), receipts.Select(r => r.Sequence).Order());
        Assert.True(log.State.Commits < 500, $"{log.State.Commits} commits for 500 entries");
        var byHash = AuditReader.Entries(_place.Directory).ToDictionary(r => r.Hash);
        Assert.All(receipts.Index(), r => Assert.Equal(r.Index, byHash[r.Item.Hash].Entry.Rows));
    }

    [Fact]
    public async Task Files_belong_to_their_user_alone()
    {
        await _place.FillAsync(1);

        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(_place.Directory));
        Assert.All(Directory.GetFiles(_place.Directory), file =>
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Fact]
    public async Task A_second_writer_is_refused()
    {
        await using var log = _place.Open();

        var taken = Assert.Throws<AuditException>(() => _place.Open()).Message;
        Assert.Contains("one process writes a log", taken);
        Assert.Contains(FormattableString.Invariant($"/lock is held by process {Environment.ProcessId} ("), taken);
    }

    [Fact]
    public async Task A_log_goes_on_where_it_ended()
    {
        await _place.FillAsync(3);

        var entries = AuditReader.Entries(_place.Directory).ToList();
        Assert.Equal(Enumerable.Range(1, 13).Select(i => (long)i), entries.Select(e => e.Sequence));
        Assert.Equal(
            [AuditActions.AuditOpened, AuditActions.AuditClosed, AuditActions.AuditOpened, AuditActions.AuditClosed],
            entries.Select(e => e.Entry.Act).Where(a => a.StartsWith("audit", StringComparison.Ordinal)));
        Assert.Equal(
        [
            TreeHeadReason.Start, TreeHeadReason.Period, TreeHeadReason.Stop, TreeHeadReason.Start, TreeHeadReason.Stop
        ], AuditReader.Heads(_place.Directory).Select(h => h.Kind));
        Assert.Equal(2, _place.Segments.Length);
        Assert.True(_place.Verify().IsSound);
    }

    [Fact]
    public async Task A_torn_last_line_is_cut_off_and_told()
    {
        await _place.FillAsync(2);
        File.AppendAllText(_place.Segments[^1], """{"act":"read-evid""");

        await using (var log = _place.Open())
        {
            await log.AppendAsync(AuditFixture.Entry(0), default);
        }

        var cut = Assert.Single(AuditReader.Entries(_place.Directory), e => e.Entry.Act == AuditActions.TornLineCut);
        Assert.Contains("17 octets without line feed", cut.Entry.Reason);
        Assert.True(_place.Verify().IsSound);
    }

    [Fact]
    public async Task An_entry_that_lacks_only_its_line_feed_stays()
    {
        var copy = "";
        await using (var log = _place.Open())
        {
            await AuditFixture.AppendAsync(log, 2);
            // As a crash leaves it: no closing entry, no stop head.
            copy = File.ReadAllText(_place.Segments[0]);
        }

        File.WriteAllText(_place.Segments[0], copy[..^1]);
        File.WriteAllLines(_place.Heads, File.ReadAllLines(_place.Heads)[..1]);
        await using (_place.Open())
        {
        }

        Assert.DoesNotContain(AuditReader.Entries(_place.Directory), e => e.Entry.Act == AuditActions.TornLineCut);
        Assert.Equal(2, AuditReader.Entries(_place.Directory).Count(e => e.Entry.Act == AuditActions.ReadEvidence));
        Assert.True(_place.Verify().IsSound);
    }

    [Fact]
    public async Task A_broken_tail_stops_the_start()
    {
        await _place.FillAsync(2);
        var text = File.ReadAllText(_place.Segments[^1]);
        File.WriteAllText(_place.Segments[^1], text.Replace("\"rows\":1", "\"rows\":9", StringComparison.Ordinal));

        var refusal = Assert.Throws<AuditException>(() => _place.Open());

        Assert.Contains("does not hold", refusal.Message);
        Assert.Contains(Path.GetFileName(_place.Segments[^1]), refusal.Message);
    }

    [Fact]
    public async Task A_tail_that_was_taken_away_stops_the_start()
    {
        await _place.FillAsync(2);
        File.WriteAllText(_place.Segments[^1], File.ReadAllText(_place.Segments[^1])[..^1].Split('\n')[0] + "\n");

        Assert.Contains("taken away", Assert.Throws<AuditException>(() => _place.Open()).Message);
    }

    [Fact]
    public async Task A_clock_that_jumps_is_an_entry_and_the_sequence_rules()
    {
        await using (var log = _place.Open())
        {
            await log.AppendAsync(AuditFixture.Entry(0), default);
            _place.Clock.Wall -= TimeSpan.FromDays(2);
            await log.AppendAsync(AuditFixture.Entry(1), default);
            _place.Clock.Wall += TimeSpan.FromHours(1);
            await log.AppendAsync(AuditFixture.Entry(2), default);
            _place.Clock.Advance(TimeSpan.FromMinutes(30));
            await log.AppendAsync(AuditFixture.Entry(3), default);
        }

        var steps = AuditReader.Entries(_place.Directory)
            .Where(e => e.Entry.Act == AuditActions.ClockStepped).Select(e => e.Entry.Reason).ToList();
        Assert.Equal([
            "from 2026-03-01T12:00:00.000Z to 2026-02-27T12:00:00.000Z, -172800.000 s",
            "from 2026-02-27T12:00:00.000Z to 2026-02-27T13:00:00.000Z, +3600.000 s"], steps);
        Assert.Equal(
            Enumerable.Range(1, 8).Select(i => (long)i), AuditReader.Entries(_place.Directory).Select(e => e.Sequence));
        Assert.True(_place.Verify().IsSound);
    }

    [Fact]
    public async Task A_clock_that_went_back_while_stopped_is_an_entry()
    {
        await _place.FillAsync(1);
        _place.Clock.Wall -= TimeSpan.FromMinutes(1);
        await using (_place.Open())
        {
        }

        Assert.Single(AuditReader.Entries(_place.Directory), e => e.Entry.Act == AuditActions.ClockStepped);
    }

    /// <summary>Who cuts the tail cuts a hundred entries at most (attacks 30).</summary>
    [Fact]
    public async Task No_more_than_a_hundred_entries_stand_behind_the_last_head()
    {
        await using var log = _place.Open();
        await AuditFixture.AppendAsync(log, 255);

        Assert.InRange(log.State.Sequence - log.State.Covered, 0, 100);
        Assert.True(_place.Verify().IsSound);
    }

    [Fact]
    public async Task A_copy_that_may_only_grow_grows()
    {
        var away = _place.Beside("away");
        await using var log = _place.Open(away);
        var copy = Path.Combine(away, "heads.jsonl");
        using var forbid = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("chattr", ["+a", copy])
        {
            RedirectStandardError = true,
        })!;
        await forbid.WaitForExitAsync();
        var before = File.ReadAllBytes(copy);
        try
        {
            // Where the file system or the user knows no such files, at least nothing of before is written again.
            await log.SignHeadAsync(default);
            Assert.Equal(before, File.ReadAllBytes(copy)[..before.Length]);
            Assert.Equal("", log.State.Fault);
            Assert.Equal(File.ReadAllBytes(_place.Heads), File.ReadAllBytes(copy));
        }
        finally
        {
            using var allow = System.Diagnostics.Process.Start("chattr", ["-a", copy]);
            await allow.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task Every_head_is_copied_off_the_box()
    {
        var away = _place.Beside("away");
        await using (var log = _place.Open(away))
        {
            await log.SignHeadAsync(default);
        }

        Assert.Equal(File.ReadAllBytes(_place.Heads), File.ReadAllBytes(Path.Combine(away, "heads.jsonl")));
        Assert.True(_place.Verify(Path.Combine(away, "heads.jsonl")).IsSound);
    }

    [Fact]
    public async Task A_copy_that_holds_more_heads_than_the_log_is_told()
    {
        var away = _place.Beside("away");
        await using (_place.Open(away))
        {
        }

        var (before, segment) = (File.ReadAllBytes(_place.Heads), File.ReadAllBytes(_place.Segments[0]));
        await using (_place.Open(away))
        {
        }

        await using (_place.Open(away))
        {
        }

        File.WriteAllBytes(_place.Heads, before);
        File.WriteAllBytes(_place.Segments[0], segment);
        await using var log = _place.Open(away);

        Assert.Contains("the log was set back", log.State.Fault);
    }

    [Fact]
    public async Task An_entry_that_says_too_much_or_too_little_is_refused()
    {
        await using var log = _place.Open();

        await Assert.ThrowsAsync<AuditException>(
            () => log.AppendAsync(AuditFixture.Entry(0) with { Reason = new string('x', 20_000) }, default));
        await Assert.ThrowsAsync<AuditException>(
            () => log.AppendAsync(AuditFixture.Entry(0) with { Actor = "" }, default));
        await Assert.ThrowsAsync<AuditException>(
            () => log.AppendAsync(AuditFixture.Entry(0) with { Rows = long.MaxValue }, default));
        Assert.Equal(1, log.State.Sequence);
    }

    /// <summary>Who moves a record away beside its cases gets no new one without a word.</summary>
    [Trait("Attack", "48")]
    [Fact]
    public async Task A_log_is_not_begun_from_nothing_beside_what_another_was_the_record_of_unless_somebody_says_why()
    {
        var cases = _place.Beside("records.sqlite");
        await using (Open())
        {
        }

        await File.WriteAllTextAsync(cases, "cases");
        await using (Open())
        {
        }

        Directory.Delete(_place.Directory, recursive: true);
        var refused = Assert.Throws<AuditException>(() => Open());
        Assert.Contains(cases, refused.Message, StringComparison.Ordinal);
        Assert.Contains("begin-anew", refused.Message, StringComparison.Ordinal);
        Assert.Throws<AuditException>(() => Open());

        var why = Path.Combine(_place.Directory, "begin-anew");
        await File.WriteAllTextAsync(why, "the disk is lost\n");
        await using (Open())
        {
        }

        Assert.False(File.Exists(why));
        Assert.Contains(
            "begun anew: the disk is lost", AuditReader.Entries(_place.Directory).First().Entry.Reason,
            StringComparison.Ordinal);

        FileAuditLog Open() => FileAuditLog.Open(
            new AuditOptions { Directory = _place.Directory, Beside = cases }, _place.Clock,
            NullLogger<FileAuditLog>.Instance);
    }

    [Fact]
    public async Task A_closed_log_takes_nothing()
    {
        var log = _place.Open();
        await log.DisposeAsync();

        await Assert.ThrowsAsync<AuditException>(() => log.AppendAsync(AuditFixture.Entry(0), default));
    }

    [Fact]
    public async Task Old_segments_go_behind_a_head_and_the_log_stays_sound()
    {
        await _place.FillAsync(3);
        _place.Clock.Advance(TimeSpan.FromDays(380));
        await using (var log = _place.Open(keep: TimeSpan.FromDays(365)))
        {
            await log.SignHeadAsync(default);
            await AuditFixture.AppendAsync(log, 2);
        }

        var verdict = _place.Verify();
        Assert.Equal([], verdict.Faults);
        Assert.Equal(14, verdict.KeptFrom);
        Assert.Equal(14, AuditReader.Entries(_place.Directory).First().Sequence);
        Assert.Contains(
            AuditReader.Entries(_place.Directory), e => e.Entry is { Act: AuditActions.AuditPruned, Rows: 13 });

        // It goes on, and a beginning that is missing without leave is found.
        await using (_place.Open(keep: TimeSpan.FromDays(365)))
        {
        }

        Assert.True(_place.Verify().IsSound);
        File.Delete(_place.Segments[0]);
        Assert.False(_place.Verify().IsSound);
    }

    [Fact]
    public async Task Nothing_is_dropped_that_does_not_hold()
    {
        await _place.FillAsync(3);
        var old = _place.Segments[0];
        File.WriteAllText(old, File.ReadAllText(old).Replace("\"rows\":1", "\"rows\":2", StringComparison.Ordinal));
        _place.Clock.Advance(TimeSpan.FromDays(380));
        await using (var log = _place.Open(keep: TimeSpan.FromDays(365)))
        {
            await log.SignHeadAsync(default);
            Assert.Contains("nothing is dropped", log.State.Fault);
        }

        Assert.True(File.Exists(old));
    }

    [Fact]
    public async Task A_key_that_others_may_read_is_refused()
    {
        await _place.Open().DisposeAsync();
        File.SetUnixFileMode(Path.Combine(_place.Directory, "key.pem"), UnixFileMode.UserRead | UnixFileMode.OtherRead);

        Assert.Contains("chmod 600", Assert.Throws<AuditException>(() => _place.Open()).Message);
    }

    [Fact]
    public async Task A_log_without_its_key_is_not_given_a_new_one()
    {
        await _place.Open().DisposeAsync();
        File.Delete(Path.Combine(_place.Directory, "key.pem"));

        Assert.Contains("put it back", Assert.Throws<AuditException>(() => _place.Open()).Message);
    }

    [Fact]
    public async Task An_export_holds_key_entries_and_heads_as_they_stand()
    {
        await _place.FillAsync(2);
        using var to = new MemoryStream();

        var (entries, heads) = AuditExport.Write(_place.Directory, to);

        var lines = Encoding.UTF8.GetString(to.ToArray()).Split('\n')[..^1];
        Assert.Equal((10L, 5L), (entries, heads));
        Assert.Contains("BEGIN PUBLIC KEY", lines[0]);
        Assert.Equal(
            [.. _place.Segments.SelectMany(File.ReadAllLines), .. File.ReadAllLines(_place.Heads)], lines[1..]);
    }
}
