// SPDX-License-Identifier: Apache-2.0
//
// What the desk's lists allow, as it sent it: held in memory by digest, the latest few.
using System.Text.Json;
using Weir.Contracts.Json;
using Weir.Contracts.Lists;
using Weir.Contracts.Protocol;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.Releases;
using Weir.Wire;

namespace Weir.Store.Runs;

/// <summary>One list, to be asked.</summary>
/// <param name="Lists">Whether it allows an endpoint.</param>
/// <param name="Networks">What it allows.</param>
internal sealed record HeldAllowList(Watchlist Lists, IReadOnlyList<Prefix> Networks);

/// <summary>Lists by digest. Safe for any thread.</summary>
internal sealed class AllowLists(TimeProvider time)
{
    private const int Most = 4;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, HeldAllowList> _held = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = [];

    /// <summary>Takes a list.</summary>
    public async Task<AllowListReceipt> AnswerAsync(PeerCall call, Stream body, CancellationToken cancel)
    {
        using var octets = new MemoryStream();
        await body.CopyToAsync(octets, cancel);
        var whole = octets.GetBuffer().AsMemory(0, (int)octets.Length);
        var held = Read(whole.Span);
        var digest = ReleaseChain.Digest(whole.Span);
        lock (_gate)
        {
            if (_held.TryAdd(digest, held))
            {
                _order.Enqueue(digest);
            }

            if (_order.Count > Most)
            {
                _ = _held.Remove(_order.Dequeue());
            }
        }

        return new(digest, held.Networks.Count);
    }

    /// <summary>The list of a digest; null where it is not held.</summary>
    public HeldAllowList? Find(string digest)
    {
        lock (_gate)
        {
            return _held.GetValueOrDefault(digest);
        }
    }

    private HeldAllowList Read(ReadOnlySpan<byte> octets)
    {
        AllowList list;
        try
        {
            list = StrictJson.Read(octets, StoreJson.Default.AllowList);
        }
        catch (JsonException fault)
        {
            throw PeerRefusalException.Malformed($"the body is no allow-list: {fault.Message}");
        }

        var tag = new ListTag("allow", ListRole.Allow, 100, "");
        List<ListEntry> entries = [];
        foreach (var one in list.Networks)
        {
            entries.Add(Prefix.TryParse(one.Network, out var network)
                ? new ListEntry(network, one.Port, one.Protocol, tag, 0, 0, ListEntry.Never, 0)
                : throw PeerRefusalException.Malformed($"'{one.Network}' is no network"));
        }

        var feed = new Feed
        {
            Name = tag.List,
            Path = "",
            Format = "desk",
            Role = ListRole.Allow,
            Entries = entries,
            Domains = [],
            Refused = new RejectedLines(0, []),
            Ignored = new Dictionary<string, int>(),
            ReadAt = time.GetUtcNow(),
        };
        return new(Watchlist.From([feed], time.GetUtcNow()), [.. entries.Select(entry => entry.What)]);
    }
}
