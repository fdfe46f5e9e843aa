// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;
using Weir.Wire.Files;

namespace Weir.Collector.Collecting.Files;

/// <summary>Walks a capture and hands on the flow exports in it.</summary>
internal sealed class CaptureReader(OctetWindow window, InputLosses losses)
{
    /// <summary>Longer pcapng blocks are passed over: no packet needs them.</summary>
    private const uint LargestBlock = Pcap.LargestPacket + 65_536;

    private readonly FragmentReassembler _fragments = new(losses);

    public void ReadPcap<T>(ref T taker, CancellationToken cancel)
        where T : struct, IDatagramHandler
    {
        var pcap = default(Pcap);
        while (!cancel.IsCancellationRequested)
        {
            // Captures put behind one another: a new head where a record would begin.
            if (window.TryFill(Pcap.HeaderOctets) && IsHead(window.Rest)
                && Pcap.TryReadHeader(window.Rest, out var head))
            {
                pcap = head;
                window.Advance(Pcap.HeaderOctets);
            }

            if (!window.TryFill(Pcap.RecordHeaderOctets))
            {
                break;
            }

            if (!pcap.TryReadRecord(window.Rest, out var record))
            {
                losses.DamageFrom(window.Position, "a packet record tells a length that no packet has");
                losses.OctetsSkipped += window.Skip(long.MaxValue);
                break;
            }

            if (!window.TryFill(Pcap.RecordHeaderOctets + record.Captured))
            {
                break;
            }

            HandleFrame(
                window.Rest.Slice(Pcap.RecordHeaderOctets, record.Captured), pcap.LinkType,
                record.ArrivedAtMs, ref taker);
            window.Advance(Pcap.RecordHeaderOctets + record.Captured);
        }

        End(cancel);
    }

    public void ReadPcapNg<T>(ref T taker, CancellationToken cancel)
        where T : struct, IDatagramHandler
    {
        var capture = new PcapNg();
        while (!cancel.IsCancellationRequested && window.TryFill(PcapNg.BlockHeaderOctets))
        {
            if (!capture.TryReadHead(window.Rest, out _, out var length))
            {
                losses.DamageFrom(window.Position, "no pcapng block begins here");
                losses.OctetsSkipped += window.Skip(long.MaxValue);
                break;
            }

            if (length > LargestBlock)
            {
                losses.BlocksDamaged++;
                losses.OctetsSkipped += window.Skip(length);
                continue;
            }

            if (!window.TryFill((int)length))
            {
                break;
            }

            var kind = capture.Read(window.Rest[..(int)length], out var packet);
            losses.BlocksDamaged += kind == PcapNgBlock.Damaged ? 1 : 0;
            if (kind == PcapNgBlock.Packet)
            {
                HandleFrame(packet.Frame, packet.Link, packet.ArrivedAtMs, ref taker);
            }

            window.Advance((int)length);
        }

        End(cancel);
    }

    private static bool IsHead(ReadOnlySpan<byte> octets) =>
        octets[4..8] is [2, 0, 4, 0] or [0, 2, 0, 4];

    private void HandleFrame<T>(ReadOnlySpan<byte> frame, LinkType link, long arrivedAtMs, ref T taker)
        where T : struct, IDatagramHandler
    {
        losses.Packets++;
        var packet = PacketParser.Read(frame, link);
        if (packet.Kind == PacketKind.Fragment)
        {
            if (!_fragments.Add(in packet, arrivedAtMs, out var datagram))
            {
                return;
            }

            packet.Kind = PacketParser.ReadUdp(datagram, ref packet);
        }

        switch (packet.Kind)
        {
            case PacketKind.Udp when FlowExportHeuristic.Detect(packet.Payload, packet.Cut) != ExportProtocol.Unknown:
                losses.Datagrams++;
                losses.PacketsCut += packet.Cut ? 1 : 0;
                taker.OnDatagram(packet.Payload, packet.Source, packet.SourcePort, arrivedAtMs);
                break;
            case PacketKind.Udp:
                losses.NotFlowExport++;
                break;
            case PacketKind.Damaged:
                losses.PacketsDamaged++;
                break;
            default:
                losses.NotUdp++;
                break;
        }
    }

    private void End(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        _fragments.End();
        if (!window.Rest.IsEmpty)
        {
            losses.CutAt = window.Position;
        }
    }
}
