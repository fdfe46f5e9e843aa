// SPDX-License-Identifier: Apache-2.0
//
// IP fragments of UDP datagrams put together again (RFC 791 §3.2, RFC 8200 §4.5), within bounds: so many datagrams at a
// time, the one begun first gives way. Parts that overlap what is there are refused (RFC 5722), whatever they hold.
using Weir.Wire;
using Weir.Wire.Files;

namespace Weir.Collector.Collecting.Files;

/// <summary>Datagrams in the making.</summary>
internal sealed class FragmentReassembler(InputLosses losses)
{
    public const int MaxDatagrams = 256;

    /// <summary>An identification is used again after a while (RFC 6864); parts further apart do not
    /// belong together.</summary>
    public const long LifetimeMs = 30_000;

    private const int Largest = 65_535;
    private const int Unit = 8;

    private readonly Dictionary<Key, Reassembly> _piles = [];
    private readonly LinkedList<Reassembly> _byAge = new();
    private readonly Stack<Reassembly> _spare = new();

    /// <summary>Takes one part; true = with it the datagram is whole, and stands in <paramref name="datagram"/> until
    /// the next call.</summary>
    public bool Add(scoped in ParsedPacket part, long arrivedAtMs, out ReadOnlySpan<byte> datagram)
    {
        datagram = default;
        var end = part.FragmentOffset + part.Payload.Length;
        if (part.Cut || part.Payload.IsEmpty || end > Largest
            || (part.MoreFragments && part.Payload.Length % Unit != 0))
        {
            losses.FragmentsLost++;
            return false;
        }

        var key = new Key(part.Source, part.Destination, part.Identification);
        if (_piles.TryGetValue(key, out var pile) && Math.Abs(arrivedAtMs - pile.BegunAtMs) > LifetimeMs)
        {
            Drop(pile);
            pile = null;
        }

        pile ??= Begin(key, arrivedAtMs);
        if (!pile.TryPut(part.Payload, part.FragmentOffset, part.MoreFragments))
        {
            losses.FragmentsLost++;
            if (pile.Parts == 0)
            {
                Drop(pile);
            }

            return false;
        }

        if (!pile.IsWhole)
        {
            return false;
        }

        datagram = pile.Octets;
        losses.FragmentsJoined += pile.Parts - 1;
        Forget(pile);
        return true;
    }

    /// <summary>The capture is over: what is not whole will never be.</summary>
    public void End()
    {
        while (_byAge.First is { } oldest)
        {
            Drop(oldest.Value);
        }
    }

    private Reassembly Begin(Key key, long nowMs)
    {
        if (_piles.Count == MaxDatagrams)
        {
            Drop(_byAge.First!.Value);
        }

        var pile = _spare.TryPop(out var used) ? used : new Reassembly();
        pile.Begin(key, nowMs);
        _piles.Add(key, pile);
        _byAge.AddLast(pile.Place);
        return pile;
    }

    private void Drop(Reassembly pile)
    {
        losses.FragmentsLost += pile.Parts;
        Forget(pile);
    }

    private void Forget(Reassembly pile)
    {
        _piles.Remove(pile.Key);
        _byAge.Remove(pile.Place);
        _spare.Push(pile);
    }

    private readonly record struct Key(IpKey Source, IpKey Destination, uint Identification);

    /// <summary>One datagram in the making: its octets, and a bit for every eight that are there.</summary>
    private sealed class Reassembly
    {
        private readonly byte[] _octets = new byte[Largest];
        private readonly bool[] _there = new bool[(Largest / Unit) + 1];
        private int _have;
        private int _total;

        public Reassembly() => Place = new(this);

        public LinkedListNode<Reassembly> Place { get; }

        public Key Key { get; private set; }

        public long BegunAtMs { get; private set; }

        public int Parts { get; private set; }

        public bool IsWhole => _total > 0 && _have == _total;

        public ReadOnlySpan<byte> Octets => _octets.AsSpan(0, _total);

        public void Begin(Key key, long nowMs)
        {
            (Key, BegunAtMs, Parts, _have, _total) = (key, nowMs, 0, 0, 0);
            Array.Clear(_there);
        }

        public bool TryPut(ReadOnlySpan<byte> part, int offset, bool more)
        {
            var end = offset + part.Length;
            var units = _there.AsSpan(offset / Unit, (part.Length + Unit - 1) / Unit);
            var pastTheEnd = _total > 0 && end > _total;
            var beforeWhatIsThere = !more && (_total > 0 || _there.AsSpan((end + Unit - 1) / Unit).Contains(true));
            if (units.Contains(true) || pastTheEnd || beforeWhatIsThere)
            {
                return false;
            }

            units.Fill(true);
            part.CopyTo(_octets.AsSpan(offset));
            _have += part.Length;
            _total = more ? _total : end;
            Parts++;
            return true;
        }
    }
}
