// SPDX-License-Identifier: Apache-2.0
//
// Which lists are in force, and which copies were refused because of their owner's signature, on the desk's chain: each
// digest at each start and change. What is read is put down here and written by rounds, in its order.
using System.Collections.Concurrent;
using Weir.Contracts.Policy;
using Weir.Desk.Lists.Feeds;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;

namespace Weir.Desk.Lists;

/// <summary>Takes what comes of readings. Safe for any thread.</summary>
/// <param name="own">Files that the desk writes itself, whose changes are on the chain as what people did.</param>
/// <param name="differences">Keeps what each load changed; null where nobody does.</param>
internal sealed class ListRecord(
    IReadOnlyCollection<string> own, ListDifferences? differences = null) : IDisposable
{
    /// <summary>From one round of writing to the next.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly ConcurrentQueue<(string List, AuditEntry Entry, ListCopy? Copy)> _waiting = new();
    private readonly ConcurrentDictionary<string, (string Digest, string Place)> _taken = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, AuditReceipt> _written = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string List, string Reason), long> _refused = new();
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Copies that were refused since the start, by list and by why their signature was.</summary>
    public IReadOnlyCollection<KeyValuePair<(string List, string Reason), long>> Refused => [.. _refused];

    /// <summary>A list is read and comes in force, or is read again as it was.</summary>
    public void Take(FeedOptions options, ListCopy copy)
    {
        var (name, place) = (options.Name ?? options.Path, PlaceOf(options, copy));
        if (own.Contains(options.Path)
            || (_taken.TryGetValue(name, out var before) && before == (copy.Digest, place)))
        {
            return;
        }

        _taken[name] = (copy.Digest, place);
        _waiting.Enqueue((name, EntryOf(AuditActions.ListInForce, AuditActions.Allow) with
        {
            Rows = copy.Feed.Entries.Count, ResultDigest = copy.Digest, Reason = place,
            Text = copy.Signature is { } said ? said.Says.ToString() : "",
            Signature = copy.Signature is { } by ? by.Signature.ToString() : "",
        }, copy));
    }

    /// <summary>A copy is refused, since its owner's signature does not count for it.</summary>
    /// <param name="list">Its name.</param>
    /// <param name="refusal">Why, as a word.</param>
    /// <param name="sentence">Why, and what to do.</param>
    public void Refuse(string list, string refusal, string sentence)
    {
        _ = _refused.AddOrUpdate((list, refusal), 1, static (_, count) => count + 1);
        _waiting.Enqueue((list, EntryOf(AuditActions.RefuseList, refusal) with { Reason = sentence }, null));
    }

    /// <summary>Writes what waits.</summary>
    /// <exception cref="AuditException">It, or what a load changed, cannot be made durable; it waits on.</exception>
    public async Task WriteAsync(IAuditLog audit, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            while (_waiting.TryPeek(out var next))
            {
                var receipt = await AppendAsync(audit, next.List, next.Entry, next.Copy, cancel);
                if (next.Entry.Act == AuditActions.ListInForce)
                {
                    _written[next.List] = receipt;
                }

                _ = _waiting.TryDequeue(out _);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>What the chain has of a list in force, read from its folder; null where it has nothing.</summary>
    /// <param name="list">Its name.</param>
    /// <param name="folder">Of the chain.</param>
    public AuditEntry? OnChain(string list, string folder) =>
        _written.TryGetValue(list, out var receipt)
        && AuditReader.Find(folder, receipt.Sequence) is { Entry.Act: AuditActions.ListInForce } found
        && found.Hash == receipt.Hash
            ? found.Entry : null;

    /// <summary>Whether the file that names what a load changed was altered, or cannot be read; one that is kept no
    /// longer was not.</summary>
    public bool IsAltered(AuditEntry load)
    {
        try
        {
            return differences?.Find(load.Difference) is { } text
                && ListDifferences.DigestOf(text) != load.Difference;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return true; // what nobody can read says nothing of what is on the chain
        }
    }

    private async Task<AuditReceipt> AppendAsync(
        IAuditLog audit, string list, AuditEntry entry, ListCopy? copy, CancellationToken cancel)
    {
        if (differences is null || copy is null)
        {
            return await audit.AppendAsync(entry, cancel);
        }

        try
        {
            var taken = differences.Take(list, copy);
            var receipt = await audit.AppendAsync(
                entry with { Added = taken.Added, Removed = taken.Removed, Difference = taken.Digest }, cancel);
            differences.Follow(taken);
            return receipt;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new AuditException(
                $"what list {list} changed cannot be kept ({fault.Message}); make room, or give the folder back to this "
                    + "user", fault);
        }
    }

    public void Dispose() => _turn.Dispose();

    private static string PlaceOf(FeedOptions options, ListCopy copy)
    {
        var place = options.IsFetched ? $"{options.Name}, fetched" : $"{options.Name}, {options.Path}";
        return copy.Signature is { } signed
            ? $"{place}, signed by {signed.Signature.Key.Fingerprint} at {signed.Says.SignedAt:u}" : place;
    }

    private static AuditEntry EntryOf(string act, string outcome) => new()
    {
        Actor = Actor.Weir.Name, Role = Actor.Weir.RoleWord, Act = act, Outcome = outcome,
    };
}
