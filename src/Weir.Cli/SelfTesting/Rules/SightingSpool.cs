// SPDX-License-Identifier: Apache-2.0
using Weir.Collector;
using Weir.Contracts.Segments;
using Weir.Hosting.Spooling;

namespace Weir.Cli.SelfTesting.Rules;

/// <summary>Sightings go the way of the digests: durable in a segment, then loaded once.</summary>
internal sealed class SightingSpool(Spool spool) : ISightingSink
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
