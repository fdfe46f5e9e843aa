// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;

namespace Weir.Hosting.Retention;

/// <summary>Files of a folder and below that go by their age; without a limit they are kept for good.</summary>
/// <param name="kind">What they are.</param>
/// <param name="folder">Where; one that is not there holds nothing.</param>
/// <param name="pattern">Such as <c>*.seg</c>.</param>
/// <param name="limit">How long they may be kept; null without a limit.</param>
public sealed class FileRetention(string kind, string folder, string pattern, TimeSpan? limit) : IRetentionSource
{
    public string Kind => kind;

    public Task<RetentionEntry> InspectAsync(DateTimeOffset now, CancellationToken cancel)
    {
        // Asked for once, and kept by the file's entry: what was being written is put in its place meanwhile.
        FileInfo[] files = Directory.Exists(folder)
            ? [.. new DirectoryInfo(folder).GetFiles(pattern, SearchOption.AllDirectories).Where(f => f.Exists)]
            : [];
        var times = files.Select(f => new DateTimeOffset(f.LastWriteTimeUtc)).Order().ToList();
        return Task.FromResult(RetentionEntry.Create(
            kind, (times.Count > 0 ? times[0] : null, times.Count > 0 ? times[^1] : null),
            (files.Length, files.Sum(f => f.Length)),
            limit is { } span ? RetentionEntry.Days(span) : "none: no subscriber stands in it", now - limit, folder));
    }
}

/// <summary>A process's own record: kept a year at least, and dropped some time after.</summary>
public sealed class AuditRetention(AuditOptions options) : IRetentionSource
{
    public string Kind => "audit";

    public Task<RetentionEntry> InspectAsync(DateTimeOffset now, CancellationToken cancel)
    {
        var limit = $"at least {RetentionEntry.Days(AuditOptions.MinRetention)}, kept "
            + RetentionEntry.Days(options.Retention);
        var held = AuditReader.Bounds(options.Directory);
        var rows = held is { } both ? both.Last.Sequence - both.First.Sequence + 1 : 0;
        var octets = Directory.Exists(options.Directory)
            ? new DirectoryInfo(options.Directory).GetFiles("*.jsonl").Sum(f => f.Length)
            : 0;
        // Segments of a day go whole, behind the next head.
        return Task.FromResult(RetentionEntry.Create(
            "audit", (held?.First.At, held?.Last.At), (rows, octets), limit,
            now - options.Retention - TimeSpan.FromDays(2), options.Directory));
    }
}
