// SPDX-License-Identifier: Apache-2.0
//
// What the holdings of one or several runs say about one moment. Two confirmed lines cancel each other. Where nothing
// is confirmed, the last one heard before counts, unless its end is known, or somebody else was heard afterwards: then
// it ended somewhere in between, and nobody can say where.
namespace Weir.Vault.Identity.Tables;

internal enum LeaseCertainty : byte
{
    Nothing,
    Confirmed,
    Presumed,
    Lost,
    Conflict,
}

/// <summary>Evidence about one moment, gathered run by run.</summary>
internal struct PointInTimeLookup(long at)
{
    private const int None = -1;

    private int _cover = None;
    private int _before = None;
    private int _after = None;
    private int _head = None;
    private bool _othersAfter;
    private bool _othersHead;
    private bool _conflict;
    private bool _broken;

    public readonly long At => at;

    /// <summary>The holding the verdict is about, or -1.</summary>
    public int Id { get; private set; } = None;

    /// <summary>When anybody was last heard before the moment.</summary>
    public readonly long LastHeard(AddressLeasePool pool) => _before == None ? long.MinValue : pool[_before].Span.Heard;

    /// <summary>Takes a space with one holding.</summary>
    public void Add(int id, AddressLeasePool pool)
    {
        ref var holding = ref pool[id];
        if (holding.Span.Sure > at)
        {
            After(id, pool);
            return;
        }

        Before(id, pool);
        if (holding.Span.Promise > at)
        {
            Cover(id, pool);
        }
    }

    /// <summary>Takes a space with several.</summary>
    public void Add(LeaseTimeline run, AddressLeasePool pool)
    {
        var after = run.FirstAfter(at, pool);
        for (var i = after; i < run.Count && pool[run[i]].Span.Sure == pool[run[after]].Span.Sure; i++)
        {
            After(run[i], pool);
        }

        if (after == 0)
        {
            return;
        }

        Before(run.LastHeard(after - 1), pool);
        for (var i = after - 1; i >= 0 && run.Farthest(i) > at; i--)
        {
            ref var holding = ref pool[run[i]];
            if (holding.Span.Promise <= at)
            {
                continue;
            }

            if (holding.Span.Heard > at || !IsBroken(run, in holding, pool))
            {
                Cover(run[i], pool);
            }
        }
    }

    public LeaseCertainty Judge(AddressLeasePool pool)
    {
        if (_conflict)
        {
            return LeaseCertainty.Conflict;
        }

        if (_cover != None)
        {
            Id = _cover;
            return LeaseCertainty.Confirmed;
        }

        var tail = _before != None && pool[_before].Span.End > at
            && (_after == None || pool[_before].IsStopped || (!_othersAfter && pool[_after].Who == pool[_before].Who));
        var head = _head != None && !_othersHead;
        if (!_broken
            && (tail || (head && (_before == None || pool[_before].IsStopped || pool[_before].Span.End <= at))))
        {
            Id = tail ? _before : _head;
            return LeaseCertainty.Presumed;
        }

        return _broken || (_before != None && !pool[_before].IsStopped) ? LeaseCertainty.Lost : LeaseCertainty.Nothing;
    }

    /// <summary>A promise is broken where another's record lies between the last word of it and its end.</summary>
    private bool IsBroken(LeaseTimeline run, in AddressLease holding, AddressLeasePool pool)
    {
        for (var i = run.FirstAfter(holding.Span.Heard - 1, pool); i < run.Count; i++)
        {
            ref var other = ref pool[run[i]];
            if (other.Span.Sure >= holding.Span.Promise)
            {
                return false;
            }

            if (other.Who != holding.Who)
            {
                _broken |= other.Span.Sure > at;
                return true;
            }
        }

        return false;
    }

    private void Cover(int id, AddressLeasePool pool)
    {
        _conflict |= _cover != None && pool[_cover].Who != pool[id].Who;
        if (_cover == None || pool[_cover].Span.Sure < pool[id].Span.Sure)
        {
            _cover = id;
        }
    }

    private void Before(int id, AddressLeasePool pool)
    {
        if (_before == None || pool[id].IsHeardAfter(in pool[_before]))
        {
            _before = id;
        }
    }

    private void After(int id, AddressLeasePool pool)
    {
        if (_after == None || pool[_after].Span.Sure > pool[id].Span.Sure)
        {
            (_after, _head, _othersAfter, _othersHead) = (id, None, false, false);
        }
        else if (pool[_after].Span.Sure < pool[id].Span.Sure)
        {
            return;
        }

        // In the second of a change two lines are heard first at once: which of them came in first must not decide.
        _othersAfter |= pool[_after].Who != pool[id].Who;
        if (pool[id].Span.Begin <= at)
        {
            _othersHead |= _head != None && pool[_head].Who != pool[id].Who;
            _head = _head == None || pool[id].Span.Begin < pool[_head].Span.Begin ? id : _head;
        }
    }
}
