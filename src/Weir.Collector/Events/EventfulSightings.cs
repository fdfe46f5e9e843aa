// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Detecting;
using Weir.Contracts.Events;
using Weir.Contracts.Segments;

namespace Weir.Collector.Events;

/// <summary>Sightings become events once they are durable.</summary>
internal sealed class EventfulSightings(ISightingSink durable, IQualityEventSink events) : ISightingSink
{
    public void Write(IReadOnlyList<Sighting> sightings)
    {
        durable.Write(sightings);
        foreach (var contact in CncContactEvents.From(sightings))
        {
            events.Handle(contact);
        }
    }
}
