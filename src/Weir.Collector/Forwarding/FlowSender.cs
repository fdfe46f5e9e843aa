// SPDX-License-Identifier: Apache-2.0
//
// Sends flows to one owner, one batch at a time: the next goes when the owner has answered for the last, so a slow
// owner is waited for and nothing is put in its way. What was sent and not answered for is sent again under the same
// number, and says so: the owner knows whether it took it, unless it is another run by now, which takes nothing twice.
using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Collector.Owning;
using Weir.Contracts.Protocol;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Running;

namespace Weir.Collector.Forwarding;

/// <summary>One owner's sender.</summary>
/// <param name="queue">What waits for it.</param>
/// <param name="owner">Its client.</param>
/// <param name="options">Patience and pauses.</param>
/// <param name="pipeline">Whose flows they are: it knows who told them, and which run this is.</param>
/// <param name="failure">Ends the process where this is broken.</param>
/// <param name="time">Our clock.</param>
/// <param name="log">Takes a line at the stop.</param>
internal sealed class FlowSender(
    ForwardQueue queue, PeerClient owner, ForwardingOptions options, Pipeline pipeline, ProcessFailure failure,
    TimeProvider time, ILogger<FlowSender> log)
    : BackgroundService
{
    private ulong _sequence;
    private ulong _run;
    private volatile bool _isEnding;

    /// <summary>Lets the owner have what waits, within its bound, and counts the rest as lost.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _isEnding = true;
        queue.Wake();
        if (ExecuteTask is { } running)
        {
            _ = await Task.WhenAny(running, Task.Delay(options.StopPatience, cancellationToken));
        }

        await base.StopAsync(cancellationToken);
        if (queue.LoseAll(ForwardLoss.Stopped) is var left and > 0)
        {
            log.LostAtStop(left, queue.Owner, queue.Fault);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                if (queue.Take() is { } block)
                {
                    await SendAsync(block, stoppingToken);
                    if (!block.IsFull && !_isEnding)
                    {
                        await Task.Delay(options.Linger, time, stoppingToken);
                    }
                }
                else if (_isEnding)
                {
                    return;
                }
                else
                {
                    await queue.WaitAsync(stoppingToken);
                }
            }
        }
        catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
        {
            failure.Report("the forwarding of flows", fault);
        }
    }

    /// <summary>Sends until the owner has answered for it, or it has waited for too long.</summary>
    private async Task SendAsync(ForwardBlock block, CancellationToken cancel)
    {
        var octets = ForwardedFlows.Write(block.Flows, pipeline.SourceOf);
        var head = new ForwardHead
        {
            Owners = options.Owners.DigestOf(block.Map), Session = pipeline.Forwarded!.Run, Sequence = ++_sequence,
            Acknowledged = (ulong)queue.Acknowledged,
        };
        for (var pause = options.FirstPause; !queue.Expire(); pause = Longer(pause))
        {
            ForwardedFlows.WriteHead(head with { Run = _run }, octets);
            try
            {
                using var body = new MemoryStream(octets, writable: false);
                var receipt = await owner.PostRawAsync(
                    ForwardingRoutes.Flows, body, ForwardingJson.Default.ForwardReceipt, options.Patience, cancel);
                End(receipt);
                return;
            }
            catch (PeerDownException down)
            {
                // It may have arrived, unless nobody was there to whom it could.
                head = head with
                {
                    IsInDoubt = head.IsInDoubt || down.Fault is PeerFault.TimedOut or PeerFault.Broken
                        or PeerFault.BadAnswer,
                };
                queue.Fault = down.Message;
            }
            catch (PeerRefusedException refused)
            {
                queue.Fault = refused.Message;
                if (refused.Code is PeerCodes.Malformed or PeerCodes.TooLarge)
                {
                    queue.Lose(ForwardLoss.Refused);
                    return;
                }

                head = head with { IsInDoubt = head.IsInDoubt || refused.Code == PeerCodes.Failed };
            }

            await Task.Delay(pause, time, cancel);
        }
    }

    private void End(ForwardReceipt receipt)
    {
        queue.Fault = "";
        _run = ulong.TryParse(receipt.Run, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var run)
            ? run : 0;
        if (receipt.IsTaken)
        {
            queue.Acknowledge();
        }
        else
        {
            queue.Lose(ForwardLoss.InDoubt);
        }
    }

    private TimeSpan Longer(TimeSpan pause) => pause * 2 < options.LongestPause ? pause * 2 : options.LongestPause;
}

/// <summary>Event id 1271.</summary>
internal static partial class ForwardingLog
{
    [LoggerMessage(EventId = 1271, Level = LogLevel.Warning,
        Message = "{Flows} flows of networks of collector {Owner} are lost: it had not answered for them until the "
            + "stop. {Reason}")]
    public static partial void LostAtStop(this ILogger log, long flows, string owner, string reason);
}
