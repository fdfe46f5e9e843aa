// SPDX-License-Identifier: Apache-2.0
//
// Step 4 of the way: compares the far end of every attributed flow with the watchlist in force. What is listed as C&C
// or sinkhole feeds the table of contacts, which alone says what was an exchange; what is listed as attacker or bogon
// is counted and no more; what is allowed is left alone. One matcher belongs to one subject shard and one thread.
using Weir.Collector.Decoding;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Segments;
using Weir.Wire;

namespace Weir.Collector.Matching;

/// <summary>What the matching step saw, in flows. Attributed = Unlisted + Listed + Attackers +
/// Bogons + Allowed.</summary>
public readonly record struct MatchCounts(
    long Attributed, long Unlisted, long Listed, long Attackers, long Bogons, long Allowed);

/// <summary>Step 4: finds contacts of subjects with listed endpoints.</summary>
/// <param name="lists">The watchlist in force; taken once a batch.</param>
/// <param name="name">Gives the pseudonym of a subject's address block; asked once a sighting.</param>
/// <param name="exporters">Who told, by number; null where nobody asks.</param>
/// <param name="capacity">Contact windows held at most.</param>
/// <param name="atOnce">Takes a certain exchange as it happens; null where nobody waits for it.</param>
/// <param name="isApart">Whether each contact window is a row of its own.</param>
public sealed class Matcher(
    CurrentWatchlist lists, Func<IpKey, long, SubjectKey> name, ExporterNumbers? exporters = null,
    int capacity = ContactTracker.DefaultCapacity, Action<Sighting>? atOnce = null, bool isApart = false)
{
    /// <summary>Flows looked at together: enough misses of the cache at once, few enough to stay in it.</summary>
    private const int Stride = 64;

    private readonly ContactTracker _contacts = new(name, exporters, capacity, atOnce, isApart);
    private long _attributed;
    private long _listed;
    private long _attackers;
    private long _bogons;
    private long _allowed;

    public MatchCounts Counts =>
        new(
            _attributed, _attributed - _listed - _attackers - _bogons - _allowed, _listed, _attackers,
            _bogons, _allowed);

    public ContactCounts Contacts => _contacts.Counts;

    /// <summary>Contact windows held now.</summary>
    public int Waiting => _contacts.Count;

    /// <summary>Looks at flows in any order. Hot: no lock, and no garbage for what is not listed.</summary>
    public void Match(ReadOnlySpan<Flow> flows)
    {
        var list = lists.Current;
        Span<ulong> hashes = stackalloc ulong[Stride];
        Span<byte> marked = stackalloc byte[Stride];
        for (; !flows.IsEmpty; flows = flows[Math.Min(Stride, flows.Length)..])
        {
            var some = flows[..Math.Min(Stride, flows.Length)];
            foreach (ref readonly var flow in some)
            {
                _attributed += flow.Place == FlowAttribution.Attributed ? 1 : 0;
            }

            MatchMarked(list, some, marked[..list.Prefilter(some, hashes, marked)]);
        }
    }

    private void MatchMarked(Watchlist list, ReadOnlySpan<Flow> flows, ReadOnlySpan<byte> marked)
    {
        foreach (var at in marked)
        {
            ref readonly var flow = ref flows[at];
            if (flow.Place != FlowAttribution.Attributed)
            {
                continue;
            }

            if (list.Find(
                flow.Remote, flow.RemotePort, flow.Protocol, flow.StartMs, anyPort: !ExchangeRule.IsOwnServer(flow),
                out var hit))
            {
                HandleHit(flow, list.TagOf(hit), hit.Sources);
            }
        }
    }

    /// <summary>Sightings of contacts that flows starting at or after the watermark cannot change;
    /// <see cref="long.MaxValue"/> at the end of input.</summary>
    public IReadOnlyList<Sighting> Drain(long watermarkMs) => _contacts.Drain(watermarkMs);

    /// <summary>Contact windows that are open; see <see cref="ContactTracker.Save"/>.</summary>
    internal IReadOnlyList<SavedWindow> Save() => _contacts.Save();

    /// <summary>Goes on with a window of an earlier run.</summary>
    internal void Resume(IpKey subject, SavedWindow saved) => _contacts.Resume(subject, saved);

    private void HandleHit(in Flow flow, ListTag tag, byte sources)
    {
        switch (tag.Role)
        {
            case ListRole.C2 or ListRole.Sinkhole:
                _listed++;
                _contacts.Add(flow, tag, sources);
                break;
            case ListRole.Attacker:
                _attackers++;
                break;
            case ListRole.Bogon:
                _bogons++;
                break;
            default:
                _allowed++;
                break;
        }
    }
}
