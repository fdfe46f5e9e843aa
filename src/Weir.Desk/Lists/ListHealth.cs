// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Hosting.Health;

namespace Weir.Desk.Lists;

/// <summary>What is wrong with the lists, as health tells it.</summary>
internal static class ListHealth
{
    /// <summary>That a list fails, and that one is too old. A copy of before stays in force; of a list that was never
    /// read nothing is.</summary>
    /// <param name="lists">As they stand.</param>
    /// <param name="kept">Why a list that people make cannot be read, and whether a copy of it is in force.</param>
    /// <param name="now">For their age.</param>
    public static ComponentHealth Of(
        IReadOnlyList<ListStatus> lists, IEnumerable<(string Fault, bool HasCopy)> kept, DateTimeOffset now)
    {
        var faults = lists.Where(list => list.Fault.Length > 0).Select(list => (list.Fault, list.HasCopy))
            .Concat(kept).ToLookup(one => one.HasCopy, one => one.Fault);
        var old = lists.Where(list => list.IsTooOld).Select(list => string.Create(
            CultureInfo.InvariantCulture, $"list {list.Name} is {(now - list.AsOf!.Value).TotalDays:0.0} d old"))
            .ToList();
        return faults.Count + old.Count == 0 ? ComponentHealth.Ok : ComponentHealth.Degraded(string.Join("; ",
        [
            .. old.Count > 0 ? [$"too old: {string.Join(", ", old)}"] : (IEnumerable<string>)[],
            .. faults[true].Any() ? [$"a last good copy stays in force: {string.Join("; ", faults[true])}"]
                : (IEnumerable<string>)[],
            .. faults[false].Any()
                ? [$"nothing is matched by a list that was never read: {string.Join("; ", faults[false])}"]
                : (IEnumerable<string>)[],
        ]));
    }
}
