// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Hosting.Health;

namespace Weir.Desk.Lists;

/// <summary>What is wrong with the lists, as health tells it.</summary>
internal static class ListHealth
{
    /// <summary>That a list fails, and that one is too old: the copy of before stays in force either way.</summary>
    /// <param name="lists">As they stand.</param>
    /// <param name="kept">Why a list that people make cannot be read.</param>
    /// <param name="now">For their age.</param>
    public static ComponentHealth Of(
        IReadOnlyList<ListStatus> lists, IEnumerable<string> kept, DateTimeOffset now)
    {
        var faults = lists.Where(list => list.Fault.Length > 0).Select(list => list.Fault).Concat(kept).ToList();
        var old = lists.Where(list => list.IsTooOld).Select(list => string.Create(
            CultureInfo.InvariantCulture, $"list {list.Name} is {(now - list.AsOf!.Value).TotalDays:0.0} d old"))
            .ToList();
        return faults.Count + old.Count == 0 ? ComponentHealth.Ok : ComponentHealth.Degraded(string.Join("; ",
        [
            .. old.Count > 0 ? [$"too old: {string.Join(", ", old)}"] : (IEnumerable<string>)[],
            .. faults.Count > 0 ? [$"a last good copy stays in force: {string.Join("; ", faults)}"]
                : (IEnumerable<string>)[],
        ]));
    }
}
