// SPDX-License-Identifier: Apache-2.0
//
// How many lines met each listed network on a day: those within the bound, which may become cases, and those beyond. A
// line that is within stays within. Days are the flows' own, so that desk, store and vault, which hear of a contact at
// different times, count it to the same one.
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Contracts.Braking;

/// <summary>Counts lines. For one thread.</summary>
/// <param name="bound">Lines of a network that may become cases on a day.</param>
public sealed class NetworkLines(int bound)
{
    /// <summary>What two lists name may be met by so many times more lines.</summary>
    public const int OfTwoLists = 10;

    /// <summary>Days that are counted; an event of an earlier one begins a count of its own.</summary>
    public const int Days = 8;

    private readonly Dictionary<(Prefix Network, int Day), Tally> _tallies = [];
    private int _latest;

    /// <summary>The bound.</summary>
    public int Bound => bound;

    /// <summary>Networks and days that are counted.</summary>
    public int Count => _tallies.Count;

    /// <summary>Counts a line, and says whether it is within the bound.</summary>
    public bool TryAdd(in BrakedContact contact)
    {
        var tally = TallyOf(contact);
        if (tally.Within.Contains(contact.Line))
        {
            return true;
        }

        if (HasRoom(tally, contact))
        {
            _ = tally.Within.Add(contact.Line);
            tally.OfOneList += contact.Sources < 2 ? 1 : 0;
            return true;
        }

        _ = tally.Beyond.Add(contact.Line);
        return false;
    }

    /// <summary>Whether a line is within.</summary>
    public bool IsWithin(in BrakedContact contact) =>
        _tallies.TryGetValue((contact.Network, contact.Day), out var tally) && tally.Within.Contains(contact.Line);

    /// <summary>Whether a line that is not within may be.</summary>
    public bool HasRoom(in BrakedContact contact) => HasRoom(TallyOf(contact), contact);

    /// <summary>A line that was within before a restart.</summary>
    public void Restore(in BrakedContact contact)
    {
        var tally = TallyOf(contact);
        if (tally.Within.Add(contact.Line) && contact.Sources < 2)
        {
            tally.OfOneList++;
        }
    }

    /// <summary>A line that is not within, whatever the bound says: its network is held.</summary>
    public void AddBeyond(in BrakedContact contact)
    {
        var tally = TallyOf(contact);
        if (!tally.Within.Contains(contact.Line))
        {
            _ = tally.Beyond.Add(contact.Line);
        }
    }

    /// <summary>Lines of the network on the day with most.</summary>
    public int MostOf(Prefix network)
    {
        var most = 0;
        for (var day = _latest - Days; day <= _latest; day++)
        {
            if (_tallies.TryGetValue((network, day), out var tally))
            {
                most = Math.Max(most, tally.Within.Count + tally.Beyond.Count);
            }
        }

        return most;
    }

    /// <summary>How many lines of what so many lists name may become cases on a day.</summary>
    public int BoundOf(int sources) => sources < 2 || bound > int.MaxValue / OfTwoLists ? bound : bound * OfTwoLists;

    /// <summary>What one list names is counted by itself too, or lines that two name would use up its bound, or not, by
    /// who came first.</summary>
    private bool HasRoom(Tally tally, in BrakedContact contact) =>
        tally.Within.Count < BoundOf(2) && (contact.Sources > 1 || tally.OfOneList < bound);

    private Tally TallyOf(in BrakedContact contact)
    {
        if (contact.Day > _latest)
        {
            _latest = contact.Day;
            foreach (var old in _tallies.Keys.Where(one => one.Day < _latest - Days).ToList())
            {
                _ = _tallies.Remove(old);
            }
        }

        if (!_tallies.TryGetValue((contact.Network, contact.Day), out var tally))
        {
            tally = new();
            _tallies.Add((contact.Network, contact.Day), tally);
        }

        return tally;
    }

    private sealed class Tally
    {
        public HashSet<SubjectKey> Within { get; } = [];

        public HashSet<SubjectKey> Beyond { get; } = [];

        /// <summary>Those within that a contact of one list brought.</summary>
        public int OfOneList { get; set; }
    }
}
