// SPDX-License-Identifier: Apache-2.0
//
// Files are read twice, so that data in front of its template is read as well as data behind it, and the first packets
// of a capture have the sampling rate that is told a minute later. The first reading keeps what exporters teach and
// throws the flows away.
using Weir.Collector.Collecting;
using Weir.Wire;

namespace Weir.Collector.Decoding;

/// <summary>What exporters taught in a first reading of the inputs.</summary>
public sealed class FirstReading
{
    private readonly Decoder _decoder;

    /// <param name="options">Those of the second reading.</param>
    public FirstReading(DecodingOptions options) =>
        _decoder = new Decoder(DecodingOptions.OfFiles with
        {
            MaxTemplatesPerExporter = options.MaxTemplatesPerExporter,
            MaxFieldsPerTemplate = options.MaxFieldsPerTemplate,
            MaxExporters = options.MaxExporters,
            MaxRatesPerExporter = options.MaxRatesPerExporter,
            TemplateLifetime = TimeSpan.FromDays(30),
            MaxWaitingOctets = 0,
        })
        {
            KeepsFirstTemplates = true,
        };

    /// <summary>Takes a datagram of the first reading.</summary>
    public void Add(ReadOnlySpan<byte> payload, IpKey exporter, ushort exporterPort, long arrivedAtMs)
    {
        if (!ExportProtocols.Traits(ExportProtocols.Detect(payload)).HasTemplates)
        {
            return;
        }

        var nowhere = default(NullFlowSink);
        _decoder.Decode(payload, exporter, exporterPort, arrivedAtMs, ref nowhere);
    }

    internal void Teach(ExporterState state)
    {
        if (_decoder.Find(state.Address) is { } earlier)
        {
            state.ReadBefore(earlier);
        }
    }

    private readonly struct NullFlowSink : IFlowSink
    {
        public static bool WantsFlows => false;

        public void OnFlow(in FlowRecord flow, ExporterState exporter)
        {
        }
    }
}

/// <summary>Gives the datagrams of a file to a first reading.</summary>
public readonly struct FirstReadingHandler(FirstReading reading) : IDatagramHandler
{
    public void OnDatagram(ReadOnlySpan<byte> payload, IpKey exporter, ushort exporterPort, long arrivedAtMs) =>
        reading.Add(payload, exporter, exporterPort, arrivedAtMs);
}
