// SPDX-License-Identifier: Apache-2.0
//
// From the outbox to the desk, in order and at least once. The desk answers when a batch is durable; an event it does
// not believe is counted by its code and not sent again. A batch that cannot be read is tried by its first event alone,
// so that one broken event does not hold up the others.
using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Protocol;
using Weir.Contracts.Signing;
using Weir.Hosting.Files;
using Weir.Hosting.Outboxes;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;

namespace Weir.Collector.Events;

/// <summary>Delivers events to the desk.</summary>
internal sealed class EventDelivery : IHostedService, IDisposable
{
    /// <summary>By the clock of the machine, like the wait it is part of.</summary>
    private static readonly TimeSpan PollPause = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<string, long> _refused = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly Outbox _outbox;
    private readonly PeerClient _desk;
    private readonly EventsOptions _options;
    private readonly ILogger _log;
    private readonly OutboxPump _pump;
    private Task _pumping = Task.CompletedTask;
    private long _accepted;
    private long _known;

    public EventDelivery(
        Outbox outbox, DiskFolder folder, PeerClient desk, EventsOptions options, TimeProvider time,
        ILoggerFactory logs)
    {
        (_outbox, _desk, _options, _log) = (outbox, desk, options, logs.CreateLogger<EventDelivery>());
        _pump = new OutboxPump(outbox, folder, DeliverAsync, time, logs.CreateLogger<OutboxPump>());
    }

    public long Accepted => Interlocked.Read(ref _accepted);

    public long Known => Interlocked.Read(ref _known);

    public IReadOnlyDictionary<string, long> Refused => _refused;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _pumping = Task.Run(() => _pump.RunAsync(_stop.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>A desk that answers gets what waits, within a bounded time.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(_options.StopPatience);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        while (_outbox.State is { Waiting: > 0, FailingSince: null } && !either.IsCancellationRequested)
        {
            await Task.WhenAny(Task.Delay(PollPause, either.Token));
        }

        await _stop.CancelAsync();
        await _pumping;
        if (_outbox.State.Waiting is > 0 and var waiting)
        {
            _log.EventsLeft(waiting);
        }
    }

    public void Dispose() => _stop.Dispose();

    private async Task<Delivered> DeliverAsync(IReadOnlyList<OutboxItem> batch, CancellationToken cancel)
    {
        var events = new List<Envelope>(batch.Count);
        foreach (var item in batch.Take(EventBatch.Max))
        {
            if (EnvelopeJson.TryParse(item.Octets.Span, out var envelope) != EnvelopeFault.None)
            {
                return events.Count > 0
                    ? await SendAsync(events, cancel) : new(0, "the outbox gave back what is no envelope");
            }

            events.Add(envelope!);
        }

        return await SendAsync(events, cancel);
    }

    private async Task<Delivered> SendAsync(List<Envelope> events, CancellationToken cancel)
    {
        try
        {
            var receipt = await _desk.PostAsync(
                DeskRoutes.Events, new EventBatch(events), DeskJson.Default.EventBatch,
                DeskJson.Default.EventReceipt, _options.RequestTimeout, cancel);
            Interlocked.Add(ref _accepted, receipt.Taken);
            Interlocked.Add(ref _known, receipt.Known);
            foreach (var (code, count) in receipt.Refused)
            {
                Count(code, count);
            }

            return new(events.Count);
        }
        catch (PeerRefusedException refused) when (refused.Code is PeerCodes.Malformed or PeerCodes.TooLarge)
        {
            if (events.Count > 1)
            {
                return await SendAsync(events[..1], cancel);
            }

            Count(refused.Code, 1);
            return new(0, refused.Code);
        }
    }

    private void Count(string code, long count)
    {
        _refused.AddOrUpdate(code, count, (_, before) => before + count);
        _log.EventsRefused(count, code);
    }
}
