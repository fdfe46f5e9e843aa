// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Segments;
using Weir.Hosting.Spooling;

namespace Weir.Collector.Segments;

/// <summary>Sightings go the way of the digests: durable in a segment, then sent.</summary>
internal sealed class SpooledSightings(Spool spool) : ISightingSink
{
    public void Write(IReadOnlyList<Sighting> sightings)
    {
        var rows = new SightingRow[sightings.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = new SightingRow(sightings[i], (byte)sightings[i].Role, sightings[i].Confidence);
        }

        spool.Write(rows);
    }
}
