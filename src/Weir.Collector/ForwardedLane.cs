// SPDX-License-Identifier: Apache-2.0
//
// Where flows that other collectors heard enter the scatter to the shards, as if they had been heard here: decoded,
// attributed and weighed there, matched, detected and digested here, so that copies by exporters of two roles meet. A
// batch is taken once: its number says whether it came before, and what a kill took out of memory is counted by how
// many flows this collector had answered for.
using System.Security.Cryptography;
using Weir.Collector.Decoding;
using Weir.Collector.Owning;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;

namespace Weir.Collector;

/// <summary>What became of flows of other collectors; together they are all that was taken.</summary>
/// <param name="Attributed">Handed to the shards.</param>
/// <param name="Doubtful">Of these, not corroborated.</param>
/// <param name="OutsideWindow">They start longer ago than pair digests are kept, or ahead of our clock.</param>
/// <param name="Unattributed">The key of their epoch is not at hand here.</param>
/// <param name="NotOurs">Of no network that this collector owns at their time.</param>
public readonly record struct ForwardedCounts(
    long Attributed, long Doubtful, long OutsideWindow, long Unattributed, long NotOurs)
{
    /// <summary>All of them.</summary>
    public long Read => Attributed + OutsideWindow + Unattributed + NotOurs;
}

/// <summary>Takes batches of other collectors, one at a time. Safe for any thread.</summary>
/// <param name="scatter">Its own side of the shards.</param>
/// <param name="owners">Who owns what.</param>
/// <param name="networks">The provider's networks.</param>
/// <param name="keys">Keys of epochs; null where subjects stay in clear.</param>
/// <param name="exporters">Numbers of who tells flows, which all lanes share.</param>
/// <param name="window">Flow starts that count.</param>
public sealed class ForwardedLane(
    ShardDispatcher scatter, SubjectOwners owners, NetworkTable networks, IEpochKeySource? keys,
    ExporterNumbers exporters, FlowWindow window) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private readonly Dictionary<string, ForwarderPosition> _positions = new(StringComparer.Ordinal);
    private ForwardedCounts _counts;
    private long _lastMs = long.MinValue;

    /// <summary>Names this run of the collector, as owner and as sender; never 0.</summary>
    public ulong Run { get; } = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) | 1;

    /// <summary>Who owns what.</summary>
    public SubjectOwners Owners => owners;

    /// <summary>May be moved between two batches.</summary>
    public FlowWindow Window { get; set; } = window;

    /// <summary>What became of all of them.</summary>
    public ForwardedCounts Counts
    {
        get
        {
            lock (_positions)
            {
                return _counts;
            }
        }
    }

    /// <summary>End of the latest flow; <see cref="long.MinValue"/> before any came.</summary>
    public long LastMs => Interlocked.Read(ref _lastMs);

    /// <summary>How far each other collector's flows were taken; of one moment while nobody may put any in.</summary>
    public IReadOnlyList<ForwarderPosition> Positions
    {
        get
        {
            lock (_positions)
            {
                return [.. _positions.Values];
            }
        }
    }

    /// <summary>Goes on where an earlier run was, before the first batch.</summary>
    public void Resume(IEnumerable<ForwarderPosition> positions)
    {
        lock (_positions)
        {
            foreach (var position in positions)
            {
                _positions[position.Collector] = position;
            }
        }
    }

    /// <summary>Lets nobody put flows in until the result is disposed.</summary>
    /// <param name="patience">How long a batch under way gets to end.</param>
    /// <param name="cancel">Asks no longer.</param>
    /// <returns>Null where it did not end in time.</returns>
    public async Task<IDisposable?> StandAsync(TimeSpan patience, CancellationToken cancel) =>
        await _one.WaitAsync(patience, cancel) ? new Release(_one) : null;

    /// <summary>Takes a batch, unless it was taken before.</summary>
    /// <param name="collector">Who sent it.</param>
    /// <param name="batch">What it is.</param>
    /// <param name="map">The list of rows that its flows were given away by.</param>
    /// <param name="cancel">Gives up before any of it is taken.</param>
    /// <returns>False where it may have been taken by a run that was killed: its sender counts it as lost.</returns>
    public async Task<bool> TakeAsync(string collector, ForwardedBatch batch, int map, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            var head = batch.Head;
            var before = PositionOf(collector);
            var isSame = before is not null && before.Session == head.Session;
            if (isSame && head.Sequence <= before!.Sequence)
            {
                return true;
            }

            // What this collector answered for and no longer knows went with a run that was killed.
            var missing = Math.Max(0, (long)head.Acknowledged - (isSame ? before!.Flows : 0));
            var isTaken = !head.IsInDoubt || head.Run == Run;
            var flows = isTaken ? batch.Flows.Length : 0;
            if (isTaken)
            {
                HandOn(batch, map);
            }

            Put(new(
                collector, head.Session, head.Sequence, (long)head.Acknowledged + flows,
                (before?.Taken ?? 0) + flows, (before?.Missing ?? 0) + missing));
            return isTaken;
        }
        finally
        {
            _ = _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private ForwarderPosition? PositionOf(string collector)
    {
        lock (_positions)
        {
            return _positions.GetValueOrDefault(collector);
        }
    }

    private void Put(ForwarderPosition position)
    {
        lock (_positions)
        {
            _positions[position.Collector] = position;
        }
    }

    /// <summary>Waits while the shards are behind: the sender gets its answer when all of it is in their
    /// queues.</summary>
    private void HandOn(ForwardedBatch batch, int map)
    {
        ushort[] numbers = [.. batch.Sources.Select(source => exporters.GetOrAdd(in source))];
        var counts = default(ForwardedCounts);
        foreach (ref readonly var told in batch.Flows.Span)
        {
            if (!Window.Contains(told.StartMs))
            {
                counts = counts with { OutsideWindow = counts.OutsideWindow + 1 };
            }
            else if (!IsOurs(in told, map))
            {
                counts = counts with { NotOurs = counts.NotOurs + 1 };
            }
            else if (keys?.Has(Epochs.At(told.StartMs)) == false)
            {
                counts = counts with { Unattributed = counts.Unattributed + 1 };
            }
            else
            {
                var flow = told;
                flow.Exporter = told.Exporter == 0 ? (ushort)0 : numbers[told.Exporter - 1];
                scatter.Add(flow);
                _lastMs = Math.Max(_lastMs, flow.EndMs);
                counts = counts with
                {
                    Attributed = counts.Attributed + 1,
                    Doubtful = counts.Doubtful + (flow.Standing == FlowStanding.Corroborated ? 0 : 1),
                };
            }
        }

        scatter.Flush();
        Add(counts);
    }

    /// <summary>Where the subject is an address, this collector looks for itself; which address a line's number had at
    /// the time, it cannot.</summary>
    private bool IsOurs(in Flow flow, int map) => owners.MapAt(flow.StartMs) == map
        && (SubscriberLineId.IsLine(flow.Subject)
            || (networks.Find(flow.Subject) is { Excluded: false } && owners.OwnerOf(flow.Subject, map) == owners.Own));

    private void Add(in ForwardedCounts more)
    {
        lock (_positions)
        {
            _counts = new(
                _counts.Attributed + more.Attributed, _counts.Doubtful + more.Doubtful,
                _counts.OutsideWindow + more.OutsideWindow, _counts.Unattributed + more.Unattributed,
                _counts.NotOurs + more.NotOurs);
        }
    }

    private sealed class Release(SemaphoreSlim one) : IDisposable
    {
        private SemaphoreSlim? _one = one;

        public void Dispose() => Interlocked.Exchange(ref _one, null)?.Release();
    }
}
