// SPDX-License-Identifier: Apache-2.0
//
// The last minutes of raw flows, so that a scope can reach back before the event that opened it (rules.md R10). On disk
// in one file of bounded size that is unlinked as soon as it is open, encrypted under keys that live only in memory.
// The shard's thread copies flows into a block; everything else happens on the ring's own thread. Nobody ever waits for
// the disk: a block that finds no room in the queue is lost to the ring, counted, and moves the reach. There is one way
// to read: a pass for a set of watches, which yields evidence rows and nothing else.
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Scopes;

namespace Weir.Collector.Digesting;

/// <summary>What a pass may count on: blocks before <see cref="Before"/> stay until it is released.</summary>
internal sealed class RingPin(long before, long hold, long reachMs)
{
    public long Before => before;

    /// <summary>The oldest block that must stay.</summary>
    public long Hold => hold;

    /// <summary>Every flow that started then or later and came before the mark is in the blocks.</summary>
    public long ReachMs { get; set; } = reachMs;
}

/// <summary>A scope's part in a pass.</summary>
internal readonly record struct RingScanTarget(ScopeWatch Watch, long BeforeBlock);

/// <summary>The ring of one shard.</summary>
internal sealed class FlowRing : IDisposable
{
    public const int BlockFlows = 4_096;

    /// <summary>Blocks that wait for the disk at most: whole ones, and with those that marks closed early.</summary>
    private const int QueuedWhole = 8;
    private const int QueuedBlocks = 256;

    /// <summary>A block that a mark closes before it has so many flows is copied, and the large one
    /// goes on being filled.</summary>
    private const int SmallBlock = BlockFlows / 4;

    /// <summary>The oldest eighth of a full ring is promised to no pass, so that new flows find room while
    /// one is under way.</summary>
    private const int SpareShare = 8;

    private readonly RingOptions _options;
    private readonly TimeProvider _time;
    private readonly NetworkTable? _mailRelays;
    private readonly RingFile _file;
    private readonly BlockingCollection<Filled> _queue = new(QueuedBlocks);
    private readonly ConcurrentBag<Flow[]> _free = [];
    private readonly Thread _thread;
    private readonly object _gate = new();
    private readonly Queue<RingBlock> _blocks = new();
    private readonly List<RingPin> _marks = [];
    private readonly byte[] _octets = new byte[RingBlock.LengthOf(BlockFlows)];
    private Flow[] _filling = new Flow[BlockFlows];
    private int _count;
    private int _whole;
    private long _begunMs;
    private long _next;
    private long _head;
    private long _done;
    private long _flows;
    private long _held;
    private long _lost;
    private long _reachMs;
    private string _fault = "";

    /// <exception cref="IOException">The file cannot be made.</exception>
    public FlowRing(RingOptions options, int shards, TimeProvider time, NetworkTable? mailRelays = null)
    {
        _mailRelays = mailRelays;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Span, RingOptions.Ceiling, nameof(options));
        (_options, _time, _reachMs) = (options, time, options.HeardFromMs);
        _file = new RingFile(options.Directory, Math.Max(1L << 20, options.Size.Octets / shards));
        _thread = new Thread(Run) { Name = "ring", IsBackground = true };
        _thread.Start();
    }

    public RingState State
    {
        get
        {
            lock (_gate)
            {
                return new(
                    _blocks.Count, _flows, _held, _lost, _reachMs,
                    _blocks.TryPeek(out var oldest) ? oldest.ClosedMs : 0, _fault);
            }
        }
    }

    /// <summary>Takes flows; the shard's thread. Never waits.</summary>
    public void Append(ReadOnlySpan<Flow> flows)
    {
        while (!flows.IsEmpty)
        {
            if (_count == 0)
            {
                _begunMs = NowMs();
            }

            var part = Math.Min(flows.Length, BlockFlows - _count);
            flows[..part].CopyTo(_filling.AsSpan(_count));
            _count += part;
            flows = flows[part..];
            if (_count == BlockFlows)
            {
                Close();
            }
        }
    }

    /// <summary>Closes the block under way, and notes where the ring stands: what came before belongs to the pass, what
    /// comes after to the live way. The shard's thread.</summary>
    public RingPin Mark()
    {
        Close();
        var now = NowMs();
        lock (_gate)
        {
            Forget(now);
            var (hold, reachMs) = (_blocks.TryPeek(out var oldest) ? oldest.Number : _done, _reachMs);
            var spare = (_file.Octets / SpareShare) - (_file.Octets - _held);
            foreach (var block in _blocks)
            {
                if (spare <= 0)
                {
                    break;
                }

                (hold, reachMs, spare) = (block.Number + 1, Math.Max(reachMs, block.BeyondMs), spare - block.Length);
            }

            var mark = new RingPin(_next, hold, reachMs);
            _marks.Add(mark);
            return mark;
        }
    }

    /// <summary>From when on a mark's blocks hold everything; waits until they are written. Not on the
    /// shard's thread.</summary>
    public long Reach(RingPin mark)
    {
        lock (_gate)
        {
            AwaitWritten(mark.Before);
            return mark.ReachMs;
        }
    }

    /// <summary>The ring's one way of reading: evidence rows of watches, each from the blocks before its own mark. Not
    /// on the shard's thread.</summary>
    public void Scan(IReadOnlyCollection<RingScanTarget> watches, EvidenceBuffer rows)
    {
        var wanted = new ScopeTable(_mailRelays);
        foreach (var (watch, before) in watches)
        {
            wanted.Add(watch, before);
        }

        var flows = new Flow[BlockFlows];
        var octets = new byte[_octets.Length];
        foreach (var block in BlocksFor(watches))
        {
            var content = flows.AsSpan(0, block.Flows);
            if (watches.Any(part => block.Subjects!.MayHold(part.Watch.Subject)) && TryRead(block, octets, content))
            {
                wanted.Collect(content, block.Number, rows);
                content.Clear();
            }
        }
    }

    /// <summary>Lets go of what passes needed that are over.</summary>
    public void Release(IEnumerable<RingPin> marks)
    {
        lock (_gate)
        {
            HashSet<RingPin> over = [.. marks];
            _marks.RemoveAll(over.Contains);
        }
    }

    /// <summary>Forgets what is too old, the block under way among it; the shard's thread, from time to time.</summary>
    public void DropExpired()
    {
        var now = NowMs();
        if (_count > 0 && now - _begunMs >= _options.Span.TotalMilliseconds / 12)
        {
            Close();
        }

        lock (_gate)
        {
            Forget(now);
        }
    }

    public void Dispose()
    {
        _queue.CompleteAdding();
        _thread.Join();
        _file.Dispose();
        _queue.Dispose();
        Array.Clear(_filling);
        lock (_gate)
        {
            while (_blocks.TryDequeue(out var block))
            {
                block.Erase();
            }
        }
    }

    private void Close()
    {
        if (_count == 0)
        {
            return;
        }

        var isSmall = _count < SmallBlock;
        var filled = new Filled(isSmall ? _filling.AsSpan(0, _count).ToArray() : _filling, _count, _next, NowMs());
        _count = 0;
        if ((isSmall || Volatile.Read(ref _whole) < QueuedWhole) && _queue.TryAdd(filled))
        {
            _next++;
            if (!isSmall)
            {
                Interlocked.Increment(ref _whole);
                _filling = _free.TryTake(out var free) ? free : new Flow[BlockFlows];
            }

            return;
        }

        var block = filled.ToBlock();
        lock (_gate)
        {
            Lose(block, "the disk of the ring does not keep up");
        }
    }

    private void Run()
    {
        foreach (var filled in _queue.GetConsumingEnumerable())
        {
            var block = filled.ToBlock();
            if (TryPlace(block))
            {
                Write(block, filled);
            }

            Array.Clear(filled.Flows, 0, filled.Count);
            if (filled.Flows.Length == BlockFlows)
            {
                _free.Add(filled.Flows);
                Interlocked.Decrement(ref _whole);
            }

            lock (_gate)
            {
                _done = filled.Number + 1;
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Finds room behind the newest block; the oldest make way, unless a pass still needs them.</summary>
    private bool TryPlace(RingBlock block)
    {
        lock (_gate)
        {
            Forget(block.ClosedMs);
            var wraps = _head + block.Length > _file.Octets;
            var at = wraps ? 0 : _head;
            while (_blocks.TryPeek(out var oldest) && ((wraps && oldest.Offset >= _head)
                || (oldest.Offset < at + block.Length && at < oldest.Offset + oldest.Length)))
            {
                if (oldest.Number >= Needed())
                {
                    Lose(block, "the ring is full of flows that a pass for new scopes still needs");
                    return false;
                }

                Drop();
            }

            block.Offset = at;
            _head = at + block.Length;
            return true;
        }
    }

    private void Write(RingBlock block, Filled filled)
    {
        var octets = _octets.AsSpan(0, block.Length);
        block.Subjects = new SubjectSieve(filled.Flows.AsSpan(0, filled.Count));
        block.Encrypt(filled.Flows.AsSpan(0, filled.Count), octets);
        try
        {
            _file.Write(block.Offset, octets);
        }
        catch (IOException refused)
        {
            lock (_gate)
            {
                Lose(block, refused.Message);
            }

            return;
        }

        lock (_gate)
        {
            _blocks.Enqueue(block);
            _flows += block.Flows;
            _held += block.Length;
        }
    }

    private bool TryRead(RingBlock block, byte[] octets, Span<Flow> content)
    {
        try
        {
            _file.Read(block.Offset, octets.AsSpan(0, block.Length));
            block.Decrypt(octets.AsSpan(0, block.Length), content);
            return true;
        }
        catch (Exception damaged) when (damaged is IOException or AuthenticationTagMismatchException)
        {
            lock (_gate)
            {
                _lost += block.Flows;
                _fault = "a block came back from the disk damaged: " + damaged.Message;
            }

            return false;
        }
    }

    private void Forget(long now)
    {
        while (_blocks.TryPeek(out var oldest)
            && now - oldest.ClosedMs >= _options.Span.TotalMilliseconds && oldest.Number < Needed())
        {
            Drop();
        }
    }

    private void Drop()
    {
        var block = _blocks.Dequeue();
        _flows -= block.Flows;
        _held -= block.Length;
        _reachMs = Math.Max(_reachMs, block.BeyondMs);
        block.Erase();
    }

    private void Lose(RingBlock block, string why)
    {
        _lost += block.Flows;
        _fault = why;
        _reachMs = Math.Max(_reachMs, block.BeyondMs);
        foreach (var mark in _marks.Where(mark => mark.Before > block.Number))
        {
            mark.ReachMs = Math.Max(mark.ReachMs, block.BeyondMs);
        }

        block.Erase();
    }

    /// <summary>The oldest block that a pass still needs; the oldest mark needs the oldest.</summary>
    private long Needed() => _marks.Count == 0 ? long.MaxValue : _marks[0].Hold;

    private List<RingBlock> BlocksFor(IReadOnlyCollection<RingScanTarget> watches)
    {
        var before = watches.Max(part => part.BeforeBlock);
        var (from, until) = (watches.Min(part => part.Watch.FromMs), watches.Max(part => part.Watch.UntilMs));
        lock (_gate)
        {
            AwaitWritten(before);
            return [.. _blocks.Where(block => block.Number < before && block.LastMs >= from && block.FirstMs < until)];
        }
    }

    private void AwaitWritten(long before)
    {
        while (_done < before)
        {
            Monitor.Wait(_gate);
        }
    }

    private long NowMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private readonly record struct Filled(Flow[] Flows, int Count, long Number, long ClosedMs)
    {
        public RingBlock ToBlock()
        {
            var (first, last) = (long.MaxValue, long.MinValue);
            foreach (ref readonly var flow in Flows.AsSpan(0, Count))
            {
                first = Math.Min(first, flow.StartMs);
                last = Math.Max(last, flow.StartMs);
            }

            return new RingBlock(Number, Count, first, last, ClosedMs);
        }
    }
}
