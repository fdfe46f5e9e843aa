// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Decoding;
using Weir.Tests.Wire;
using Weir.Wire;

namespace Weir.Tests.Decoding;

/// <summary>A decoder with one router in front and a list behind.</summary>
internal sealed class TestLane(DecodingOptions? options = null, FirstReading? first = null)
{
    private static readonly IpKey _router = IpKey.Parse("192.0.2.1");
    private Decoder? _decoder;

    public DecodingOptions Options { get; } = options ?? DecodingOptions.OfFiles;

    public Decoder Decoder => _decoder ??= new Decoder(Options) { ReadBefore = first, IsOwn = IsOwn };

    public Func<IpKey, bool>? IsOwn { get; init; }

    public long AtMs { get; set; } = (MessageMaker.ExportedAt * 1000L) + 40;

    public List<FlowRecord> Decode(ushort port, params byte[][] datagrams)
    {
        var sink = new Kept([]);
        foreach (var datagram in datagrams)
        {
            Decoder.Decode(datagram, _router, port, AtMs, ref sink);
        }

        return sink.Flows;
    }

    private readonly record struct Kept(List<FlowRecord> Flows) : IFlowSink
    {
        public void OnFlow(in FlowRecord flow, ExporterState exporter)
        {
            if (!exporter.TellsAgain(in flow))
            {
                Flows.Add(flow);
            }
        }
    }
}
