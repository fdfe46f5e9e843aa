// SPDX-License-Identifier: Apache-2.0
//
// Sends heads away as they are signed. A head speaks for every entry before it, so a way that was closed is sent the
// newest alone when it opens: nothing waits, and nothing has to be kept. Each way goes by itself.
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Weir.Hosting.Channels;
using Weir.Hosting.Health;

namespace Weir.Hosting.Auditing.Outside;

/// <summary>How a way out stands.</summary>
/// <param name="Sent">Heads that were taken.</param>
/// <param name="Failures">Tries that failed.</param>
/// <param name="Size">Entries that the last one taken covers.</param>
/// <param name="Fault">Why the latest try failed; empty where it did not.</param>
internal sealed record HeadChannelState(long Sent, long Failures, long Size, string Fault);

/// <summary>Sends the newest head by each way, until cancelled.</summary>
internal sealed class HeadPusher(
    Func<TreeHead> newest, IReadOnlyList<HeadChannel> channels, TimeProvider time, ILogger<HeadPusher> log)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, HeadChannelState> _states = new(
        channels.Select(channel => KeyValuePair.Create(channel.Name, new HeadChannelState(0, 0, 0, ""))));

    public IEnumerable<(string Channel, HeadChannelState State)> States =>
        channels.Select(channel => (channel.Name, _states[channel.Name]));

    /// <summary>Sends until cancelled.</summary>
    public Task RunAsync(CancellationToken cancel) =>
        Task.WhenAll(channels.Select(channel => SendAsync(channel, cancel)));

    public ComponentHealth Check() =>
        States.Where(one => one.State.Fault.Length > 0)
            .Select(one => $"heads do not leave by {one.Channel}: {one.State.Fault}").ToList() is { Count: > 0 } faults
            ? ComponentHealth.Degraded(string.Join("; ", faults))
            : ComponentHealth.Ok;

    private async Task SendAsync(HeadChannel channel, CancellationToken cancel)
    {
        await Task.Yield();
        var (failures, last) = (0, (TreeHead?)null);
        var backOff = new BackOff(FirstWait, LongestWait, new Random(unchecked((int)time.GetTimestamp())));
        while (true)
        {
            var head = newest();
            if (last is not null && head.Signature == last.Signature)
            {
                await Task.Delay(Look, time, cancel);
                continue;
            }

            failures = await TryAsync(channel, head, cancel) ? 0 : failures + 1;
            last = failures == 0 ? head : last;
            await Task.Delay(failures == 0 ? channel.Every : backOff.After(failures), time, cancel);
        }
    }

    private async Task<bool> TryAsync(HeadChannel channel, TreeHead head, CancellationToken cancel)
    {
        var state = _states[channel.Name];
        try
        {
            await channel.SendAsync(head, cancel);
            if (state.Fault.Length > 0)
            {
                log.HeadsLeaveAgain(channel.Name);
            }

            _states[channel.Name] = state with { Sent = state.Sent + 1, Size = head.Size, Fault = "" };
            return true;
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            if (state.Fault != fault.Message)
            {
                log.HeadDoesNotLeave(channel.Name, fault.Message);
            }

            _states[channel.Name] = state with { Failures = state.Failures + 1, Fault = fault.Message };
            return false;
        }
    }
}

/// <summary>Event ids 8310 and 8311.</summary>
internal static partial class HeadPusherLog
{
    [LoggerMessage(EventId = 8310, Level = LogLevel.Warning,
        Message = "audit heads do not leave by {Channel}: {Reason}; the newest is tried again")]
    public static partial void HeadDoesNotLeave(this ILogger log, string channel, string reason);

    [LoggerMessage(EventId = 8311, Level = LogLevel.Information, Message = "audit heads leave by {Channel} again")]
    public static partial void HeadsLeaveAgain(this ILogger log, string channel);
}
