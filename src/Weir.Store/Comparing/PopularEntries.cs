// SPDX-License-Identifier: Apache-2.0
//
// A list that names a popular service by mistake makes its users cases, and what they share beside it candidates. By
// the measure that keeps an endpoint from being a candidate (the cap of statistics.md B.4.6), a listed one makes no
// case by itself: who met nothing else that is listed is compared as anybody. It stays out of the tested set, and the
// run says so.
using Weir.Contracts.Flows;
using Weir.Contracts.Segments;
using Weir.Wire;

namespace Weir.Store.Comparing;

/// <summary>A listed endpoint that too many met.</summary>
/// <param name="Entry">As contacted.</param>
/// <param name="Lines">Subjects with an exchange.</param>
/// <param name="Alone">Those of them that met no other listed endpoint but such ones.</param>
public sealed record PopularEntry(Endpoint Entry, int Lines, int Alone);

/// <summary>Cases that can be believed, and what was left out.</summary>
/// <param name="All">Everybody who met a listed endpoint.</param>
/// <param name="Cases">Who is compared with the rest.</param>
/// <param name="Entries">Listed endpoints that make no case, those of most subjects first.</param>
public sealed record BelievedCases(
    CaseSet All, CaseSet Cases, IReadOnlyList<PopularEntry> Entries);

/// <summary>Finds them.</summary>
public static class PopularEntries
{
    /// <param name="standing">Sightings that no allow-list takes back.</param>
    /// <param name="benign">Networks of benign infrastructure.</param>
    /// <param name="subjects">Subjects seen in the window.</param>
    /// <param name="options">The cap.</param>
    /// <returns>Cases as if the popular endpoints were not listed: who met others too is a case since, and by, those.
    /// They stay among what is listed, and are not tested.</returns>
    public static BelievedCases LeaveOut(
        IReadOnlyCollection<Sighting> standing, IReadOnlyCollection<Prefix> benign, long subjects,
        ComparingOptions options)
    {
        ArgumentNullException.ThrowIfNull(standing);
        ArgumentNullException.ThrowIfNull(options);
        var all = CaseSet.From(standing, benign);
        var cap = Math.Max(options.CapShare * subjects, options.CapSubjects);
        var popular = all.Contacts.Values.SelectMany(endpoints => endpoints).CountBy(endpoint => endpoint)
            .Where(one => one.Value >= cap).ToDictionary();
        if (popular.Count == 0)
        {
            return new(all, all, []);
        }

        var kept = CaseSet.From(standing.Where(sighting => !popular.ContainsKey(sighting.Endpoint)), benign) with
        {
            Listed = all.Listed,
            OnOurOwnListAlone = all.OnOurOwnListAlone,
        };
        var alone = all.Contacts.Where(one => !kept.Contacts.ContainsKey(one.Key)).Select(one => one.Value).ToList();
        return new(all, kept,
        [
            .. popular.OrderByDescending(one => one.Value).ThenBy(one => one.Key, EndpointComparer.Instance)
                .Select(one => new PopularEntry(
                    one.Key, one.Value, alone.Count(endpoints => endpoints.Contains(one.Key)))),
        ]);
    }
}
