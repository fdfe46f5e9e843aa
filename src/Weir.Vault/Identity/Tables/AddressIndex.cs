// SPDX-License-Identifier: Apache-2.0
//
// From a space to its holdings. Most spaces have one holding in a week: it stands in the dictionary itself, and a run
// is made only for the second. Networks are found by trying the prefix lengths in use, longest first; port blocks by
// the starts that lie within the widest block below the port.
using Weir.Wire;

namespace Weir.Vault.Identity.Tables;

/// <summary>The index of all spaces.</summary>
internal sealed class AddressIndex(AddressLeasePool pool)
{
    private readonly Dictionary<AddressKey, int> _places = [];
    private readonly List<LeaseTimeline?> _runs = [];
    private readonly Stack<int> _freeRuns = new();
    private readonly Dictionary<UInt128, PortBlocks> _blocks = [];
    private readonly int[,] _lengths = new int[Enum.GetValues<IdentitySource>().Length, 129];

    public bool HasBlocks(IpKey address) => _blocks.ContainsKey(address.Bits);

    public void Add(int id)
    {
        var space = pool[id].Space;
        if (!_places.TryGetValue(space, out var place))
        {
            _places[space] = id;
            Enter(space);
            return;
        }

        if (place >= 0)
        {
            var run = new LeaseTimeline();
            run.Add(place, pool);
            if (!_freeRuns.TryPop(out var index))
            {
                index = _runs.Count;
                _runs.Add(null);
            }

            _runs[index] = run;
            _places[space] = place = ~index;
        }

        _runs[~place]!.Add(id, pool);
    }

    public void Remove(int id)
    {
        var space = pool[id].Space;
        var place = _places[space];
        if (place < 0)
        {
            var run = _runs[~place]!;
            run.Remove(id, pool);
            if (run.Count > 1)
            {
                return;
            }

            _places[space] = run[0];
            _runs[~place] = null;
            _freeRuns.Push(~place);
            return;
        }

        _places.Remove(space);
        Leave(space);
    }

    /// <summary>To be called after a holding's span changed.</summary>
    public void Touch(int id)
    {
        var place = _places[pool[id].Space];
        if (place < 0)
        {
            _runs[~place]!.Touch(id, pool);
        }
    }

    /// <summary>The holding of a space that is sure last, or -1.</summary>
    public int Newest(AddressKey space) =>
        !_places.TryGetValue(space, out var place) ? -1 : place >= 0 ? place : _runs[~place]![_runs[~place]!.Count - 1];

    /// <summary>Gathers what one space says about a moment; false where nothing is known of it at all.</summary>
    public bool Gather(AddressKey space, ref PointInTimeLookup moment)
    {
        if (!_places.TryGetValue(space, out var place))
        {
            return false;
        }

        if (place >= 0)
        {
            moment.Add(place, pool);
        }
        else
        {
            moment.Add(_runs[~place]!, pool);
        }

        return true;
    }

    /// <summary>Gathers what every block around a port says.</summary>
    public void GatherBlocks(IpKey address, ushort port, byte protocol, ref PointInTimeLookup moment)
    {
        if (!_blocks.TryGetValue(address.Bits, out var blocks))
        {
            return;
        }

        foreach (var (from, to, own) in blocks.Around(port, protocol))
        {
            _ = Gather(AddressKey.OfPorts(address, from, to, own), ref moment);
        }
    }

    /// <summary>When another holder of the same space is first sure after a holding was; <see cref="long.MaxValue"/>
    /// where none is.</summary>
    public long NextOther(int id)
    {
        if (!_places.TryGetValue(pool[id].Space, out var place) || place >= 0)
        {
            return long.MaxValue;
        }

        var run = _runs[~place]!;
        for (var i = run.FirstAfter(pool[id].Span.Sure, pool); i < run.Count; i++)
        {
            if (pool[run[i]].Who != pool[id].Who)
            {
                return pool[run[i]].Span.Sure;
            }
        }

        return long.MaxValue;
    }

    /// <summary>The holding that stands before another in its space, or -1.</summary>
    public int Before(int id)
    {
        if (!_places.TryGetValue(pool[id].Space, out var place) || place >= 0)
        {
            return -1;
        }

        var run = _runs[~place]!;
        var at = run.FirstAfter(pool[id].Span.Sure - 1, pool);
        return at > 0 ? run[at - 1] : -1;
    }

    /// <summary>Every holding of a space.</summary>
    public IEnumerable<int> All(AddressKey space)
    {
        if (!_places.TryGetValue(space, out var place))
        {
            yield break;
        }

        if (place >= 0)
        {
            yield return place;
            yield break;
        }

        for (var i = 0; i < _runs[~place]!.Count; i++)
        {
            yield return _runs[~place]![i];
        }
    }

    /// <summary>Whether networks of a length are known from a source.</summary>
    public bool Uses(IdentitySource source, int length) => _lengths[(int)source, length] > 0;

    private void Enter(AddressKey space)
    {
        if (space.Source == IdentitySource.PortBlock)
        {
            if (!_blocks.TryGetValue(space.Network, out var blocks))
            {
                _blocks[space.Network] = blocks = new PortBlocks();
            }

            blocks.Add(space.PortFrom, space.PortTo, space.Protocol);
        }
        else
        {
            _lengths[(int)space.Source, space.Length]++;
        }
    }

    private void Leave(AddressKey space)
    {
        if (space.Source != IdentitySource.PortBlock)
        {
            _lengths[(int)space.Source, space.Length]--;
        }
        else if (_blocks[space.Network].Remove(space.PortFrom, space.PortTo, space.Protocol))
        {
            _blocks.Remove(space.Network);
        }
    }
}
