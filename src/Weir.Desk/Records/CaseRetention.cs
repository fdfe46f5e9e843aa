// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Hosting.Retention;

namespace Weir.Desk.Records;

/// <summary>Case files that name a subject. An open one has no end; a closed one goes, with its evidence and its key,
/// so many days after.</summary>
internal sealed class CaseRetention(string path, int daysAfterClose) : IRetentionSource
{
    public string Kind => "cases";

    public Task<RetentionEntry> InspectAsync(DateTimeOffset now, CancellationToken cancel)
    {
        try
        {
            var held = CaseInventory.ReadFrom(path);
            var limit = now - RetentionEntry.Grace - TimeSpan.FromDays(daysAfterClose);
            var state = held.Cases == 0
                ? RetentionEntry.Nothing : held.OldestClosed < limit ? RetentionEntry.Over : RetentionEntry.Ok;
            return Task.FromResult(new RetentionEntry(
                Kind, held.Oldest, held.Newest, held.Cases, held.Octets,
                string.Create(CultureInfo.InvariantCulture, $"{daysAfterClose} d after close"), state, path));
        }
        catch (RecordsException unreadable)
        {
            throw new IOException(unreadable.Message, unreadable);
        }
    }
}
