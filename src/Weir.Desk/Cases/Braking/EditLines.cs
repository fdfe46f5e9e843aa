// SPDX-License-Identifier: Apache-2.0
//
// How many lines without a case one edit brings on a day, over all of its entries: those within the bound, which may
// become cases, and those beyond. Days are the flows' own, as of the count by network.
using Weir.Contracts.Braking;
using Weir.Wire;
using Weir.Contracts.Flows;

namespace Weir.Desk.Cases.Braking;

/// <summary>Counts lines. For one thread.</summary>
/// <param name="bound">Lines of an edit that may become cases on a day.</param>
internal sealed class EditLines(int bound)
{
    private readonly Dictionary<(int Edit, int Day), (HashSet<SubjectKey> Within, HashSet<SubjectKey> Beyond)> _days =
        [];

    private int _latest;

    /// <summary>Counts a line, and says whether it is within the bound.</summary>
    public bool TryAdd(int edit, in BrakedContact contact)
    {
        var (within, beyond) = DayOf(edit, contact.Day);
        if (within.Contains(contact.Line) || within.Count < bound)
        {
            _ = within.Add(contact.Line);
            return true;
        }

        _ = beyond.Add(contact.Line);
        return false;
    }

    /// <summary>A line that was within before a restart.</summary>
    public void Restore(int edit, in BrakedContact contact) => DayOf(edit, contact.Day).Within.Add(contact.Line);

    /// <summary>Lines of the edit on the day with most.</summary>
    public int MostOf(int edit)
    {
        var most = 0;
        for (var day = _latest - NetworkLines.Days; day <= _latest; day++)
        {
            if (_days.TryGetValue((edit, day), out var lines))
            {
                most = Math.Max(most, lines.Within.Count + lines.Beyond.Count);
            }
        }

        return most;
    }

    private (HashSet<SubjectKey> Within, HashSet<SubjectKey> Beyond) DayOf(int edit, int day)
    {
        if (day > _latest)
        {
            _latest = day;
            foreach (var old in _days.Keys.Where(one => one.Day < _latest - NetworkLines.Days).ToList())
            {
                _ = _days.Remove(old);
            }
        }

        if (!_days.TryGetValue((edit, day), out var lines))
        {
            lines = ([], []);
            _days.Add((edit, day), lines);
        }

        return lines;
    }
}
