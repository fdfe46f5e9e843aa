// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;

namespace Weir.Tests.Auditing;

/// <summary>Heads over the tail: they cover what the next head that stays will cover, and are not kept behind it.
/// </summary>
public sealed class TailHeadTests : IDisposable
{
    private readonly AuditFixture _place = new();

    private string Tail => Path.Combine(_place.Directory, "tail.jsonl");

    public void Dispose() => _place.Dispose();

    [Trait("Attack", "30")]
    [Fact]
    public async Task A_busy_log_keeps_few_heads_and_leaves_no_more_than_a_hundred_entries_uncovered()
    {
        await using var log = _place.Open();
        await AuditFixture.AppendAsync(log, 1_000);

        Assert.InRange(log.State.Sequence - log.State.Covered, 0, 100);
        Assert.Single(File.ReadAllLines(_place.Heads));
        Assert.InRange(File.ReadAllLines(Tail).Length, 9, 11);
        Assert.True(log.Newest.IsTail);
        Assert.Equal(log.State.Covered, log.Newest.Size);
        var verified = _place.Verify();
        Assert.True(verified.IsSound, string.Join('\n', verified.Faults));
        Assert.Equal(log.State.Sequence - log.State.Covered, verified.Uncovered);
    }

    /// <summary>One record has one number of heads, whoever holds it.</summary>
    [Fact]
    public async Task A_copy_has_as_many_heads_as_the_folder_it_is_of()
    {
        await using var log = _place.Open();
        await AuditFixture.AppendAsync(log, 550);
        AuditLines.Write(
            _place.Beside("copy"), AuditLines.Key(_place.Directory), AuditLines.Heads(_place.Directory, 0, 1_000),
            AuditLines.Entries(_place.Directory, 0, 10_000));

        var (own, copy) = (_place.Verify(), AuditVerifier.Verify(_place.Beside("copy")));

        Assert.True(own.IsSound && copy.IsSound);
        Assert.Equal(own.Heads, copy.Heads);
        Assert.Equal(0, copy.Replaced);
        Assert.InRange(own.Replaced, 1, 10);
    }

    [Fact]
    public async Task A_head_that_stays_takes_the_place_of_those_over_the_tail()
    {
        await using var log = _place.Open();
        await AuditFixture.AppendAsync(log, 250);
        var before = log.Newest;

        await log.SignHeadAsync(default);
        Assert.Equal(before.Number, log.Newest.Number);
        Assert.False(log.Newest.IsTail);
        Assert.True(_place.Verify().IsSound);

        await AuditFixture.AppendAsync(log, 110);
        Assert.Equal(before.Number + 1, log.Newest.Number);
        Assert.Single(File.ReadAllLines(Tail));
        Assert.True(_place.Verify().IsSound);
    }

    [Trait("Attack", "30")]
    [Fact]
    public async Task Entries_taken_away_behind_a_tail_head_are_named_and_stop_the_start()
    {
        string[] lines;
        byte[] heads;
        byte[] tail;
        await using (var log = _place.Open())
        {
            await AuditFixture.AppendAsync(log, 150);
            lines = File.ReadAllLines(_place.Segments[0]);
            (heads, tail) = (File.ReadAllBytes(_place.Heads), File.ReadAllBytes(Tail));
        }

        // As a machine that was switched off leaves it: no closing entry, no head of a stop.
        File.WriteAllBytes(_place.Heads, heads);
        File.WriteAllBytes(Tail, tail);
        File.WriteAllLines(_place.Segments[0], lines[..50]);

        Assert.Contains("entry 51 is missing", Assert.Single(_place.Verify().Faults).What, StringComparison.Ordinal);
        Assert.Contains("was taken away", Assert.Throws<AuditException>(() => _place.Open()).Message, StringComparison.Ordinal);

        File.WriteAllLines(_place.Segments[0], lines);
        Assert.True(_place.Verify().IsSound);
        await using var again = _place.Open();
        Assert.Equal(lines.Length + 1, again.State.Sequence);
    }

    [Fact]
    public async Task Every_octet_of_a_tail_head_matters()
    {
        await using (var log = _place.Open())
        {
            await AuditFixture.AppendAsync(log, 120);
            File.Copy(_place.Heads, _place.Beside("heads"));
            File.Copy(Tail, _place.Beside("tail"));
        }

        File.Copy(_place.Beside("heads"), _place.Heads, overwrite: true);
        var octets = File.ReadAllBytes(_place.Beside("tail"));
        for (var at = 0; at < octets.Length; at += 3)
        {
            var changed = (byte[])octets.Clone();
            changed[at] ^= 1;
            File.WriteAllBytes(Tail, changed);
            var verified = _place.Verify();
            Assert.True(
                verified.Faults is [{ File: "tail.jsonl" }, ..], $"octet {at}: {string.Join(' ', verified.Faults)}");
        }
    }

    [Fact]
    public async Task What_is_fetched_line_by_line_has_the_tail_head_too()
    {
        await using var log = _place.Open();
        await AuditFixture.AppendAsync(log, 130);

        var heads = AuditLines.Heads(_place.Directory, 0, 1_000);
        Assert.Equal(2, heads.Count);
        Assert.True(TreeHead.Read(Encoding.UTF8.GetBytes(heads[^1]))!.IsTail);
        Assert.Equal(heads[^1], Assert.Single(AuditLines.NewestHeads(_place.Directory, 1)));

        var copy = _place.Beside("copy");
        AuditLines.Write(
            copy, AuditLines.Key(_place.Directory), heads, AuditLines.Entries(_place.Directory, 0, 1_000));
        var verified = AuditVerifier.Verify(copy);
        Assert.True(verified.IsSound, string.Join('\n', verified.Faults));
        Assert.Equal(log.State.Sequence - log.State.Covered, verified.Uncovered);
    }
}
