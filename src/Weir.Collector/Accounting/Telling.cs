// SPDX-License-Identifier: Apache-2.0
//
// Contacts that the shards have decided on, on their way out. Nothing is told that is not written down: the account
// takes them with the windows that stay open, in one file; then a segment holds them, whose name the spool's journal
// has first, with how far it goes; then the desk has their events, whose numbers follow from subject, endpoint and
// window. So a run that was killed at any of these steps is followed by one that knows what is left, and what is sent a
// second time has the number of the first.
using Weir.Collector.Events;
using Weir.Collector.Matching;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Segments;
using Weir.Hosting.Spooling;

namespace Weir.Collector.Accounting;

/// <summary>What is durable, in the order in which it becomes so.</summary>
internal enum TellingStep : byte
{
    /// <summary>Nothing yet: windows have closed in memory.</summary>
    Decided,

    /// <summary>What is told, and which windows stay open, is written down.</summary>
    Written,

    /// <summary>The spool's journal has the count.</summary>
    Counted,

    /// <summary>A segment holds it.</summary>
    Held,

    /// <summary>The outbox has its events.</summary>
    Told,
}

/// <summary>Takes what the shards decide, and tells what is written down.</summary>
internal sealed class Telling(Spool spool, EventWriter events) : ISightingSink
{
    private readonly Lock _gate = new();
    private List<Sighting> _decided = [];

    /// <summary>Called when a step is done; a test ends the run there.</summary>
    internal Action<TellingStep>? Reached { get; set; }

    /// <summary>Takes contacts; durable with the account's next file.</summary>
    public void Write(IReadOnlyList<Sighting> sightings)
    {
        lock (_gate)
        {
            _decided.AddRange(sightings);
        }
    }

    /// <summary>What was decided since this was last asked, by days.</summary>
    public IReadOnlyList<Sighting> Take()
    {
        lock (_gate)
        {
            var decided = _decided;
            _decided = [];
            return [.. decided.OrderBy(one => one.FirstMs)];
        }
    }

    /// <summary>Tells contacts; when it returns store and desk will have each, whatever becomes of this process. What
    /// is not corroborated is kept nowhere, since nobody counts as infected for it: only the desk hears of it.</summary>
    /// <param name="number">Under which they are written down.</param>
    /// <param name="contacts">In the order in which they are.</param>
    /// <param name="cancel">Gives up; they are told by the next call, or run.</param>
    public async Task TellAsync(long number, IReadOnlyList<Sighting> contacts, CancellationToken cancel)
    {
        SightingRow[] rows =
        [
            .. contacts.Where(static one => one.Doubt == EvidenceDoubt.None)
                .Select(static one => new SightingRow(one, (byte)one.Role, one.Confidence)),
        ];
        spool.Write(rows, number);
        Reached?.Invoke(TellingStep.Held);
        foreach (var window in contacts.GroupBy(static one => ContactWindow.SlotOf(one.FirstMs)))
        {
            foreach (var contact in CncContactEvents.From(window))
            {
                events.Handle(contact);
            }
        }

        await events.WrittenAsync(cancel);
        Reached?.Invoke(TellingStep.Told);
    }
}
