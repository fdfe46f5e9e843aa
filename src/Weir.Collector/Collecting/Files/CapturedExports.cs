// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;
using Weir.Wire.Exports;
using Weir.Wire.Files;

namespace Weir.Collector.Collecting.Files;

/// <summary>Hands on the flow exports among the frames of a capture; fragments are put together.</summary>
internal struct CapturedExports<T>(FragmentReassembler fragments, InputLosses losses, T taker) : IFrameHandler
    where T : struct, IDatagramHandler
{
    public T Taker = taker;

    public void OnFrame(ReadOnlySpan<byte> frame, LinkType link, long arrivedAtMs)
    {
        losses.Packets++;
        var packet = PacketParser.Read(frame, link);
        if (packet.Kind == PacketKind.Fragment)
        {
            if (!fragments.Add(in packet, arrivedAtMs, out var datagram))
            {
                return;
            }

            packet.Kind = PacketParser.ReadUdp(datagram, ref packet);
        }

        switch (packet.Kind)
        {
            case PacketKind.Udp when ExportFraming.Detect(packet.Payload, packet.Cut) != ExportProtocol.Unknown:
                losses.Datagrams++;
                losses.PacketsCut += packet.Cut ? 1 : 0;
                Taker.OnDatagram(packet.Payload, packet.Source, packet.SourcePort, arrivedAtMs);
                break;
            case PacketKind.Udp:
                losses.NotFlowExport++;
                break;
            case PacketKind.OtherLink:
                losses.PacketsOtherLink++;
                break;
            case PacketKind.Damaged:
                losses.PacketsDamaged++;
                break;
            default:
                losses.NotUdp++;
                break;
        }
    }
}

/// <summary>Puts the frames of a capture together to flows.</summary>
internal struct CapturedPackets<TVisitor>(PacketFlows flows, TVisitor visitor) : IFrameHandler
    where TVisitor : struct, IFlowVisitor
{
    public TVisitor Visitor = visitor;

    public void OnFrame(ReadOnlySpan<byte> frame, LinkType link, long arrivedAtMs) =>
        flows.Add(frame, link, arrivedAtMs, ref Visitor);
}
