// SPDX-License-Identifier: Apache-2.0
using Weir.Collector;
using Weir.Contracts.Lists;
using Weir.Contracts.Segments;

namespace Weir.Cli.Analysis;

/// <summary>Keeps the sightings of one run; they are few, since only listed endpoints make them.</summary>
internal sealed class InMemorySightingSink : ISightingSink
{
    private readonly Lock _lock = new();
    private readonly List<Sighting> _all = [];

    public void Write(IReadOnlyList<Sighting> sightings)
    {
        lock (_lock)
        {
            _all.AddRange(sightings);
        }
    }

    /// <summary>Everything that is not allowed by the lists in force now: an allow-list applies to what
    /// was found before.</summary>
    public IReadOnlyList<Sighting> Standing(Watchlist lists)
    {
        lock (_lock)
        {
            return [.. _all.Where(s => !lists.IsAllowed(s.Endpoint)).OrderBy(s => s.FirstMs).ThenBy(s => s.Subject)];
        }
    }
}
