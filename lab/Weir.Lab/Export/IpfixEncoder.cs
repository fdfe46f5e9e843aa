// SPDX-License-Identifier: Apache-2.0
//
// IPFIX (RFC 7011). As with v9, templates, the options template and the sampling record travel in a message of their
// own. Two-way records carry the reverse counters as enterprise fields of PEN 29305 (RFC 5103); they use templates of
// their own. The sequence number counts data records, the record of the sampling options among them.
//
// Standards: RFC 7011 §3 (message), §3.4.2.2 (options template), RFC 5103 §6.1 (reverse elements), RFC 5477 §8.2.
using Weir.Wire;

namespace Weir.Lab.Export;

/// <summary>Writes IPFIX: templates 256 IPv4, 257 IPv6, 258 and 259 the same with reverse
/// counters, 260 sampling.</summary>
public sealed class IpfixEncoder : FlowEncoder
{
    public const ushort TemplateSampling = 260;
    private const ushort FirstTemplate = 256;
    private const int HeaderOctets = 16;
    private const int SetHeaderOctets = 4;
    private const int TailOctets = 53;
    private const int ReverseOctets = 18;
    private const uint ReversePen = 29305;
    private const uint Selector = 1;

    private static readonly (ushort Element, ushort Octets)[] Tail =
        [(7, 2), (11, 2), (4, 1), (6, 2), (1, 8), (2, 8), (152, 8), (153, 8), (10, 4), (14, 4), (302, 4), (61, 1), (
            136, 1)];

    private static readonly (ushort Element, ushort Octets)[] Reverse = [(1, 8), (2, 8), (6, 2)];

    private readonly Page[] _pages;
    private uint _sequence;
    private int _untilTemplates;

    public IpfixEncoder(Exporter exporter, EncoderOptions options, IDatagramSink sink)
        : base(exporter, options, sink)
    {
        _pages = new Page[4];
        for (var i = 0; i < _pages.Length; i++)
        {
            _pages[i] = NewPage(HeaderOctets + SetHeaderOctets, (ushort)(FirstTemplate + i));
        }
    }

    public override void Add(in FlowRecord flow, long nowMs)
    {
        var v4 = flow.Source.IsV4;
        var biflow = flow.Is(FlowTraits.Biflow);
        var octets = TailOctets + (v4 ? 8 : 32) + (biflow ? ReverseOctets : 0);
        var to = new WireWriter(Room(_pages[(v4 ? 0 : 1) + (biflow ? 2 : 0)], octets, 0, int.MaxValue, nowMs));
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
        to.U16(flow.TcpFlags);
        to.U64(flow.Octets);
        to.U64(flow.Packets);
        to.U64((ulong)flow.StartMs);
        to.U64((ulong)flow.EndMs);
        to.U32(flow.InputInterface);
        to.U32(flow.OutputInterface);
        to.U32(Selector);
        to.U8(flow.Is(FlowTraits.Egress) ? (byte)1 : (byte)0);
        to.U8(EndReason(flow));
        if (biflow)
        {
            to.U64(flow.ReverseOctets);
            to.U64(flow.ReversePackets);
            to.U16(flow.ReverseTcpFlags);
        }
    }

    private protected override void Seal(Page page, long nowMs)
    {
        if (_untilTemplates-- <= 0)
        {
            _untilTemplates = Options.TemplateEvery - 1;
            ShipTemplates(nowMs);
        }

        var header = new WireWriter(page.Octets);
        WriteHeader(ref header, page.At, nowMs);
        header.U16(page.Template);
        header.U16((ushort)(page.At - HeaderOctets));
        _sequence += (uint)page.Records;
        Send(page.Octets.AsSpan(0, page.At), page.Records, nowMs);
    }

    /// <summary>flowEndReason (136): 1 idle timeout, 3 end of flow seen.</summary>
    private static byte EndReason(in FlowRecord flow) => (flow.TcpFlags & 0x05) != 0 ? (byte)3 : (byte)1;

    private void WriteHeader(ref WireWriter to, int octets, long nowMs)
    {
        to.U16(10);
        to.U16((ushort)octets);
        to.U32((uint)(nowMs / 1_000));
        to.U32(_sequence);
        to.U32(Exporter.Domain);
    }

    private void ShipTemplates(long nowMs)
    {
        Span<byte> octets = stackalloc byte[640];
        var to = new WireWriter(octets[HeaderOctets..]);
        to.U16(2);
        to.U16(0); // length, below
        for (var i = 0; i < _pages.Length; i++)
        {
            WriteTemplate(ref to, (ushort)(FirstTemplate + i), v4: i % 2 == 0, biflow: i >= 2);
        }

        var templates = to.Offset;
        to.U16(3);
        to.U16(26);
        to.U16(TemplateSampling);
        to.U16(4); // fields, the scope among them
        to.U16(1); // scope fields
        to.U16(302); // selectorId
        to.U16(4);
        to.U16(304); // selectorAlgorithm
        to.U16(2);
        to.U16(305); // samplingPacketInterval
        to.U16(4);
        to.U16(306); // samplingPacketSpace
        to.U16(4);

        to.U16(TemplateSampling);
        to.U16(SetHeaderOctets + 14);
        to.U32(Selector);
        to.U16(1); // systematic count-based
        to.U32(1);
        to.U32(Options.SamplingInterval - 1);

        var header = new WireWriter(octets);
        WriteHeader(ref header, HeaderOctets + to.Offset, nowMs);
        header.U16(2);
        header.U16((ushort)templates);
        _sequence++;
        OptionsRecords++;
        Send(octets[..(HeaderOctets + to.Offset)], 0, nowMs);
    }

    private static void WriteTemplate(ref WireWriter to, ushort id, bool v4, bool biflow)
    {
        to.U16(id);
        to.U16((ushort)(2 + Tail.Length + (biflow ? Reverse.Length : 0)));
        to.U16(v4 ? (ushort)8 : (ushort)27);
        to.U16(v4 ? (ushort)4 : (ushort)16);
        to.U16(v4 ? (ushort)12 : (ushort)28);
        to.U16(v4 ? (ushort)4 : (ushort)16);
        foreach (var (element, length) in Tail)
        {
            to.U16(element);
            to.U16(length);
        }

        foreach (var (element, length) in biflow ? Reverse : [])
        {
            to.U16((ushort)(0x8000 | element));
            to.U16(length);
            to.U32(ReversePen);
        }
    }
}
