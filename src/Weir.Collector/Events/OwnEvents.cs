// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using Weir.Contracts.Events;
using Weir.Contracts.Signing;

namespace Weir.Collector.Events;

/// <summary>An event with its envelope.</summary>
internal readonly record struct OwnEvent(QualityEvent Event, Envelope Signed);

/// <summary>This collector's own events on their way to whoever records because of them, without waiting for the desk.
/// One that finds no room is counted and left: the desk's order records later.</summary>
internal sealed class OwnEvents
{
    private readonly Channel<OwnEvent> _queue = Channel.CreateBounded<OwnEvent>(16_384);
    private long _missed;

    /// <summary>Events that found no room.</summary>
    public long Missed => Interlocked.Read(ref _missed);

    public ChannelReader<OwnEvent> Reader => _queue.Reader;

    public void Add(OwnEvent own)
    {
        if (!_queue.Writer.TryWrite(own))
        {
            Interlocked.Increment(ref _missed);
        }
    }
}
