// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;
using Weir.Wire.Files;

namespace Weir.Collector.Collecting.Files;

/// <summary>Takes the frames of a capture.</summary>
internal interface IFrameHandler
{
    void OnFrame(ReadOnlySpan<byte> frame, LinkType link, long arrivedAtMs);
}

/// <summary>Walks a capture frame by frame, and says what of it was damaged.</summary>
internal sealed class CaptureReader(OctetWindow window, InputLosses losses)
{
    /// <summary>Longer pcapng blocks are passed over: no packet needs them.</summary>
    private const uint LargestBlock = Pcap.LargestPacket + 65_536;

    public void ReadPcap<T>(ref T taker, CancellationToken cancel)
        where T : struct, IFrameHandler
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

            taker.OnFrame(
                window.Rest.Slice(Pcap.RecordHeaderOctets, record.Captured), pcap.LinkType, record.ArrivedAtMs);
            window.Advance(Pcap.RecordHeaderOctets + record.Captured);
        }

        End(cancel);
    }

    public void ReadPcapNg<T>(ref T taker, CancellationToken cancel)
        where T : struct, IFrameHandler
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
                taker.OnFrame(packet.Frame, packet.Link, packet.ArrivedAtMs);
            }

            window.Advance((int)length);
        }

        losses.TimesSenseless = capture.SenselessTimes;
        End(cancel);
    }

    private static bool IsHead(ReadOnlySpan<byte> octets) =>
        octets[4..8] is [2, 0, 4, 0] or [0, 2, 0, 4];

    private void End(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (!window.Rest.IsEmpty)
        {
            losses.CutAt = window.Position;
        }
    }
}
