// SPDX-License-Identifier: Apache-2.0
//
// Which flows are evidence. Nearly every flow belongs to a subject without a scope: one bit of a small map, which stays
// in the first cache, says so. A flow is inside a scope if its start lies in [from, until) and the class holds; a flow
// that began before stays outside, even where it reaches in: what is cut off so is at most one active timeout of an
// exporter, and a row never speaks of a time that the scope does not cover (rules.md R4, R5). A flow inside two scopes
// makes two rows: scopes are never merged.
using System.Numerics;
using System.Runtime.CompilerServices;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Scopes;
using Weir.Wire;

namespace Weir.Collector.Digesting;

/// <summary>Open scopes by subject. Not for several threads. Collecting allocates nothing.</summary>
/// <param name="mailRelays">Relays of the provider: what goes there is in no scope of mail; null for none.</param>
internal sealed class ScopeTable(NetworkTable? mailRelays = null)
{
    private const int BitsPerScope = 32;
    private const int MinBits = 4_096;

    private readonly Dictionary<ScopeId, int> _byScope = [];
    private Entry[] _entries = [];
    private int[] _slots = [];
    private ulong[] _subjects = [];
    private int _shift;

    /// <summary>Scopes held, those that ended and wait for late flows among them.</summary>
    public int Count { get; private set; }

    /// <summary>Refuses a watch that would change a scope in more than its end (rules.md R4).</summary>
    /// <exception cref="ArgumentException">It would.</exception>
    public void Check(ScopeWatch watch)
    {
        if (_byScope.TryGetValue(watch.Scope, out var at)
            && (_entries[at].Subject != watch.Subject || _entries[at].FromMs != watch.FromMs
                || (!ReferenceEquals(_entries[at].Class, watch.Class) && _entries[at].Class != watch.Class)))
        {
            throw new ArgumentException($"Scope {watch.Scope} is watched already with another class, subject or start: "
                + "a scope never changes but for its end; open a new one.", nameof(watch));
        }
    }

    /// <summary>Takes a watch. Of a scope that is held already the end slides, and never goes back; and whether it is
    /// sealed is as the latest word of its grounds has it.</summary>
    /// <param name="watch">What to watch for.</param>
    /// <param name="gapMs">Where a scope's end stood before; <see cref="long.MinValue"/> for a new one.</param>
    /// <returns>Whether the table holds more than before.</returns>
    public bool Put(ScopeWatch watch, out long gapMs)
    {
        gapMs = long.MinValue;
        if (!_byScope.TryGetValue(watch.Scope, out var at))
        {
            _byScope.Add(watch.Scope, Count);
            Add(watch, long.MaxValue);
            return true;
        }

        ref var held = ref _entries[at];
        held.Ended = false;
        gapMs = held.UntilMs;
        held.IsSealed = watch.IsSealed;
        held.UntilMs = Math.Max(held.UntilMs, watch.UntilMs);
        return watch.UntilMs > gapMs;
    }

    /// <summary>Adds a watch for a pass through the ring: only flows of blocks before
    /// <paramref name="beforeBlock"/> are meant.</summary>
    public void Add(ScopeWatch watch, long beforeBlock)
    {
        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Math.Max(64, Count * 2));
        }

        _entries[Count++] = new Entry
        {
            Scope = watch.Scope,
            Subject = watch.Subject,
            Class = watch.Class,
            FromMs = watch.FromMs,
            UntilMs = watch.UntilMs,
            BeforeBlock = beforeBlock,
            IsSealed = watch.IsSealed,
            Basis = watch.Basis,
        };
        if (Count * 2 > _slots.Length)
        {
            Index();
        }
        else
        {
            Link(Count - 1);
        }
    }

    /// <summary>A scope is over: it stays for late flows until <see cref="Expire"/> finds its end passed.</summary>
    public void End(ScopeId scope)
    {
        if (_byScope.TryGetValue(scope, out var at))
        {
            _entries[at].Ended = true;
        }
    }

    /// <summary>Lets go of scopes that ended and whose end all exporters have passed.</summary>
    /// <param name="watermarkMs">No flow that starts before is still to come.</param>
    /// <param name="gone">Hears of each.</param>
    public void Expire(long watermarkMs, Action<ScopeWatch> gone)
    {
        var kept = 0;
        for (var i = 0; i < Count; i++)
        {
            if (!_entries[i].Ended || _entries[i].UntilMs > watermarkMs)
            {
                _entries[kept++] = _entries[i];
            }
            else
            {
                ref readonly var entry = ref _entries[i];
                gone(new(entry.Scope, entry.Subject, entry.Class, entry.FromMs, entry.UntilMs));
            }
        }

        if (kept == Count)
        {
            return;
        }

        _entries.AsSpan(kept, Count - kept).Clear();
        Count = kept;
        _byScope.Clear();
        for (var i = 0; i < Count; i++)
        {
            _byScope.Add(_entries[i].Scope, i);
        }

        Index();
    }

    /// <summary>Writes a row for each scope that a flow lies in.</summary>
    public void Collect(ReadOnlySpan<Flow> flows, long block, EvidenceBuffer rows)
    {
        if (Count > 0)
        {
            Filter(flows, block, rows);
        }
    }

    /// <summary>Compiled once and for good: what the runtime learns while no scope is open would make this loop slow
    /// for the day one is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Filter(ReadOnlySpan<Flow> flows, long block, EvidenceBuffer rows)
    {
        var (subjects, shift) = (_subjects, _shift);
        foreach (ref readonly var flow in flows)
        {
            var hash = Hash(flow.Subject);
            var bit = hash >> shift;
            if ((subjects[bit >> 6] & (1UL << (int)bit)) != 0)
            {
                Collect(flow, hash, block, rows);
            }
        }
    }

    private void Collect(in Flow flow, ulong hash, long block, EvidenceBuffer rows)
    {
        var mask = (uint)_slots.Length - 1;
        for (var slot = (uint)hash & mask; _slots[slot] != 0; slot = (slot + 1) & mask)
        {
            ref readonly var entry = ref _entries[_slots[slot] - 1];
            if (entry.Subject == flow.Subject
                && flow.StartMs >= entry.FromMs && flow.StartMs < entry.UntilMs
                && block < entry.BeforeBlock
                && (entry.IsSealed || flow.Standing == FlowStanding.Corroborated)
                && entry.Class.Matches(flow)
                && !(entry.Class.Trait == FlowTrait.Mail && mailRelays?.Find(flow.Remote) is not null))
            {
                Fill(ref rows.Next(), flow, entry);
            }
        }
    }

    /// <summary>The fields of R6, and of a flow both ways the half that the class means.</summary>
    private static void Fill(ref EvidenceRow row, in Flow flow, in Entry entry)
    {
        var direction = entry.Class.Direction;
        row = new EvidenceRow
        {
            Scope = entry.Scope,
            Basis = entry.Basis,
            StartMs = flow.StartMs,
            EndMs = Math.Max(flow.StartMs, flow.EndMs),
            Remote = new Endpoint(flow.Remote, flow.RemotePort, flow.Protocol),
            SamplingInterval = flow.SamplingInterval,
        };
        if ((direction & Direction.Out) != 0)
        {
            (row.PacketsOut, row.OctetsOut, row.FlagsOut) = (flow.PacketsOut, flow.OctetsOut, flow.FlagsOut);
        }

        if ((direction & Direction.In) != 0)
        {
            (row.PacketsIn, row.OctetsIn, row.FlagsIn) = (flow.PacketsIn, flow.OctetsIn, flow.FlagsIn);
        }
    }

    private void Index()
    {
        _slots = new int[(int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(64, Count * 4))];
        var bits = BitOperations.RoundUpToPowerOf2((uint)Math.Max(MinBits, Count * BitsPerScope));
        _subjects = new ulong[bits / 64];
        _shift = 64 - BitOperations.Log2(bits);
        for (var i = 0; i < Count; i++)
        {
            Link(i);
        }
    }

    /// <summary>A scope takes a slot of its own; those of one subject follow each other.</summary>
    private void Link(int entry)
    {
        var hash = Hash(_entries[entry].Subject);
        var bit = hash >> _shift;
        _subjects[bit >> 6] |= 1UL << (int)bit;
        var mask = (uint)_slots.Length - 1;
        var slot = (uint)hash & mask;
        while (_slots[slot] != 0)
        {
            slot = (slot + 1) & mask;
        }

        _slots[slot] = entry + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Hash(IpKey subject)
    {
        var mixed = (subject.Lower ^ (subject.Upper * 0xC2B2AE3D27D4EB4FUL)) * 0xD6E8FEB86659FD93UL;
        return (mixed ^ (mixed >> 32)) * 0x9FB21C651E98DF25UL;
    }

    private struct Entry
    {
        public IpKey Subject;
        public ScopeId Scope;
        public FlowPredicate Class;
        public long FromMs;
        public long UntilMs;
        public long BeforeBlock;
        public bool Ended;
        public bool IsSealed;
        public ulong Basis;
    }
}
