// SPDX-License-Identifier: Apache-2.0
using System.Data.Common;
using System.Globalization;
using Weir.Hosting.Retention;
using Weir.Hosting.Sqlite;

namespace Weir.Desk.Records;

/// <summary>Events that the brake holds: they name subjects, and go when two people decided, or after a fortnight.
/// </summary>
internal sealed class HeldRetention(string path, TimeSpan longest) : IRetentionSource
{
    private const string Look = "SELECT coalesce(sum(events), 0), min(since_ms), max(since_ms) FROM held_networks "
        + "WHERE events > 0";

    public string Kind => "held events";

    public Task<RetentionEntry> InspectAsync(DateTimeOffset now, CancellationToken cancel)
    {
        try
        {
            using var file = SqliteFile.OpenReadOnly(path, "the records");
            var (events, oldest, newest) = file.Read(
                Look, row => (row.GetInt64(0), row.MaybeAt(1), row.MaybeAt(2)))[0];
            var state = events == 0 ? RetentionEntry.Nothing
                : oldest < now - RetentionEntry.Grace - longest ? RetentionEntry.Over : RetentionEntry.Ok;
            return Task.FromResult(new RetentionEntry(
                Kind, oldest, newest, events, 0,
                string.Create(CultureInfo.InvariantCulture, $"{longest.TotalDays:0} d"), state, path));
        }
        catch (Exception unreadable) when (unreadable is SqliteFileException or DbException)
        {
            throw new IOException(unreadable.Message, unreadable);
        }
    }
}
