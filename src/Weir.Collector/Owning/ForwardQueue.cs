// SPDX-License-Identifier: Apache-2.0
//
// Flows that wait to be sent to one owner, in memory alone, bounded in number and in time. Nobody waits to put flows
// in: where there is no room the oldest go, and what goes is counted, by reason, and by exporter and minute for the
// coverage. So
//
//     handed = acknowledged + lost + waiting
using System.Threading.Channels;
using Weir.Contracts.Flows;

namespace Weir.Collector.Owning;

/// <summary>What waits for one owner. For any thread; one sends.</summary>
/// <param name="owner">Its name.</param>
/// <param name="maps">Lists of rows that may give flows away.</param>
/// <param name="most">Most flows that wait.</param>
/// <param name="longest">How long one waits at most.</param>
/// <param name="time">Our clock.</param>
public sealed class ForwardQueue(string owner, int maps, long most, TimeSpan longest, TimeProvider time)
{
    private const long MinuteMs = 60_000;

    private readonly Lock _gate = new();
    private readonly Queue<ForwardBlock> _closed = [];
    private readonly ForwardBlock?[] _filling = new ForwardBlock?[maps];
    private readonly long[] _lost = new long[Enum.GetValues<ForwardLoss>().Length];
    private readonly Channel<bool> _arrived = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly long _most = Math.Max(most, 2 * ForwardBlock.MaxFlows);
    private Dictionary<(uint Minute, ushort Exporter), long> _lostOf = [];
    private ForwardBlock? _sending;
    private long _handed;
    private long _acknowledged;
    private long _waiting;
    private long _lostBeforeMs = long.MinValue;

    /// <summary>The owner's name.</summary>
    public string Owner => owner;

    /// <summary>Most flows that wait.</summary>
    public long Most => _most;

    /// <summary>Flows put in since the start.</summary>
    public long Handed => Interlocked.Read(ref _handed);

    /// <summary>Flows that the owner answered for.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>Flows that wait, those under way among them.</summary>
    public long Waiting => Interlocked.Read(ref _waiting);

    /// <summary>Flows that the owner never got, for a reason.</summary>
    public long LostBy(ForwardLoss reason) => Interlocked.Read(ref _lost[(int)reason]);

    /// <summary>Every flow that starts then or later and was put in has reached the owner or waits; milliseconds since
    /// the UNIX epoch, <see cref="long.MinValue"/> while none was lost.</summary>
    public long LostBeforeMs => Interlocked.Read(ref _lostBeforeMs);

    /// <summary>Why the owner does not take them; empty where it does.</summary>
    public string Fault { get; internal set => Volatile.Write(ref field, value); } = "";

    /// <summary>Puts flows in; never waits.</summary>
    /// <param name="flows">Copied.</param>
    /// <param name="map">The list of rows that gave them away.</param>
    public void Add(ReadOnlySpan<Flow> flows, int map)
    {
        var now = NowMs();
        lock (_gate)
        {
            _handed += flows.Length;
            _waiting += flows.Length;
            while (!flows.IsEmpty)
            {
                var block = _filling[map] ??= new ForwardBlock(map, now);
                flows = flows[block.Add(flows)..];
                if (block.IsFull)
                {
                    _closed.Enqueue(block);
                    _filling[map] = null;
                }
            }

            DropExpired(now);
            while (_waiting > _most && _closed.TryDequeue(out var oldest))
            {
                Lose(oldest, ForwardLoss.NoRoom);
            }
        }

        Wake();
    }

    /// <summary>The oldest flows, to be sent, and then acknowledged or lost; null where none wait.</summary>
    internal ForwardBlock? Take()
    {
        lock (_gate)
        {
            DropExpired(NowMs());
            if (!_closed.TryDequeue(out _sending))
            {
                _sending = _filling.OfType<ForwardBlock>().MinBy(block => block.OpenedMs);
                if (_sending is not null)
                {
                    _filling[_sending.Map] = null;
                }
            }

            return _sending;
        }
    }

    /// <summary>The owner answered for what was taken.</summary>
    internal void Acknowledge()
    {
        lock (_gate)
        {
            if (_sending is { } block)
            {
                _acknowledged += block.Count;
                _waiting -= block.Count;
                _sending = null;
            }
        }
    }

    /// <summary>What was taken never reaches the owner.</summary>
    internal void Lose(ForwardLoss reason)
    {
        lock (_gate)
        {
            if (_sending is { } block)
            {
                Lose(block, reason);
                _sending = null;
            }
        }
    }

    /// <summary>Nothing is sent any more: all that waits is lost.</summary>
    /// <returns>How many flows.</returns>
    internal long LoseAll(ForwardLoss reason)
    {
        lock (_gate)
        {
            var before = _waiting;
            Lose(reason);
            while (Take() is not null)
            {
                Lose(reason);
            }

            return before;
        }
    }

    /// <summary>Loses what has waited for too long.</summary>
    /// <returns>Whether what was taken has.</returns>
    internal bool Expire()
    {
        lock (_gate)
        {
            var now = NowMs();
            DropExpired(now);
            if (_sending is not { } block || !IsExpired(block, now))
            {
                return false;
            }

            Lose(ForwardLoss.TooOld);
            return true;
        }
    }

    /// <summary>What was lost since this was last asked.</summary>
    public IReadOnlyList<LostFlows> TakeLosses()
    {
        Dictionary<(uint Minute, ushort Exporter), long> lost;
        lock (_gate)
        {
            (lost, _lostOf) = (_lostOf, []);
        }

        return [.. lost.Select(one => new LostFlows(one.Key.Minute, one.Key.Exporter, one.Value))];
    }

    /// <summary>Ends when flows were put in since it last ended.</summary>
    internal Task WaitAsync(CancellationToken cancel) => _arrived.Reader.ReadAsync(cancel).AsTask();

    /// <summary>Has <see cref="WaitAsync"/> end.</summary>
    internal void Wake() => _arrived.Writer.TryWrite(true);

    private void DropExpired(long now)
    {
        while (_closed.TryPeek(out var oldest) && IsExpired(oldest, now))
        {
            Lose(_closed.Dequeue(), ForwardLoss.TooOld);
        }

        for (var map = 0; map < _filling.Length; map++)
        {
            if (_filling[map] is { } block && IsExpired(block, now))
            {
                Lose(block, ForwardLoss.TooOld);
                _filling[map] = null;
            }
        }
    }

    private bool IsExpired(ForwardBlock block, long now) => now - block.OpenedMs >= longest.TotalMilliseconds;

    private void Lose(ForwardBlock block, ForwardLoss reason)
    {
        _lost[(int)reason] += block.Count;
        _waiting -= block.Count;
        var minute = (uint)(block.OpenedMs / MinuteMs * (MinuteMs / 1_000));
        var latest = long.MinValue;
        foreach (ref readonly var flow in block.Flows)
        {
            latest = Math.Max(latest, flow.StartMs);
            _lostOf[(minute, flow.Exporter)] = _lostOf.GetValueOrDefault((minute, flow.Exporter)) + 1;
        }

        // An exporter whose clock is ahead does not move this beyond our own.
        _lostBeforeMs = Math.Max(_lostBeforeMs, Math.Min(latest, NowMs()) + 1);
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
