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
internal sealed class ListRecord(IReadOnlyCollection<string> own) : IDisposable
{
    /// <summary>From one round of writing to the next.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly ConcurrentQueue<(string List, AuditEntry Entry)> _waiting = new();
    private readonly ConcurrentDictionary<string, (string Digest, string Place)> _taken = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, AuditReceipt> _written = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string List, string Reason), long> _refused = new();
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Copies that were refused since the start, by list and by why their signature was.</summary>
    public IReadOnlyCollection<KeyValuePair<(string List, string Reason), long>> Refused => [.. _refused];

    /// <summary>A list is read and comes in force, or is read again as it was.</summary>
    public void Take(FeedOptions options, ListCopy copy)
    {
        var (name, place) = (options.Name ?? options.Path, PlaceOf(options));
        if (own.Contains(options.Path)
            || (_taken.TryGetValue(name, out var before) && before == (copy.Digest, place)))
        {
            return;
        }

        _taken[name] = (copy.Digest, place);
        _waiting.Enqueue((name, EntryOf(AuditActions.ListInForce, AuditActions.Allow) with
        {
            Rows = copy.Feed.Entries.Count, ResultDigest = copy.Digest, Reason = place,
        }));
    }

    /// <summary>A copy is refused, since its owner's signature does not count for it.</summary>
    public void Refuse(FeedOptions options, FeedException fault)
    {
        var name = options.Name ?? options.Path;
        _ = _refused.AddOrUpdate((name, fault.Refusal), 1, static (_, count) => count + 1);
        _waiting.Enqueue((name, EntryOf(AuditActions.RefuseList, fault.Refusal) with { Reason = fault.Message }));
    }

    /// <summary>Writes what waits.</summary>
    /// <exception cref="AuditException">It cannot be made durable; it waits on.</exception>
    public async Task WriteAsync(IAuditLog audit, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            while (_waiting.TryPeek(out var next))
            {
                var receipt = await audit.AppendAsync(next.Entry, cancel);
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

    /// <summary>The digest that the chain has for a list, read from its folder; empty where it has none.</summary>
    /// <param name="list">Its name.</param>
    /// <param name="folder">Of the chain.</param>
    public string DigestOnChain(string list, string folder) =>
        _written.TryGetValue(list, out var receipt)
        && AuditReader.Find(folder, receipt.Sequence) is { Entry.Act: AuditActions.ListInForce } found
        && found.Hash == receipt.Hash
            ? found.Entry.ResultDigest : "";

    public void Dispose() => _turn.Dispose();

    private static string PlaceOf(FeedOptions options)
    {
        var place = options.IsFetched ? $"{options.Name}, fetched" : $"{options.Name}, {options.Path}";
        return options.Owner is { } owner ? $"{place}, signed by {owner.Key.Fingerprint}" : place;
    }

    private static AuditEntry EntryOf(string act, string outcome) => new()
    {
        Actor = Actor.Weir.Name, Role = Actor.Weir.RoleWord, Act = act, Outcome = outcome,
    };
}
