// SPDX-License-Identifier: Apache-2.0
//
// Takes alerts and has every channel send them. An alert is in the journal before anything else, so nothing is lost by
// a restart or by a channel that is away; a channel that is away waits longer each time and holds up no other. More of
// a kind than people read become one digest that says how many of what.
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Weir.Hosting.Channels;

namespace Weir.Desk.Alerts;

/// <summary>How a channel stands.</summary>
/// <param name="Name">As configured.</param>
/// <param name="Taken">Alerts it was to send since the start, those that waited from before among them. Taken = sent +
/// given up + digested + held + waiting.</param>
/// <param name="Sent">Taken by it.</param>
/// <param name="GivenUp">Refused for good, or too old.</param>
/// <param name="Digested">Told of by a digest instead.</param>
/// <param name="Held">Kept back for the next digest.</param>
/// <param name="Failures">Tries that failed.</param>
/// <param name="Fault">Why the latest try failed; empty where it did not.</param>
/// <param name="SentAt">When it last took one.</param>
public sealed record ChannelStatus(
    string Name, long Taken, long Sent, long GivenUp, long Digested, long Held, long Failures, string Fault,
    DateTimeOffset? SentAt)
{
    public long Waiting => Taken - Sent - GivenUp - Digested - Held;
}

/// <summary>See <see cref="OpenAsync"/>. Many callers.</summary>
public sealed class AlertSender : IDisposable
{
    private static readonly TimeSpan OneMinute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan JournalAway = TimeSpan.FromSeconds(10);

    private readonly IAlertJournal _journal;
    private readonly ImmutableArray<IAlertChannel> _channels;
    private readonly string[] _names;
    private readonly AlertOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<AlertSender> _log;
    private readonly AlertRateLimiter _gate;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ConcurrentDictionary<string, ChannelStatus> _standing = new();
    private readonly Dictionary<string, SemaphoreSlim> _woken;
    private DateTimeOffset _digestAt = DateTimeOffset.MaxValue;

    private AlertSender(
        IAlertJournal journal, ImmutableArray<IAlertChannel> channels, AlertOptions options, TimeProvider time,
        ILogger<AlertSender> log)
    {
        (_journal, _channels, _options, _time, _log) = (journal, channels, options, time, log);
        _names = [.. channels.Select(c => c.Name)];
        _gate = new AlertRateLimiter(options.MaxPerKind, options.Window);
        _woken = _names.ToDictionary(name => name, _ => new SemaphoreSlim(0, 1));
    }

    /// <summary>How each channel stands, in the configuration's order.</summary>
    public IReadOnlyList<ChannelStatus> ChannelStatuses => [.. _names.Select(name => _standing[name])];

    public IReadOnlyList<IAlertChannel> Channels => _channels;

    /// <summary>What happened before is not told of: the journal had not begun, or may have forgotten
    /// that it was told.</summary>
    public DateTimeOffset Since =>
        _time.GetUtcNow() - (_options.KeepIds / 2) is var known && known > _journal.BeganAt ? known : _journal.BeganAt;

    /// <exception cref="AlertJournalException">The journal cannot be read.</exception>
    public static async Task<AlertSender> OpenAsync(
        IAlertJournal journal, ImmutableArray<IAlertChannel> channels, AlertOptions options, TimeProvider time,
        ILogger<AlertSender> log, CancellationToken cancel)
    {
        var sender = new AlertSender(journal, channels, options, time, log);
        if (await journal.ForgetAsync(time.GetUtcNow() - options.KeepIds, sender._names, cancel) is > 0 and var waited)
        {
            log.ChannelGone(waited);
        }

        var counts = await journal.CountAsync(cancel);
        foreach (var name in sender._names)
        {
            var waiting = counts.Where(c => c.Channel == name && c.State == AlertState.Waiting).Sum(c => c.Alerts);
            var held = counts.Where(c => c.Channel == name && c.State == AlertState.Held).Sum(c => c.Alerts);
            sender._standing[name] = new(name, waiting + held, 0, 0, 0, held, 0, "", null);
            sender._digestAt = held > 0 ? time.GetUtcNow() : sender._digestAt;
        }

        return sender;
    }

    /// <summary>Keeps an alert for every channel; durable when it returns.</summary>
    /// <returns>False where it was told before, by its id, or where there is no channel.</returns>
    /// <exception cref="AlertJournalException">It cannot be kept; it was not taken.</exception>
    public async Task<bool> EnqueueAsync(Alert alert, CancellationToken cancel)
    {
        string[] names = [.. _channels.Where(channel => channel.Wants(alert)).Select(channel => channel.Name)];
        if (names.Length == 0)
        {
            return false;
        }

        await _turn.WaitAsync(cancel);
        try
        {
            var now = _time.GetUtcNow();
            var state = _gate.MayPass(alert.Kind, now) ? AlertState.Waiting : AlertState.Held;
            if (!await _journal.PutAsync(alert, state, names, cancel))
            {
                return false;
            }

            _gate.Count(alert.Kind, now);
            _digestAt =
                state == AlertState.Held && _digestAt == DateTimeOffset.MaxValue ? now + _options.Window : _digestAt;
            Array.ForEach(names, name =>
                Count(name, s => s with { Taken = s.Taken + 1, Held = s.Held + (state == AlertState.Held ? 1 : 0) }));
        }
        finally
        {
            _ = _turn.Release();
        }

        Wake();
        return true;
    }

    /// <summary>Sends until cancelled: every channel by itself.</summary>
    public Task RunAsync(CancellationToken cancel) => _channels.IsEmpty
        ? Task.Delay(Timeout.Infinite, cancel)
        : Task.WhenAll(_channels.Select((channel, i) => RunAsync(channel, i, cancel)));

    /// <summary>Makes the digest where one is due. To be called now and then.</summary>
    public async Task DigestAsync(CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            var now = _time.GetUtcNow();
            if (now < _digestAt)
            {
                return;
            }

            if (await _journal.HeldAsync(cancel) is { Count: > 0 } held)
            {
                // Who is to be told of none of them gets no digest of them.
                string[] names = [.. _names.Where(name => _standing[name].Held > 0)];
                await _journal.DigestAsync(Digest(held, now), names, cancel);
                Array.ForEach(names, name =>
                    Count(name, s => s with { Taken = s.Taken + 1, Digested = s.Digested + s.Held, Held = 0 }));
            }

            _digestAt = DateTimeOffset.MaxValue;
        }
        finally
        {
            _ = _turn.Release();
        }

        Wake();
    }

    public void Dispose()
    {
        _turn.Dispose();
        foreach (var woken in _woken.Values)
        {
            woken.Dispose();
        }
    }

    private static Alert Digest(IReadOnlyList<HeldBackAlerts> held, DateTimeOffset now)
    {
        var (first, last) = (held.Min(h => h.First), held.Max(h => h.Last));
        return new Alert
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"digest-{now.ToUnixTimeMilliseconds()}"),
            At = now, Kind = "digest", Severity = held.Min(h => h.Severity),
            Text = string.Create(CultureInfo.InvariantCulture, $"{held.Sum(h => h.Alerts)} more alerts from "
                + $"{first.UtcDateTime:u} to {last.UtcDateTime:u}: "
                + $"{string.Join(", ", held.Select(h => $"{h.Alerts} {h.Kind}"))}"),
            Words = held.ToDictionary(
                h => h.Kind, h => h.Alerts.ToString(CultureInfo.InvariantCulture), StringComparer.Ordinal),
        };
    }

    private async Task RunAsync(IAlertChannel channel, int number, CancellationToken cancel)
    {
        await Task.Yield();
        var backOff = new BackOff(
            _options.FirstWait, _options.LongestWait, new Random(unchecked((int)_time.GetTimestamp()) ^ number));
        var (failures, minute, inMinute) = (0, _time.GetUtcNow(), 0);
        while (true)
        {
            WaitingAlert? next;
            TimeSpan wait;
            try
            {
                next = await _journal.NextAsync(channel.Name, cancel);
                if (next is null)
                {
                    await _woken[channel.Name].WaitAsync(cancel);
                    continue;
                }

                var now = _time.GetUtcNow();
                (minute, inMinute) = now - minute >= OneMinute || now < minute ? (now, 0) : (minute, inMinute);
                if (inMinute >= _options.MaxPerMinute)
                {
                    await Task.Delay(minute + OneMinute - now, _time, cancel);
                    continue;
                }

                inMinute++;
                var fault = await TryAsync(channel, next, cancel);
                failures = fault is null or { IsPermanent: true } ? 0 : failures + 1;
                wait = failures == 0 ? TimeSpan.Zero : Longer(backOff.After(failures), fault!.After);
            }
            catch (AlertJournalException fault)
            {
                Count(channel.Name, s => s with { Fault = fault.Message });
                _log.JournalAway(channel.Name, fault.Message);
                wait = JournalAway;
            }

            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, _time, cancel);
            }
        }
    }

    /// <summary>One try, and what became of it in the journal.</summary>
    /// <returns>Why it failed; null where the channel took it.</returns>
    private async Task<ChannelException?> TryAsync(IAlertChannel channel, WaitingAlert next, CancellationToken cancel)
    {
        try
        {
            await channel.SendAsync(next.Alert, cancel);
        }
        catch (ChannelException fault)
        {
            await FailedAsync(channel, next, fault, cancel);
            return fault;
        }
        catch (Exception unforeseen) when (unforeseen is not OperationCanceledException)
        {
            var fault = new ChannelException($"{channel.Name}: {unforeseen.Message}", isForGood: false, unforeseen);
            await FailedAsync(channel, next, fault, cancel);
            return fault;
        }

        // it is sent, whoever stops us now
        await _journal.MarkAsync(
            next.Sequence, channel.Name, AlertState.Sent, next.Tries + 1, _time.GetUtcNow(), CancellationToken.None);
        Count(channel.Name, s => s with { Sent = s.Sent + 1, Fault = "", SentAt = _time.GetUtcNow() });
        return null;
    }

    private async Task FailedAsync(
        IAlertChannel channel, WaitingAlert next, ChannelException fault, CancellationToken cancel)
    {
        var now = _time.GetUtcNow();
        var isOver = fault.IsPermanent || now - next.Alert.At > _options.GiveUpAfter;
        await _journal.MarkAsync(
            next.Sequence, channel.Name, isOver ? AlertState.GivenUp : AlertState.Waiting, next.Tries + 1, now, cancel);
        Count(channel.Name, s =>
            s with { Failures = s.Failures + 1, GivenUp = s.GivenUp + (isOver ? 1 : 0), Fault = fault.Message });
        if (isOver)
        {
            _log.GivenUp(channel.Name, next.Alert.Id, fault.Message);
        }
        else if (next.Tries == 0)
        {
            _log.NotTaken(channel.Name, next.Alert.Id, fault.Message);
        }
    }

    private static TimeSpan Longer(TimeSpan wait, TimeSpan? asked) =>
        asked is { } longer && longer > wait ? longer : wait;

    private void Count(string channel, Func<ChannelStatus, ChannelStatus> step)
    {
        lock (_standing)
        {
            _standing[channel] = step(_standing[channel]);
        }
    }

    private void Wake()
    {
        foreach (var woken in _woken.Values)
        {
            try
            {
                _ = woken.Release();
            }
            catch (SemaphoreFullException)
            {
                continue; // it is awake
            }
        }
    }
}
