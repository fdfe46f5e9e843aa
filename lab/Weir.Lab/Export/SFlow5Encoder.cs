// SPDX-License-Identifier: Apache-2.0
//
// sFlow version 5: not flows but sampled packets. Each record handed in is one packet (Packets = 1, Octets = IP
// length); it leaves as a flow sample with a raw Ethernet header that is cut off after the transport header, so that no
// payload exists, while the frame length says how long the packet was.
//
// Standards: sFlow Version 5 (sflow.org, July 2004): sample_datagram_v5, flow_sample (0,1), sampled_header (0,1).
using Weir.Wire;

namespace Weir.Lab.Export;

/// <summary>Writes sFlow v5 flow samples, one a record.</summary>
public sealed class SFlow5Encoder : FlowEncoder
{
    private const int HeaderOctets = 28;
    private const int SampleOctets = 64;
    private const int EthernetOctets = 14;

    private readonly Page _page;
    private uint _sequence;
    private uint _samples;

    public SFlow5Encoder(Exporter exporter, EncoderOptions options, IDatagramSink sink)
        : base(exporter, options, sink) => _page = NewPage(HeaderOctets, 0);

    public override void Add(in FlowRecord flow, long nowMs)
    {
        var v4 = flow.Source.IsV4;
        var transport = flow.Protocol == 6 ? 20 : 8;
        var header = EthernetOctets + (v4 ? 20 : 40) + transport;
        var padded = (header + 3) & ~3;
        var room = Room(_page, SampleOctets + padded, 0, int.MaxValue, nowMs);
        room.Clear();
        var to = new WireWriter(room);
        to.U32(1); // flow_sample
        to.U32((uint)(SampleOctets + padded - 8));
        to.U32(++_samples);
        to.U32(flow.InputInterface); // source id: the interface that was sampled
        to.U32(Options.SamplingInterval);
        to.U32(unchecked(_samples * Options.SamplingInterval)); // sample pool
        to.U32(0); // drops
        to.U32(flow.InputInterface);
        to.U32(flow.OutputInterface);
        to.U32(1); // records
        to.U32(1); // sampled_header
        to.U32((uint)(16 + padded));
        to.U32(1); // Ethernet
        to.U32((uint)flow.Octets + EthernetOctets + 4);
        to.U32(4); // stripped: the frame check sequence
        to.U32((uint)header);
        SampledPacket.Write(room.Slice(to.Offset, header), flow);
    }

    private protected override void Seal(Page page, long nowMs)
    {
        var header = new WireWriter(page.Octets);
        header.U32(5);
        header.U32(1);
        header.V4(Exporter.Address);
        header.U32(Exporter.Domain);
        header.U32(++_sequence);
        header.U32(Exporter.UptimeMs(nowMs));
        header.U32((uint)page.Records);
        Send(page.Octets.AsSpan(0, page.At), page.Records, nowMs);
    }
}
