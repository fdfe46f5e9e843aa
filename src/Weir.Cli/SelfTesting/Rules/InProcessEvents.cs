// SPDX-License-Identifier: Apache-2.0
//
// Between shards and desk of one process: what a shard raises is signed with the collector's key and given to the desk
// in batches. Whoever raises waits while the desk cannot follow, so that none is lost.
using System.Threading.Channels;
using Weir.Collector.Detecting;
using Weir.Contracts.Events;
using Weir.Contracts.Protocol;
using Weir.Contracts.Signing;
using Weir.Desk.Cases;

namespace Weir.Cli.SelfTesting.Rules;

/// <summary>Takes events from shards of this process.</summary>
internal sealed class InProcessEvents(SigningKey key, TimeProvider time) : IQualityEventSink
{
    private const int Waiting = 16_384;

    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(1);

    private readonly Channel<Envelope> _events = Channel.CreateBounded<Envelope>(Waiting);

    public void Handle(QualityEvent quality)
    {
        var envelope = EventDocument.Sign(quality, key);
        if (!_events.Writer.TryWrite(envelope))
        {
            _events.Writer.WriteAsync(envelope).AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>No further events.</summary>
    public void Complete() => _events.Writer.TryComplete();

    /// <summary>Gives events to the desk until <see cref="Complete"/>; what cannot be kept is tried again.</summary>
    public async Task RunAsync(CaseHandler desk, CancellationToken cancel)
    {
        var batch = new List<Envelope>(EventBatch.Max);
        try
        {
            while (batch.Count > 0 || await _events.Reader.WaitToReadAsync(cancel))
            {
                while (batch.Count < EventBatch.Max && _events.Reader.TryRead(out var envelope))
                {
                    batch.Add(envelope);
                }

                try
                {
                    _ = await desk.ReceiveAsync(batch, cancel);
                    batch.Clear();
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    await Task.Delay(TryAgain, time, cancel);
                }
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The stop's time is over.
        }
    }
}
