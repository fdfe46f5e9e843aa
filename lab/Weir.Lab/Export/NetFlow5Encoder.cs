// SPDX-License-Identifier: Apache-2.0
//
// NetFlow version 5: a 24-octet header and up to 30 records of 48 octets. IPv4 only. The sampling rate stands in the
// header: two bits of mode, fourteen of interval. The sequence number counts flows.
//
// Standards: Cisco NetFlow Export Datagram Format, version 5.
using Weir.Wire;

namespace Weir.Lab.Export;

/// <summary>Writes NetFlow v5. IPv6 records are counted in <see cref="FlowEncoder.Untellable"/>.</summary>
public sealed class NetFlow5Encoder : FlowEncoder
{
    private const int HeaderOctets = 24;
    private const int RecordOctets = 48;
    private const int MaxRecords = 30;

    private readonly Page _page;
    private uint _sequence;

    public NetFlow5Encoder(Exporter exporter, EncoderOptions options, IDatagramSink sink)
        : base(exporter, options, sink)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.SamplingInterval, 0x3FFFu);
        _page = NewPage(HeaderOctets, 0);
    }

    public override void Add(in FlowRecord flow, long nowMs)
    {
        if (!flow.Source.IsV4 || !flow.Destination.IsV4)
        {
            Untellable++;
            return;
        }

        var to = new WireWriter(Room(_page, RecordOctets, 0, MaxRecords, nowMs));
        to.V4(flow.Source);
        to.V4(flow.Destination);
        to.U32(0); // next hop
        to.U16((ushort)flow.InputInterface);
        to.U16((ushort)flow.OutputInterface);
        to.U32(checked((uint)flow.Packets));
        to.U32(checked((uint)flow.Octets));
        to.U32(Exporter.UptimeMs(flow.StartMs));
        to.U32(Exporter.UptimeMs(flow.EndMs));
        to.U16(flow.SourcePort);
        to.U16(flow.DestinationPort);
        to.U8(0);
        to.U8(flow.TcpFlags);
        to.U8(flow.Protocol);
        to.U8(0); // type of service
        to.U32(0); // AS numbers
        to.U32(0); // masks and padding
    }

    private protected override void Seal(Page page, long nowMs)
    {
        var header = new WireWriter(page.Octets);
        header.U16(5);
        header.U16((ushort)page.Records);
        header.U32(Exporter.UptimeMs(nowMs));
        header.U32((uint)(nowMs / 1_000));
        header.U32((uint)(nowMs % 1_000 * 1_000_000));
        header.U32(_sequence);
        header.U16((ushort)Exporter.Domain);
        header.U16(Options.SamplingInterval > 1 ? (ushort)(0x4000 | Options.SamplingInterval) : (ushort)0);
        _sequence += (uint)page.Records;
        Send(page.Octets.AsSpan(0, page.At), page.Records, nowMs);
    }
}
