// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;

namespace Weir.Tests.Auditing;

public sealed class AuditVerifierTests : IDisposable
{
    private readonly AuditFixture _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_log_as_written_is_sound()
    {
        await _place.FillAsync(20);

        var verdict = _place.Verify();

        Assert.Equal((true, 64L, 5L, 1L, 0L), (
            verdict.IsSound, verdict.Entries, verdict.Heads, verdict.KeptFrom, verdict.Uncovered));
    }

    [Fact]
    public async Task A_log_that_is_being_written_is_sound_at_any_moment()
    {
        await using var log = _place.Open();
        var writing = Task.WhenAll(Enumerable.Range(0, 300).Select(async i =>
        {
            await log.AppendAsync(AuditFixture.Entry(i), default);
            if (i % 50 == 0)
            {
                await log.SignHeadAsync(default);
            }
        }));
        do
        {
            Assert.Equal([], _place.Verify().Faults);
        }
        while (!writing.IsCompleted);

        await writing;
    }

    /// <summary>The file, its octets, and the one to change, drawn from all files of a log.</summary>
    [Fact]
    public async Task Any_bit_flipped_anywhere_is_found_and_its_line_is_named()
    {
        await _place.FillAsync(12);
        (string Path, byte[] Octets)[] files = [.. Directory.GetFiles(_place.Directory)
            .Where(f => Path.GetFileName(f) is not ("lock" or "key.pem")).Select(f => (f, File.ReadAllBytes(f)))];
        var total = files.Sum(f => f.Octets.Length);

        Prop.ForAll(
            ArbMap.Default.ArbFor<int>().Generator.SelectMany(_ => Gen.Choose(0, (total * 8) - 1)).ToArbitrary(), bit =>
            {
                var (at, file) = (bit / 8, 0);
                for (; at >= files[file].Octets.Length; file++)
                {
                    at -= files[file].Octets.Length;
                }

                return IsNamed(files[file].Path, files[file].Octets, at, (byte)(1 << (bit % 8)));
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(600));
    }

    [Fact]
    public async Task Every_octet_of_a_small_log_matters()
    {
        await using (var log = _place.Open())
        {
            await log.AppendAsync(AuditFixture.Entry(1), default);
        }

        foreach (var path in Directory.GetFiles(_place.Directory)
            .Where(f => Path.GetFileName(f) is not ("lock" or "key.pem")))
        {
            var octets = File.ReadAllBytes(path);
            for (var at = 0; at < octets.Length; at++)
            {
                Assert.True(
                    IsNamed(path, octets, at, (byte)(1 << (at % 8))), $"{path} octet {at} '{(char)octets[at]}'");
            }
        }
    }

    [Fact]
    public async Task A_line_that_was_taken_out_swapped_or_put_in_is_named()
    {
        await _place.FillAsync(4);
        var path = _place.Segments[0];
        var lines = File.ReadAllLines(path);
        (string[] Lines, long Sequence)[] cases =
        [
            ([.. lines[..2], .. lines[3..]], 3),
            ([.. lines[..2], lines[3], lines[2], .. lines[4..]], 3),
            ([.. lines[..3], lines[2], .. lines[3..]], 4),
            ([.. lines[..^1]], 5),
            ([], 1),
        ];

        foreach (var (changed, sequence) in cases)
        {
            File.WriteAllText(path, string.Concat(changed.Select(l => l + "\n")));
            var fault = Assert.Single(_place.Verify().Faults);
            Assert.Equal(sequence, fault.Sequence);
        }
    }

    [Fact]
    public async Task A_tail_behind_a_head_cannot_go_unseen()
    {
        await _place.FillAsync(4);
        var path = _place.Segments[^1];
        var lines = File.ReadAllLines(path);
        File.WriteAllLines(path, lines[..^2]);

        var fault = Assert.Single(_place.Verify().Faults);

        Assert.Contains("is missing: head 5 covers 16 entries", fault.What);
        Assert.Equal(15, fault.Sequence);
    }

    [Fact]
    public async Task A_segment_that_is_gone_or_renamed_is_named()
    {
        await _place.FillAsync(4);
        var (first, second) = (_place.Segments[0], _place.Segments[1]);
        File.Move(first, Path.Combine(_place.Directory, "away"));
        Assert.Contains("a segment is missing", Assert.Single(_place.Verify().Faults).What);

        File.Move(Path.Combine(_place.Directory, "away"), first);
        File.Move(second, second.Replace("2026-03-02", "2026-03-03", StringComparison.Ordinal));
        Assert.Contains("renamed", Assert.Single(_place.Verify().Faults).What);
    }

    [Fact]
    public async Task Entries_written_anew_without_the_key_do_not_match_the_heads()
    {
        await _place.FillAsync(4);
        var json = new CanonicalJson();
        var previous = AuditRecord.Beginning;
        foreach (var segment in _place.Segments)
        {
            var lines = new List<string>();
            foreach (var line in File.ReadAllBytes(segment).Split((byte)'\n').Where(l => l.Length > 0))
            {
                var record = AuditRecord.Read(line, json)!;
                var entry = record.Sequence == 3 ? record.Entry with { Outcome = "no-trigger" } : record.Entry;
                previous = AuditRecord.Make(entry, record.Sequence, record.At, previous, json).Hash;
                lines.Add(System.Text.Encoding.UTF8.GetString(json.Written));
            }

            File.WriteAllText(segment, string.Concat(lines.Select(l => l + "\n")));
        }

        var fault = Assert.Single(_place.Verify().Faults);

        Assert.Equal(("heads.jsonl", 2L), (fault.File, fault.Line));
        Assert.Contains("2 to 5 were written anew", fault.What);
    }

    [Fact]
    public async Task An_entry_written_anew_with_its_own_hash_breaks_the_chain_at_the_next()
    {
        await _place.FillAsync(4);
        var (path, json) = (_place.Segments[0], new CanonicalJson());
        var lines = File.ReadAllLines(path);
        var record = AuditRecord.Read(System.Text.Encoding.UTF8.GetBytes(lines[2]), json)!;
        AuditRecord.Make(record.Entry with { Actor = "bert" }, record.Sequence, record.At, record.Previous, json);
        lines[2] = System.Text.Encoding.UTF8.GetString(json.Written);
        File.WriteAllLines(path, lines);

        var fault = Assert.Single(_place.Verify().Faults);

        Assert.Equal((4L, 4L, "entry 4 does not follow the entry before it"), (fault.Sequence, fault.Line, fault.What));
    }

    [Fact]
    public async Task A_whole_log_written_anew_with_its_key_is_found_by_heads_exported_earlier()
    {
        await _place.FillAsync(4);
        var exported = _place.Beside("exported.ndjson");
        using (var file = File.Create(exported))
        {
            AuditExport.Write(_place.Directory, file);
        }

        Assert.True(_place.Verify(exported).IsSound);
        Array.ForEach([.. _place.Segments, _place.Heads], File.Delete);
        await _place.FillAsync(4);

        Assert.True(_place.Verify().IsSound);
        Assert.Contains("was written anew", Assert.Single(_place.Verify(exported).Faults).What);

        Array.ForEach([.. _place.Segments, _place.Heads], File.Delete);
        await using (_place.Open())
        {
        }

        File.WriteAllLines(exported, File.ReadAllLines(exported)[^1..]);
        Assert.Contains("set back", Assert.Single(_place.Verify(exported).Faults).What);
    }

    [Fact]
    public async Task A_damaged_export_is_told_and_not_taken_for_nothing()
    {
        await _place.FillAsync(1);
        var copy = _place.Beside("heads.jsonl");
        File.WriteAllText(copy, File.ReadAllText(_place.Heads)
            .Replace("\"size\":4", "\"size\":5", StringComparison.Ordinal)
            .Replace("\"key\":\"", "\"key\": \"", StringComparison.Ordinal));

        Assert.False(_place.Verify(copy).IsSound);
    }

    [Fact]
    public void A_folder_without_a_log_is_told() =>
        Assert.Contains("holds no log", Assert.Throws<AuditException>(() => _place.Verify()).Message);

    private bool IsNamed(string path, byte[] octets, int at, byte bit)
    {
        var changed = (byte[])octets.Clone();
        changed[at] ^= bit;
        File.WriteAllBytes(path, changed);
        try
        {
            var line = path.EndsWith(".pem", StringComparison.Ordinal) ? 0 : octets.AsSpan(0, at).Count((byte)'\n') + 1;
            return _place.Verify().Faults is [var first, ..]
                && first.File == Path.GetFileName(path) && first.Line == line;
        }
        finally
        {
            File.WriteAllBytes(path, octets);
        }
    }
}

file static class Octets
{
    public static IEnumerable<byte[]> Split(this byte[] octets, byte at)
    {
        var start = 0;
        for (var i = 0; i < octets.Length; i++)
        {
            if (octets[i] == at)
            {
                yield return octets[start..i];
                start = i + 1;
            }
        }
    }
}
