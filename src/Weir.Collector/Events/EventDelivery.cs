// SPDX-License-Identifier: Apache-2.0
//
// From the outbox to the desk, in order and at least once. The desk answers when a batch is durable. None is dropped:
// of a batch that is not believed or cannot be read whole, each event is sent alone; one that is not believed lies
// beside the outbox, so that it does not hold up the others, and health says so. Where it is this collector's own key
// that the desk does not take, all wait until somebody lists it.
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

    private static readonly string UnknownKey = EnvelopeFaults.Word(EnvelopeFault.UnknownKey);
    private static readonly string WrongRole = EnvelopeFaults.Word(EnvelopeFault.WrongRole);

    private readonly ConcurrentDictionary<string, long> _refused = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly Outbox _outbox;
    private readonly PeerClient _desk;
    private readonly EventsOptions _options;
    private readonly OwnKey _key;
    private readonly ILogger _log;
    private readonly OutboxPump _pump;
    private Task _pumping = Task.CompletedTask;
    private long _accepted;
    private long _known;
    private string _keyFault;

    public EventDelivery(
        Outbox outbox, DiskFolder folder, PeerClient desk, EventsOptions options, OwnKey key, TimeProvider time,
        ILoggerFactory logs)
    {
        (_outbox, _desk, _options, _key, _log) = (outbox, desk, options, key, logs.CreateLogger<EventDelivery>());
        _keyFault = key.IsListed ? "" : key.Unlisted;
        if (!key.IsListed)
        {
            _log.KeyNotTaken(_keyFault);
        }

        _pump = new OutboxPump(outbox, folder, DeliverAsync, time, logs.CreateLogger<OutboxPump>());
    }

    public long Accepted => Interlocked.Read(ref _accepted);

    public long Known => Interlocked.Read(ref _known);

    public IReadOnlyDictionary<string, long> Refused => _refused;

    /// <summary>Why events wait for a person to list this collector's key; empty where they do not.</summary>
    public string KeyFault => Volatile.Read(ref _keyFault);

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
            if (receipt.Refused.Count > 0)
            {
                return events.Count > 1 ? await SendEachAsync(events, cancel)
                    : NotBelieved(events[0], receipt.Refused.Keys.First());
            }

            if (events.Exists(one => one.Key == _key.Public.Id))
            {
                Volatile.Write(ref _keyFault, "");
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

    /// <summary>The desk says how many it does not believe, and not which.</summary>
    private async Task<Delivered> SendEachAsync(List<Envelope> events, CancellationToken cancel)
    {
        for (var i = 0; i < events.Count; i++)
        {
            try
            {
                if (await SendAsync([events[i]], cancel) is { Taken: 0 } none)
                {
                    return none with { Taken = i };
                }
            }
            catch (Exception) when (i > 0 && !cancel.IsCancellationRequested)
            {
                return new(i); // those before it are the desk's; the rest comes again, and says why
            }
        }

        return new(events.Count);
    }

    /// <summary>What a person mends by listing our key waits for it; else the event is set aside.</summary>
    private Delivered NotBelieved(Envelope one, string code)
    {
        if (one.Key == _key.Public.Id && (code == UnknownKey || code == WrongRole))
        {
            var fault = _key.Unlisted;
            if (Interlocked.Exchange(ref _keyFault, fault) != fault)
            {
                _log.KeyNotTaken(fault);
            }

            throw new InvalidDataException($"{code}: {fault}");
        }

        Count(code, 1);
        return new(0, code);
    }

    private void Count(string code, long count)
    {
        _refused.AddOrUpdate(code, count, (_, before) => before + count);
        _log.EventsRefused(count, code);
    }
}
