// SPDX-License-Identifier: Apache-2.0
//
// The holdings of one space by the time from which they are sure. Beside each stands what a look-up needs to know of
// all before it: the farthest promise (where to stop walking back) and who was heard last (whose open end counts).
namespace Weir.Vault.Identity.Tables;

/// <summary>Time-ordered holdings of one space.</summary>
internal sealed class LeaseTimeline
{
    private int[] _ids = new int[4];
    private long[] _farthest = new long[4];
    private int[] _lastHeard = new int[4];

    public int Count { get; private set; }

    public int this[int index] => _ids[index];

    /// <summary>The farthest promise of the holdings up to an index.</summary>
    public long Farthest(int index) => _farthest[index];

    /// <summary>The holding up to an index that was heard last.</summary>
    public int LastHeard(int index) => _lastHeard[index];

    public void Add(int id, AddressLeasePool pool)
    {
        if (Count == _ids.Length)
        {
            Array.Resize(ref _ids, Count * 2);
            Array.Resize(ref _farthest, Count * 2);
            Array.Resize(ref _lastHeard, Count * 2);
        }

        var at = FirstAfter(pool[id].Span.Sure, pool);
        Array.Copy(_ids, at, _ids, at + 1, Count - at);
        _ids[at] = id;
        Count++;
        Refresh(at, pool);
    }

    public void Remove(int id, AddressLeasePool pool)
    {
        var at = Array.IndexOf(_ids, id, 0, Count);
        Count--;
        Array.Copy(_ids, at + 1, _ids, at, Count - at);
        Refresh(at, pool);
    }

    /// <summary>Brings what stands beside up to date after a holding changed; its place is mended where its
    /// sure time moved.</summary>
    public void Touch(int id, AddressLeasePool pool)
    {
        var at = Array.LastIndexOf(_ids, id, Count - 1, Count);
        var from = at;
        while (at > 0 && pool[_ids[at - 1]].Span.Sure > pool[id].Span.Sure)
        {
            (_ids[at - 1], _ids[at]) = (_ids[at], _ids[at - 1]);
            at--;
        }

        while (at + 1 < Count && pool[_ids[at + 1]].Span.Sure < pool[id].Span.Sure)
        {
            (_ids[at + 1], _ids[at]) = (_ids[at], _ids[at + 1]);
            at++;
        }

        Refresh(Math.Min(from, at), pool);
    }

    /// <summary>The first index whose holding is sure only after a time.</summary>
    public int FirstAfter(long time, AddressLeasePool pool)
    {
        var low = 0;
        var high = Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (pool[_ids[middle]].Span.Sure <= time)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private void Refresh(int from, AddressLeasePool pool)
    {
        for (var i = from; i < Count; i++)
        {
            ref var own = ref pool[_ids[i]];
            var farthest = i == 0 ? long.MinValue : _farthest[i - 1];
            var last = i == 0 ? _ids[0] : _lastHeard[i - 1];
            _farthest[i] = Math.Max(farthest, own.Span.Promise);
            _lastHeard[i] = own.IsHeardAfter(in pool[last]) ? _ids[i] : last;
        }
    }
}
