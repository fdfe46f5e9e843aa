// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Detecting;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Segments;

namespace Weir.Collector.Events;

/// <summary>Sightings become events once they are durable. One that is not corroborated is kept nowhere: nobody counts
/// as infected for it.</summary>
internal sealed class EventfulSightings(ISightingSink durable, IQualityEventSink events) : ISightingSink
{
    public void Write(IReadOnlyList<Sighting> sightings)
    {
        var proven = sightings.Where(static one => one.Doubt == EvidenceDoubt.None).ToList();
        if (proven.Count > 0 || sightings.Count == 0)
        {
            durable.Write(proven);
        }

        foreach (var contact in CncContactEvents.From(sightings))
        {
            events.Handle(contact);
        }
    }
}
