// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Hosting.Channels;

namespace Weir.Tests.Auditing;

/// <summary>What is kept outside finds what whoever has all files and the key can do to a record (attacks 30 and
/// 31).</summary>
public sealed class OutsideHeadsTests : IDisposable
{
    private readonly AuditFixture _place = new();

    private string Syslog => _place.Beside("syslog");

    public void Dispose() => _place.Dispose();

    /// <summary>As a collector of syslog writes it.</summary>
    private void Keep(TreeHead head) => File.AppendAllText(
        Syslog, $"Mar  1 12:00:00 weir weir: 133|1|weir|audit-head|[weir@32473 record=\"desk\"]| {head}\n");

    [Trait("Attack", "31")]
    [Fact]
    public async Task A_record_set_back_with_heads_key_and_copy_is_cut_after_its_last_entry()
    {
        var away = _place.Beside("away");
        await using (var log = _place.Open(away))
        {
            await AuditFixture.AppendAsync(log, 10);
            await log.SignHeadAsync(default);
            Keep(log.Newest);
        }

        CopyFolder(_place.Directory, _place.Beside("then"));
        CopyFolder(away, _place.Beside("away-then"));
        await using (var log = _place.Open(away))
        {
            await AuditFixture.AppendAsync(log, 230);
            Keep(log.Newest);
        }

        Assert.True(_place.Verify(Syslog).IsSound);
        CopyFolder(_place.Beside("then"), _place.Directory);
        CopyFolder(_place.Beside("away-then"), away);

        // What lies on the machine agrees with itself; what left it does not.
        Assert.True(_place.Verify(Path.Combine(away, "heads.jsonl")).IsSound);
        var verified = _place.Verify(Syslog);
        Assert.Contains("cut after 12: head", Assert.Single(verified.Faults).What, StringComparison.Ordinal);
        Assert.Equal(2, verified.Compared);
        Assert.True(verified.Beyond!.Size > 200);
    }

    [Trait("Attack", "31")]
    [Fact]
    public async Task A_record_that_was_set_back_and_went_on_with_its_own_key_is_another()
    {
        await using (var log = _place.Open())
        {
            await AuditFixture.AppendAsync(log, 5);
        }

        CopyFolder(_place.Directory, _place.Beside("then"));
        await using (var log = _place.Open())
        {
            await AuditFixture.AppendAsync(log, 130);
            Keep(log.Newest);
        }

        CopyFolder(_place.Beside("then"), _place.Directory);
        _place.Clock.Advance(TimeSpan.FromMinutes(1));
        await using (var log = _place.Open())
        {
            await AuditFixture.AppendAsync(log, 300);
            Keep(log.Newest);
        }

        Assert.True(_place.Verify().IsSound);
        Assert.Contains(
            "is not over the first", Assert.Single(_place.Verify(Syslog).Faults).What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_writes_into_the_file_outside_accuses_nobody_and_who_begins_anew_is_named()
    {
        await using (var log = _place.Open())
        {
            await AuditFixture.AppendAsync(log, 120);
            Keep(log.Newest);
            Keep(log.Newest with { Size = log.Newest.Size + 500 });
            Keep(log.Newest with { Root = new string('0', 64) });
        }

        Assert.True(_place.Verify(Syslog).IsSound);

        Directory.Delete(_place.Directory, recursive: true);
        await using (_place.Open())
        {
        }

        Assert.True(_place.Verify().IsSound);
        Assert.Contains(
            "signed by the key of this log", Assert.Single(_place.Verify(Syslog).Faults).What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Heads_of_other_records_in_the_same_file_are_counted_beside()
    {
        using var other = new AuditFixture();
        await using (var log = other.Open())
        {
            Keep(log.Newest);
        }

        await using (var log = _place.Open())
        {
            await AuditFixture.AppendAsync(log, 120);
            Keep(log.Newest);
        }

        var verified = _place.Verify(Syslog);
        Assert.True(verified.IsSound, string.Join('\n', verified.Faults));
        Assert.Equal((1, 1), (verified.Compared, verified.OfOthers));
    }

    [Fact]
    public async Task The_copy_has_each_head_once_whatever_was_open_between()
    {
        var away = _place.Beside("away");
        await using (var log = _place.Open(away))
        {
            await AuditFixture.AppendAsync(log, 120);
        }

        await using (var log = _place.Open())
        {
            await AuditFixture.AppendAsync(log, 120);
        }

        await using (var log = _place.Open(away))
        {
            await AuditFixture.AppendAsync(log, 120);
            Assert.Equal("", log.State.Fault);
        }

        var lines = File.ReadAllLines(Path.Combine(away, "heads.jsonl"));
        Assert.Equal(lines.Length, lines.Distinct().Count());
        Assert.Subset(lines.ToHashSet(), File.ReadAllLines(_place.Heads).ToHashSet());
        Assert.Contains(lines, line => line.Contains("\"kind\":\"tail\"", StringComparison.Ordinal));
        Assert.True(_place.Verify(Path.Combine(away, "heads.jsonl")).IsSound);
    }

    [Fact]
    public async Task A_copy_that_lost_the_end_of_its_last_line_goes_on()
    {
        var away = _place.Beside("away");
        var copy = Path.Combine(away, "heads.jsonl");
        await using (_place.Open(away))
        {
        }

        File.AppendAllText(copy, "{\"at\":\"2026");
        await using (var log = _place.Open(away))
        {
            Assert.Equal("", log.State.Fault);
        }

        Assert.True(_place.Verify(copy).IsSound);
        Assert.Equal(File.ReadAllLines(_place.Heads)[^1], File.ReadAllLines(copy)[^1]);
    }

    /// <summary>Who cut a record may write on, so that it is being written whenever somebody looks.</summary>
    [Trait("Attack", "31")]
    [Fact]
    public async Task A_record_that_was_cut_is_found_while_it_is_being_written()
    {
        await using (var log = _place.Open())
        {
            await AuditFixture.AppendAsync(log, 10);
        }

        CopyFolder(_place.Directory, _place.Beside("then"));
        await using (var log = _place.Open())
        {
            await AuditFixture.AppendAsync(log, 150);
            Keep(log.Newest);
        }

        CopyFolder(_place.Beside("then"), _place.Directory);
        var folder = new AuditFolder(_place.Directory);
        var segments = folder.Segments();
        var ends = segments.ToDictionary(one => one.Path, one => new FileInfo(one.Path).Length);
        List<AuditHeadLine> heads = [.. File.ReadLines(_place.Heads).Index().Select(one =>
            new AuditHeadLine(TreeHead.Read(Encoding.UTF8.GetBytes(one.Item))!, one.Index + 1, "heads.jsonl"))];
        using var key = AuditKey.ReadPublic(File.ReadAllBytes(folder.PublicKeyFile))!;
        File.AppendAllText(segments[^1].Path, "{\"act\":");

        var fault = new AuditEntryWalker(folder, heads, new(), ends)
        {
            Outside = OutsideHeads.Read(Syslog, AuditKey.FingerprintOf(key)), Key = key,
        }.Run(segments);

        Assert.Contains("cut after 12: head", fault?.What, StringComparison.Ordinal);
    }

    /// <summary>Quoted-printable text is folded at 76 characters (RFC 2045 section 6.7).</summary>
    [Fact]
    public async Task Heads_are_found_in_mails_as_they_came()
    {
        await using var log = _place.Open();
        var mails = _place.Beside("mails");
        for (var i = 0; i < 3; i++)
        {
            await AuditFixture.AppendAsync(log, 110);
            using var message = MailWriter.Compose(
                new()
                {
                    From = "weir@isp.example", To = "auditor@isp.example", Subject = "a head", Id = $"head-{i}",
                    Plain = $"Keep this mail, été.\n\n{log.Newest}\n",
                },
                _place.Clock.GetUtcNow());
            using var to = File.Open(mails, FileMode.Append);
            message.WriteTo(to);
        }

        Assert.Contains(File.ReadLines(mails), line => line.StartsWith("{\"at\":\"", StringComparison.Ordinal)
            && line.EndsWith('='));
        var verified = _place.Verify(mails);
        Assert.True(verified.IsSound, string.Join('\n', verified.Faults));
        Assert.Equal(3, verified.Compared);
    }

    [Fact]
    public async Task A_line_that_ends_like_a_folded_one_hides_no_head()
    {
        await using var log = _place.Open();
        await AuditFixture.AppendAsync(log, 110);
        File.WriteAllText(Syslog, $"Zm9v=\n{log.Newest}=\n{log.Newest}\nYmFy=\r\n=\r\n{log.Newest}\nlast=\n");

        var verified = _place.Verify(Syslog);
        Assert.True(verified.IsSound, string.Join('\n', verified.Faults));
        Assert.Equal(3, verified.Compared);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Mar  1 12:00:00 weir sshd: a session was opened\n")]
    public async Task A_file_without_a_head_says_nothing_and_is_not_called_sound(string text)
    {
        await using var log = _place.Open();
        File.WriteAllText(Syslog, text);

        Assert.Contains(
            "no head of any record", Assert.Single(_place.Verify(Syslog).Faults).What, StringComparison.Ordinal);
    }

    /// <summary>A year has a hundred thousand heads that stay, and every two seconds one over the tail.</summary>
    [Fact]
    public async Task A_head_over_the_tail_is_copied_without_reading_those_that_stay()
    {
        await using var log = _place.Open();
        var copy = _place.Beside("away");
        var export = new TreeHeadExporter(new(_place.Directory), copy);
        await AuditFixture.AppendAsync(log, 110);
        export.Copy(log.Newest);

        File.Move(_place.Heads, _place.Beside("heads"));
        await AuditFixture.AppendAsync(log, 110);
        export.Copy(log.Newest);
        File.Move(_place.Beside("heads"), _place.Heads);

        Assert.Equal(3, File.ReadAllLines(Path.Combine(copy, "heads.jsonl")).Length);
        Assert.True(_place.Verify(Path.Combine(copy, "heads.jsonl")).IsSound);
    }

    private static void CopyFolder(string from, string to)
    {
        if (Directory.Exists(to))
        {
            Directory.Delete(to, recursive: true);
        }

        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
