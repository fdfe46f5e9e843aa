// SPDX-License-Identifier: Apache-2.0
//
// Events from the shards: signed with this collector's key, in the order in which they came, and made durable in the
// outbox. Many share one fsync. While the outbox is full or its disk refuses, the intake stands still and says so, and
// the event that found no room is tried again: none is passed over. A stop waits for a bounded time.
using System.Security.Cryptography;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Collector.Collecting;
using Weir.Collector.Detecting;
using Weir.Contracts.Events;
using Weir.Contracts.Signing;
using Weir.Hosting.Outboxes;

namespace Weir.Collector.Events;

/// <summary>Signs events and puts them into the outbox.</summary>
internal sealed class EventWriter(
    Outbox outbox, SigningKey key, IntakeGate gate, OwnEvents own, EventsOptions options, ILogger<EventWriter> log)
    : IQualityEventSink, IHostedService, IDisposable
{
    private const int BatchEvents = 256;

    /// <summary>By the clock of the machine: a shard waits, whatever time it is in a simulation.</summary>
    private static readonly TimeSpan RoomPause = TimeSpan.FromMilliseconds(100);

    private readonly Channel<Queued> _queue = Channel.CreateBounded<Queued>(options.QueuedEvents);
    private readonly CancellationTokenSource _giveUp = new();
    private Task _writing = Task.CompletedTask;
    private string _blocked = "";
    private long _signed;
    private long _lost;

    /// <summary>Events signed and durable.</summary>
    public long Signed => Interlocked.Read(ref _signed);

    /// <summary>Events given up at a stop.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    public string Folder => options.Folder;

    /// <summary>Why the intake stands still; empty where it does not.</summary>
    public string Blocked => Volatile.Read(ref _blocked);

    /// <summary>An event, or somebody who waits until those before are durable.</summary>
    private readonly record struct Queued(QualityEvent? Event, TaskCompletionSource? Written = null);

    /// <summary>Waits until every event that was taken before is durable.</summary>
    /// <exception cref="OperationCanceledException">There was no room for one, and nobody waits for it any more.
    /// </exception>
    public async Task WrittenAsync(CancellationToken cancel)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await _queue.Writer.WriteAsync(new(null, written), cancel);
        }
        catch (ChannelClosedException closed)
        {
            throw new OperationCanceledException("no more events are taken", closed);
        }

        await written.Task.WaitAsync(cancel);
    }

    /// <summary>Takes an event; waits while there is no room.</summary>
    public void Handle(QualityEvent quality)
    {
        if (_queue.Writer.TryWrite(new(quality)))
        {
            return;
        }

        try
        {
            _queue.Writer.WriteAsync(new(quality), _giveUp.Token).AsTask().GetAwaiter().GetResult();
        }
        catch (Exception late) when (late is OperationCanceledException or ChannelClosedException)
        {
            Interlocked.Increment(ref _lost);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _writing = Task.Run(WriteAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>Makes what was raised durable, within a bounded time.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        try
        {
            await _writing.WaitAsync(options.StopPatience, cancellationToken);
        }
        catch (Exception late) when (late is TimeoutException or OperationCanceledException)
        {
            GiveUp();
            await _writing;
        }

        if (Lost > 0)
        {
            log.EventsLost(Lost);
        }
    }

    /// <summary>Nobody waits for room any more: what has none is lost, and counted.</summary>
    public void GiveUp() => _giveUp.Cancel();

    public void Dispose() => _giveUp.Dispose();

    private async Task WriteAsync()
    {
        var batch = new List<OwnEvent>(BatchEvents);
        var waiting = new List<TaskCompletionSource>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            while (batch.Count < BatchEvents && _queue.Reader.TryRead(out var queued))
            {
                if (queued.Event is not { } quality)
                {
                    waiting.Add(queued.Written!);
                    continue;
                }

                var signed = new OwnEvent(quality, EventDocument.Sign(quality, key));
                own.Add(signed);
                batch.Add(signed);
            }

            await StoreAsync(batch);
            batch.Clear();
            foreach (var one in waiting)
            {
                _ = Lost > 0 ? one.TrySetCanceled() : one.TrySetResult();
            }

            waiting.Clear();
        }
    }

    /// <summary>Puts a batch into the outbox and waits until it is durable; tries again from the first that is
    /// not.</summary>
    private async Task StoreAsync(List<OwnEvent> batch)
    {
        var done = 0;
        while (done < batch.Count)
        {
            if (_giveUp.IsCancellationRequested)
            {
                Interlocked.Add(ref _lost, batch.Count - done);
                return;
            }

            var (appended, fault) = Append(batch, done);
            foreach (var durable in appended)
            {
                try
                {
                    await durable;
                    done++;
                    Interlocked.Increment(ref _signed);
                }
                catch (IOException refused)
                {
                    fault = refused.Message;
                    break;
                }
            }

            await BlockAsync(fault);
        }
    }

    private (List<Task> Appended, string Fault) Append(List<OwnEvent> batch, int from)
    {
        var appended = new List<Task>(batch.Count - from);
        foreach (var (_, signed) in batch[from..])
        {
            var octets = EnvelopeJson.Format(signed);
            var append = outbox.TryAppend(Convert.ToHexStringLower(SHA256.HashData(octets)), octets);
            if (append.Outcome != AppendOutcome.Taken)
            {
                return (appended, $"the outbox of events in {options.Folder} is full: the desk has to take them first");
            }

            appended.Add(append.Durable);
        }

        return (appended, "");
    }

    /// <summary>Stops the intake for a reason, or lets it go on where there is none.</summary>
    private async Task BlockAsync(string fault)
    {
        var before = Blocked;
        if (fault != before)
        {
            Volatile.Write(ref _blocked, fault);
            if (fault.Length > 0)
            {
                gate.Close(fault);
                log.IntakeStopped(fault);
            }
            else
            {
                log.IntakeGoesOn();
            }

            gate.Open(before);
        }

        if (fault.Length > 0)
        {
            await Task.WhenAny(Task.Delay(RoomPause, _giveUp.Token));
        }
    }
}
