// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Weir.Collector.Collecting;
using Weir.Collector.Owning;
using Weir.Contracts.Protocol;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Serving;

namespace Weir.Collector.Forwarding;

/// <summary>Takes flows that other collectors heard of this one's networks.</summary>
internal sealed class FlowIntake(ForwardedLane lane, IntakeGate gate)
{
    /// <summary>Answers a batch.</summary>
    /// <param name="call">Who sends it, as its certificate says.</param>
    /// <param name="body">Its octets.</param>
    /// <param name="cancel">The sender went away.</param>
    public async Task<ForwardReceipt> AnswerAsync(PeerCall call, Stream body, CancellationToken cancel)
    {
        if (!lane.Owners.Names.Contains(call.Peer.Name))
        {
            throw new PeerRefusalException(
                ForwardingCodes.UnknownCollector, $"owners.collectors has no collector {call.Peer.Name}; add it there, "
                    + "on every collector", StatusCodes.Status403Forbidden);
        }

        if (!gate.IsOpen)
        {
            throw new PeerRefusalException(
                ForwardingCodes.Stopped, $"nothing is taken here: {string.Join("; ", gate.Reasons)}",
                StatusCodes.Status503ServiceUnavailable);
        }

        using var octets = new MemoryStream();
        await body.CopyToAsync(octets, cancel);
        var batch = Read(octets.GetBuffer().AsSpan(0, (int)octets.Length));
        var map = lane.Owners.FindMap(batch.Head.Owners.Span);
        if (map < 0)
        {
            throw new PeerRefusalException(
                ForwardingCodes.OtherOwners, $"{lane.Owners.Names[lane.Owners.Own]} has other rows of owners or other "
                    + "attributing.networks; bring all collectors to the same ones and restart them");
        }

        var isTaken = await lane.TakeAsync(call.Peer.Name, batch, map, cancel);
        return new(lane.Run.ToString("x16", CultureInfo.InvariantCulture), isTaken);
    }

    private static ForwardedBatch Read(ReadOnlySpan<byte> octets)
    {
        if (ForwardedFlows.VersionOf(octets) is { } version and not ForwardedFlows.Version)
        {
            throw new PeerRefusalException(
                ForwardingCodes.OtherVersion, string.Create(CultureInfo.InvariantCulture,
                    $"the batch is of version {version}, and this collector reads {ForwardedFlows.Version}; ")
                    + "bring both to the same version of weir", StatusCodes.Status400BadRequest);
        }

        return ForwardedFlows.TryRead(octets, out var batch, out var fault)
            ? batch! : throw PeerRefusalException.Malformed($"the batch of flows {fault}");
    }
}
