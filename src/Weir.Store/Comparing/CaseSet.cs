// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Segments;
using Weir.Wire;

namespace Weir.Store.Comparing;

/// <summary>Why a subject is a case.</summary>
/// <param name="FirstContactMs">First qualifying contact with a listed endpoint (t0), milliseconds since
/// the UNIX epoch.</param>
/// <param name="Endpoints">Distinct listed endpoints it exchanged traffic with.</param>
public readonly record struct Infection(long FirstContactMs, int Endpoints);

/// <summary>Who is compared with the rest, and what is not tested.</summary>
/// <param name="Cases">Subjects with a qualifying contact.</param>
/// <param name="Listed">Every watchlist endpoint that any subject contacted, in whatever way.</param>
/// <param name="Benign">Networks of benign infrastructure (allow lists, resolvers, update servers).</param>
public sealed record CaseSet(
    IReadOnlyDictionary<SubjectKey, Infection> Cases, IReadOnlyCollection<Endpoint> Listed,
    IReadOnlyCollection<Prefix> Benign)
{
    /// <summary>Listed endpoints by case, where they are known.</summary>
    public IReadOnlyDictionary<SubjectKey, IReadOnlySet<Endpoint>> Contacts { get; init; } =
        new Dictionary<SubjectKey, IReadOnlySet<Endpoint>>();

    /// <summary>Listed endpoints that our own list alone names: what rests on these rests on what was found
    /// before.</summary>
    public IReadOnlySet<Endpoint> OnOurOwnListAlone { get; init; } = new HashSet<Endpoint>();

    /// <summary>Subjects that are neither case nor control: infected by another definition than this set's.</summary>
    public IReadOnlySet<SubjectKey> Neither { get; init; } = new HashSet<SubjectKey>();

    /// <summary>Exchanges make cases, and one-sided contacts do under sampling; attempts and answered probes do not,
    /// but their endpoints are listed all the same.</summary>
    public static CaseSet From(IEnumerable<Sighting> sightings, IReadOnlyCollection<Prefix> benign)
    {
        var (listed, byOthers) = (new HashSet<Endpoint>(), new HashSet<Endpoint>());
        var contacts = new Dictionary<SubjectKey, (long First, HashSet<Endpoint> Endpoints)>();
        foreach (var sighting in sightings)
        {
            listed.Add(sighting.Endpoint);
            if (sighting.List != PromotedList.Name)
            {
                byOthers.Add(sighting.Endpoint);
            }

            if (sighting.Kind is not (ContactKind.Exchange or ContactKind.OneSided))
            {
                continue;
            }

            var known = contacts.GetValueOrDefault(sighting.Subject, (long.MaxValue, []));
            known.Endpoints.Add(sighting.Endpoint);
            contacts[sighting.Subject] = (Math.Min(known.First, sighting.FirstMs), known.Endpoints);
        }

        return new(
            contacts.ToDictionary(c => c.Key, c => new Infection(c.Value.First, c.Value.Endpoints.Count)),
            listed, benign)
        {
            Contacts = contacts.ToDictionary(c => c.Key, c => (IReadOnlySet<Endpoint>)c.Value.Endpoints),
            OnOurOwnListAlone = listed.Except(byOthers).ToHashSet(),
        };
    }
}
