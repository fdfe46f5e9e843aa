// SPDX-License-Identifier: Apache-2.0
using Weir.Collector;
using Weir.Contracts.Events;
using Weir.Contracts.Segments;

namespace Weir.Cli.SelfTesting.Rules;

/// <summary>Leads events to the desk, which opens after the shards have started: who comes earlier waits.</summary>
internal sealed class EventRelay : IEventSink
{
    private readonly TaskCompletionSource<IEventSink> _desk = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void To(IEventSink desk) => _desk.TrySetResult(desk);

    public void Handle(SignedEvent signed) => _desk.Task.GetAwaiter().GetResult().Handle(signed);
}

/// <summary>Sightings go to the spool, and as events to the desk once they are durable.</summary>
internal sealed class CaseSightings(ISightingSink spool, EventSigner signer, IEventSink desk) : ISightingSink
{
    public void Write(IReadOnlyList<Sighting> sightings)
    {
        spool.Write(sightings);
        foreach (var contact in CncContactEvents.From(sightings))
        {
            desk.Handle(signer.Sign(contact));
        }
    }
}
