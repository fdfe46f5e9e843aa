// SPDX-License-Identifier: Apache-2.0
//
// NetFlow version 9 (RFC 3954). Templates, the options template and the sampling record travel in a datagram of their
// own, before the first data and again every so many datagrams. One data FlowSet a datagram, padded to four octets.
// The sequence number counts datagrams.
//
// Standards: RFC 3954 §5 (packet layout), §6.1 (options template), §8 (field types).
using Weir.Wire;

namespace Weir.Lab.Export;

/// <summary>Writes NetFlow v9: template 256 for IPv4 (41 octets), 257 for IPv6 (65 octets), 258 for sampling.</summary>
public sealed class NetFlow9Encoder : FlowEncoder
{
    public const ushort TemplateV4 = 256;
    public const ushort TemplateV6 = 257;
    public const ushort TemplateSampling = 258;

    /// <summary>Octets of a record behind its two addresses.</summary>
    internal const int TailOctets = 33;

    private const int HeaderOctets = 20;
    private const int SetHeaderOctets = 4;
    private const byte Sampler = 1;

    private static readonly (ushort Type, ushort Octets)[] Tail =
        [(7, 2), (11, 2), (4, 1), (6, 1), (1, 4), (2, 4), (22, 4), (21, 4), (10, 4), (14, 4), (48, 1), (5, 1), (61, 1)];

    private readonly Page _v4;
    private readonly Page _v6;
    private uint _sequence;
    private int _untilTemplates;

    public NetFlow9Encoder(Exporter exporter, EncoderOptions options, IDatagramSink sink)
        : base(exporter, options, sink)
    {
        _v4 = NewPage(HeaderOctets + SetHeaderOctets, TemplateV4);
        _v6 = NewPage(HeaderOctets + SetHeaderOctets, TemplateV6);
    }

    public override void Add(in FlowRecord flow, long nowMs)
    {
        var v4 = flow.Source.IsV4;
        var to = new WireWriter(Room(v4 ? _v4 : _v6, TailOctets + (v4 ? 8 : 32), 3, int.MaxValue, nowMs));
        if (v4)
        {
            to.V4(flow.Source);
            to.V4(flow.Destination);
        }
        else
        {
            to.V6(flow.Source);
            to.V6(flow.Destination);
        }

        to.U16(flow.SourcePort);
        to.U16(flow.DestinationPort);
        to.U8(flow.Protocol);
        to.U8(flow.TcpFlags);
        to.U32(checked((uint)flow.Octets));
        to.U32(checked((uint)flow.Packets));
        to.U32(Exporter.UptimeMs(flow.StartMs));
        to.U32(Exporter.UptimeMs(flow.EndMs));
        to.U32(flow.InputInterface);
        to.U32(flow.OutputInterface);
        to.U8(Sampler);
        to.U8(0); // type of service
        to.U8(flow.Is(FlowTraits.Egress) ? (byte)1 : (byte)0);
    }

    private protected override void Seal(Page page, long nowMs)
    {
        if (_untilTemplates-- <= 0)
        {
            _untilTemplates = Options.TemplateEvery - 1;
            ShipTemplates(nowMs);
        }

        while ((page.At & 3) != 0)
        {
            page.Octets[page.At++] = 0;
        }

        var header = new WireWriter(page.Octets);
        WriteHeader(ref header, page.Records, nowMs);
        header.U16(page.Template);
        header.U16((ushort)(page.At - HeaderOctets));
        Send(page.Octets.AsSpan(0, page.At), page.Records, nowMs);
    }

    private void WriteHeader(ref WireWriter to, int records, long nowMs)
    {
        to.U16(9);
        to.U16((ushort)records);
        to.U32(Exporter.UptimeMs(nowMs));
        to.U32((uint)(nowMs / 1_000));
        to.U32(_sequence++);
        to.U32(Exporter.Domain);
    }

    private void ShipTemplates(long nowMs)
    {
        Span<byte> octets = stackalloc byte[512];
        var to = new WireWriter(octets);
        WriteHeader(ref to, 4, nowMs);
        to.U16(0);
        to.U16((ushort)(SetHeaderOctets + (2 * (4 + (4 * (Tail.Length + 2))))));
        WriteTemplate(ref to, TemplateV4, (8, 4), (12, 4));
        WriteTemplate(ref to, TemplateV6, (27, 16), (28, 16));

        to.U16(1);
        to.U16(28);
        to.U16(TemplateSampling);
        to.U16(4); // octets of scope fields
        to.U16(12); // octets of option fields
        to.U16(1); // scope: system
        to.U16(4);
        to.U16(48); // FLOW_SAMPLER_ID
        to.U16(1);
        to.U16(49); // FLOW_SAMPLER_MODE
        to.U16(1);
        to.U16(50); // FLOW_SAMPLER_RANDOM_INTERVAL
        to.U16(4);
        to.U16(0); // padding to four octets

        to.U16(TemplateSampling);
        to.U16(16);
        to.U32(Exporter.Domain);
        to.U8(Sampler);
        to.U8(2); // random
        to.U32(Options.SamplingInterval);
        to.U16(0);
        Send(octets[..to.Offset], 0, nowMs);
    }

    private static void WriteTemplate(
        ref WireWriter to, ushort id, (ushort Type, ushort Octets) source, (ushort Type, ushort Octets) destination)
    {
        to.U16(id);
        to.U16((ushort)(Tail.Length + 2));
        to.U16(source.Type);
        to.U16(source.Octets);
        to.U16(destination.Type);
        to.U16(destination.Octets);
        foreach (var (type, length) in Tail)
        {
            to.U16(type);
            to.U16(length);
        }
    }
}
