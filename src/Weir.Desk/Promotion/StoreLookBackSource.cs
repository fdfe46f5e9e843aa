// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Hosting.StoreClient;

namespace Weir.Desk.Promotion;

/// <summary>The store's process as the desk's looking back sees it.</summary>
/// <param name="store">Client of the store.</param>
/// <param name="hasNames">Whether the names of an epoch are still valid; null where subjects stand in clear.</param>
/// <param name="reach">How far back, at most <see cref="LookBack.Longest"/>.</param>
/// <param name="time">Clock.</param>
internal sealed class StoreLookBackSource(
    StoreLookBack store, Func<uint, bool>? hasNames, TimeSpan reach, TimeProvider time)
    : ILookBackSource
{
    /// <summary>Flows that were under way to the matcher when the list changed.</summary>
    private static readonly TimeSpan ActiveWithin = TimeSpan.FromMinutes(1);

    public async IAsyncEnumerable<PastEvents> SearchAsync(
        Approval promotion, [EnumeratorCancellation] CancellationToken cancel)
    {
        var leave = StoreLookBack.LeaveOf(promotion);
        foreach (var (fromMs, untilMs) in Spans(leave.GivenAt))
        {
            var found = await store.SearchAsync(leave, fromMs, untilMs, cancel);
            yield return new(found.Events, fromMs, untilMs, found.IsCut);
        }
    }

    /// <summary>From the reach to the promotion, cut where pseudonyms change; epochs whose names nobody can
    /// resolve are left out.</summary>
    private IEnumerable<(long FromMs, long UntilMs)> Spans(DateTimeOffset givenAt)
    {
        var given = givenAt + ActiveWithin;
        var now = time.GetUtcNow();
        var untilMs = (given < now ? given : now).ToUnixTimeMilliseconds();
        var fromMs = untilMs - (long)(reach < LookBack.Longest ? reach : LookBack.Longest).TotalMilliseconds;
        for (var at = fromMs; at < untilMs;)
        {
            var end = hasNames is null
                ? untilMs
                : Math.Min(untilMs, Epochs.BeginOf(Epochs.At(at) + 1).ToUnixTimeMilliseconds());
            if (hasNames is null || hasNames(Epochs.At(at)))
            {
                yield return (at, end);
            }

            at = end;
        }
    }
}
