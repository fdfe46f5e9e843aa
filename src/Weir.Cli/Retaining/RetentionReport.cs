// SPDX-License-Identifier: Apache-2.0
//
// The proof of rule R10: for each kind the oldest and the newest that is really there, beside the limit. It asks the
// places themselves, never the settings; a place that does not answer is said to be unknown, not to be empty.
using Weir.Cli.Reporting;
using Weir.Hosting.Auditing;
using Weir.Wire.Native;

namespace Weir.Cli.Retaining;

internal static class RetentionReport
{
    public static readonly IReadOnlyList<ListingColumn<RetentionEntry>> Columns =
    [
        new("kind", r => r.Kind),
        new("oldest", r => r.Oldest),
        new("newest", r => r.Newest),
        new("rows", r => r.Rows),
        new("octets", r => r.Octets),
        new("limit", r => r.Limit),
        new("state", r => r.State),
        new("where", r => r.Where),
    ];

    public static async Task<List<RetentionEntry>> BuildAsync(
        IEnumerable<IRetentionSource> places, DateTimeOffset now, CancellationToken cancel)
    {
        var rows = new List<RetentionEntry>();
        foreach (var place in places)
        {
            try
            {
                rows.Add(await place.InspectAsync(now, cancel));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException
                or StoreException or AuditException or HttpRequestException)
            {
                rows.Add(new(place.Kind, null, null, 0, 0, "", RetentionEntry.Unknown, failure.Message));
            }
        }

        return rows;
    }

    /// <summary>Whether all that is held may be held, and all places could be looked at.</summary>
    public static bool IsWithin(IEnumerable<RetentionEntry> rows) =>
        rows.All(r => r.State is RetentionEntry.Ok or RetentionEntry.Nothing);
}
