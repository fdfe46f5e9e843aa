// SPDX-License-Identifier: Apache-2.0
using Weir.Vault.Identity.Ipam;
using Weir.Vault.Identity.Keeping;
using Weir.Vault.Identity.Records;
using Weir.Wire;

namespace Weir.Vault.Identity.Tables;

/// <content>The side of the sources: holdings come, change and go; what changed is handed to the store.</content>
public sealed partial class IdentityTable
{
    private readonly List<int> _dirty = [];
    private readonly List<long> _gone = [];
    private long _serial;

    /// <summary>Holdings refused because the table is full.</summary>
    public long Refused { get; private set; }

    /// <summary>Puts a new address plan in force.</summary>
    public void Replace(AddressPlan plan)
    {
        lock (_gate)
        {
            _withdrawn = [.. _withdrawn.Concat(_plan.Networks).Except(plan.Networks)];
            _plan = plan;
            _planVersion = ++_version;
        }
    }

    /// <summary>Runs a change of several holdings as one.</summary>
    internal T Change<T>(Func<T> change)
    {
        lock (_gate)
        {
            return change();
        }
    }

    /// <summary>A line holds a space; the number to change it by, or -1 where the table is full. Under
    /// <see cref="Change"/>.</summary>
    internal AddressLeaseRef Hold(AddressKey space, SubscriberLineName line, in LeaseValidity span, bool stopped) =>
        _pool.IsFull ? Refuse() : Enter(space, _lines.Use(line), in span, stopped);

    /// <summary>An inside address holds a port block.</summary>
    internal AddressLeaseRef Hold(AddressKey space, IpKey inside, in LeaseValidity span, bool stopped) =>
        _pool.IsFull ? Refuse() : Enter(space, ~UseInside(inside), in span, stopped);

    /// <summary>The times of a holding; false where it has gone.</summary>
    internal bool TryGet(AddressLeaseRef held, out LeaseValidity span, out bool stopped)
    {
        span = default;
        stopped = false;
        if (held.Id < 0 || _pool[held.Id].Serial != held.Serial)
        {
            return false;
        }

        ref var holding = ref _pool[held.Id];
        (span, stopped) = (holding.Span, holding.IsStopped);
        return true;
    }

    /// <summary>Gives a holding other times; false where nothing changed.</summary>
    internal bool Set(AddressLeaseRef held, in LeaseValidity span, bool stopped)
    {
        ref var holding = ref _pool[held.Id];
        if (holding.Span == span && holding.IsStopped == stopped)
        {
            return false;
        }

        holding.Span = span;
        holding.IsStopped = stopped;
        _spaces.Touch(held.Id);
        Mark(held.Id);
        return true;
    }

    /// <summary>The newest holding of a space and who has it.</summary>
    internal bool TryNewest(AddressKey space, out AddressLeaseRef held, out SubscriberLineName line, out IpKey inside)
    {
        var id = _spaces.Newest(space);
        held = id < 0 ? AddressLeaseRef.None : new AddressLeaseRef(id, _pool[id].Serial);
        line = default;
        inside = default;
        if (id < 0)
        {
            return false;
        }

        if (_pool[id].Who >= 0)
        {
            line = _lines[_pool[id].Who];
        }
        else
        {
            inside = new IpKey(_insides[~_pool[id].Who]);
        }

        return true;
    }

    /// <summary>Whether a line is already known to have had a space at a moment.</summary>
    internal bool IsHeld(AddressKey space, SubscriberLineName line, long atMs)
    {
        foreach (var id in _spaces.All(space))
        {
            ref var holding = ref _pool[id];
            if (holding.Who >= 0 && _lines[holding.Who] == line
                && holding.Span.Sure <= atMs && atMs < holding.Span.Promise)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Forgets what ended before the retention; how many.</summary>
    internal int Expire()
    {
        lock (_gate)
        {
            var cutoff = CutoffMs;
            var before = _pool.Count;
            for (var id = 0; id < _pool.Reach; id++)
            {
                if (!_pool[id].IsFree && _pool[id].Span.End <= cutoff)
                {
                    Forget(id);
                }
            }

            return before - _pool.Count;
        }
    }

    /// <summary>What is to be written since the last time: rows that changed, serials that went.</summary>
    internal AddressLeaseChanges TakeChanges()
    {
        lock (_gate)
        {
            var rows = new List<AddressLeaseRow>(_dirty.Count);
            foreach (var id in _dirty)
            {
                ref var holding = ref _pool[id];
                if (holding.IsDirty)
                {
                    holding.IsDirty = false;
                    rows.Add(new AddressLeaseRow(
                        holding.Serial, holding.Space, holding.Span, holding.IsStopped,
                        holding.Who >= 0 ? _lines[holding.Who].Text : null,
                        holding.Who >= 0 ? default : new IpKey(_insides[~holding.Who])));
                }
            }

            var changes = new AddressLeaseChanges(rows, [.. _gone]);
            _dirty.Clear();
            _gone.Clear();
            return changes;
        }
    }

    /// <summary>Takes a row back from the store at start.</summary>
    internal AddressLeaseRef Restore(AddressLeaseRow row)
    {
        lock (_gate)
        {
            if (_pool.IsFull)
            {
                return Refuse();
            }

            var who = row.Line is { } line ? _lines.Use(new SubscriberLineName(line)) : ~UseInside(row.Inside);
            var id = Place(row.Space, who, row.Span, row.IsStopped, row.Serial);
            _serial = Math.Max(_serial, row.Serial);
            return new AddressLeaseRef(id, row.Serial);
        }
    }

    private AddressLeaseRef Refuse()
    {
        Refused++;
        return AddressLeaseRef.None;
    }

    private AddressLeaseRef Enter(AddressKey space, int who, in LeaseValidity span, bool stopped)
    {
        var id = Place(space, who, in span, stopped, ++_serial);
        Mark(id);
        return new AddressLeaseRef(id, _serial);
    }

    private int Place(AddressKey space, int who, in LeaseValidity span, bool stopped, long serial)
    {
        var next = -1;
        if (who < 0)
        {
            next = _firstBlock[~who];
        }

        var id = _pool.Add(new AddressLease
        {
            Space = space,
            Span = span,
            IsStopped = stopped,
            Who = who,
            Serial = serial,
            NextInside = next,
            Version = ++_version
        });
        if (who < 0)
        {
            _firstBlock[~who] = id;
        }

        _spaces.Add(id);
        return id;
    }

    private int UseInside(IpKey inside)
    {
        var number = _insides.Use(inside.Bits);
        while (_firstBlock.Count <= number)
        {
            _firstBlock.Add(-1);
        }

        return number;
    }

    private void Mark(int id)
    {
        ref var holding = ref _pool[id];
        holding.Version = ++_version;

        // Whoever stands before may end elsewhere now: the lanes hear of it again.
        if (_spaces.Before(id) is >= 0 and var before)
        {
            _pool[before].Version = _version;
        }

        if (!holding.IsDirty)
        {
            holding.IsDirty = true;
            _dirty.Add(id);
        }
    }

    private void Forget(int id)
    {
        ref var holding = ref _pool[id];
        _spaces.Remove(id);
        _gone.Add(holding.Serial);
        if (holding.Who >= 0)
        {
            _lines.Leave(holding.Who);
        }
        else
        {
            Unchain(~holding.Who, id, holding.NextInside);
            _insides.Leave(~holding.Who);
        }

        _pool.Free(id);
    }

    private void Unchain(int inside, int id, int next)
    {
        if (_firstBlock[inside] == id)
        {
            _firstBlock[inside] = next;
            return;
        }

        var at = _firstBlock[inside];
        while (_pool[at].NextInside != id)
        {
            at = _pool[at].NextInside;
        }

        _pool[at].NextInside = next;
    }
}
