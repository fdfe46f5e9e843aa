// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Analysis;
using Weir.Cli.SelfTesting.Rules;
using Weir.Hosting.Auditing.Reading;

namespace Weir.Cli.SelfTesting.Attacks;

/// <summary>The record as a file in the wrong hands: whatever is done to a copy of it is found.</summary>
internal static class RecordAttacks
{
    private const string Somebody = "somebody with the files";

    public static IEnumerable<AttackRow> Rows { get; } =
    [
        new(29, Somebody, "changes one octet of an entry", play => AlterAsync(play, lines =>
            lines[lines.Count / 2] =
                lines[lines.Count / 2].Replace("\"outcome\":\"", "\"outcome\":\"x", StringComparison.Ordinal))),
        new(29, Somebody, "takes an entry out", play => AlterAsync(play, lines => lines.RemoveAt(lines.Count / 2))),
        new(29, Somebody, "swaps two entries", play => AlterAsync(play, lines =>
            (lines[1], lines[2]) = (lines[2], lines[1]))),
        new(29, Somebody, "writes an entry twice", play => AlterAsync(play, lines => lines.Insert(1, lines[1]))),
        new(29, Somebody, "cuts what the last head covers", play => AlterAsync(play, lines =>
            lines.RemoveRange(1, lines.Count - 1))),
        new(29, Somebody, "writes garbage behind it", play =>
            AlterAsync(play, lines => lines.Add("{\"act\":\"look\"}"))),
        new(30, Somebody, "cuts the entries that no head covers", play =>
        {
            var verified = AuditVerifier.Verify(play.Place.AuditFolder);
            play.Check(verified.Entries > Uncovered, "too few entries were written to tell");
            play.Came(
                verified.Uncovered <= Uncovered ? "a-hundred-at-most" : "more", "a-hundred-at-most", "weir audit verify");
            return Task.CompletedTask;
        }),
    ];

    /// <summary>Entries that may stand behind the last head.</summary>
    private const int Uncovered = 100;

    private static async Task AlterAsync(ScenarioRunner play, Action<List<string>> alter)
    {
        using var folder = new WorkingFolder();
        var copy = folder.At("audit");
        _ = Directory.CreateDirectory(copy);
        foreach (var file in Directory.GetFiles(play.Place.AuditFolder, "*.jsonl")
            .Concat(Directory.GetFiles(play.Place.AuditFolder, "public.pem")))
        {
            await using var from = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            await using var to = File.Create(Path.Combine(copy, Path.GetFileName(file)));
            await from.CopyToAsync(to, play.Cancel);
        }

        play.Check(AuditVerifier.Verify(copy).IsSound, "the copy does not hold before anything was done to it");
        var entries = Directory.GetFiles(copy, "*.jsonl").Where(file => Path.GetFileName(file) != "heads.jsonl")
            .OrderByDescending(file => new FileInfo(file).Length).First();
        var lines = (await File.ReadAllLinesAsync(entries, play.Cancel)).ToList();
        alter(lines);
        await File.WriteAllTextAsync(entries, string.Concat(lines.Select(line => line + "\n")), play.Cancel);
        var found = AuditVerifier.Verify(copy);
        play.Came(found.IsSound ? "sound" : "broken", "broken", "weir audit verify");
    }
}
