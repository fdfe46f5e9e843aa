// SPDX-License-Identifier: Apache-2.0
using Weir.Collector;
using Weir.Contracts.Flows;
using Weir.Contracts.Segments;
using Endpoint = Weir.Contracts.Flows.Endpoint;

namespace Weir.Cli.Serving;

/// <summary>Sightings go on their way; of each listed endpoint is kept when it was last tried, which says whether a
/// block of it is still needed (rules.md R15). Attempts count.</summary>
internal sealed class SeenEndpoints(ISightingSink next) : ISightingSink
{
    private readonly Lock _lock = new();
    private Dictionary<Endpoint, long> _last = [];

    public void Write(IReadOnlyList<Sighting> sightings)
    {
        next.Write(sightings);
        lock (_lock)
        {
            foreach (var sighting in sightings)
            {
                _last[sighting.Endpoint] = Math.Max(sighting.LastMs, _last.GetValueOrDefault(sighting.Endpoint));
            }
        }
    }

    /// <summary>What was seen since it was last asked, with the end of the last flow in milliseconds since
    /// the UNIX epoch.</summary>
    public IReadOnlyDictionary<Endpoint, long> Take()
    {
        lock (_lock)
        {
            var seen = _last;
            _last = [];
            return seen;
        }
    }
}
