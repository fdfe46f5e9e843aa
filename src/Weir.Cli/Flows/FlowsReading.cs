// SPDX-License-Identifier: Apache-2.0
//
// Flows of files as Weir decodes them, in the order of decoding: what an operator checks an exporter by. The same two
// readings as the main job makes; nothing is attributed, matched or kept.
using Weir.Cli.Analysis;
using Weir.Collector.Collecting;
using Weir.Collector.Collecting.Files;
using Weir.Collector.Decoding;
using Weir.Desk.Enrichment;
using Weir.Wire;

namespace Weir.Cli.Flows;

/// <summary>Decodes files flow by flow.</summary>
/// <param name="options">Settings of decoding.</param>
/// <param name="mask">How addresses are shown.</param>
/// <param name="owners">Whose networks far ends are in; null where nobody asks.</param>
internal sealed class FlowsReading(DecodingOptions options, FlowMask mask, NetworkOwners? owners = null)
{
    /// <summary>The decoder of the last reading, for its counts.</summary>
    public Decoder? Decoder { get; private set; }

    /// <summary>Hands on every flow of the inputs.</summary>
    /// <param name="paths">In this order; templates of one serve the others.</param>
    /// <param name="onFlow">Takes a flow.</param>
    /// <param name="onInput">Told after each input: path, format, what was said of it, what was not used.</param>
    /// <param name="cancel">Ends the reading.</param>
    public void Read(
        IReadOnlyList<string> paths, Action<DecodedFlow> onFlow, Action<string, InputFile, string?> onInput,
        CancellationToken cancel)
    {
        using var inputs = InputReader.Open(paths, InputOptions.Default);
        Decoder = new Decoder(options)
        {
            ReadBefore = inputs.ReadFirst(options, cancel),
            IsOwn = address => !mask.IsOutside(address),
        };
        foreach (var (path, file) in inputs.Files)
        {
            if (inputs.HoldsExports(path, file))
            {
                var datagrams = new Datagrams(Decoder, new Sink(this, onFlow));
                file.ReadDatagrams(ref datagrams, cancel);
                onInput(path, file, null);
            }
            else
            {
                var table = new Table(this, onFlow, file.IsCapture ? $"{file.Format}/packets" : file.Format);
                file.ReadFlows(ref table, cancel);
                onInput(path, file, file.IsCapture ? InputReader.PacketsNote : null);
            }
        }
    }

    private DecodedFlow Shown(in FlowRecord flow, string version, string samplingSource)
    {
        var (source, sourcePort) = mask.Show(flow.Source, flow.SourcePort);
        var (destination, destinationPort) = mask.Show(flow.Destination, flow.DestinationPort);
        return new DecodedFlow
        {
            ProtocolVersion = version,
            Source = source,
            Destination = destination,
            SourcePort = sourcePort,
            DestinationPort = destinationPort,
            Record = flow,
            SamplingSource = samplingSource,
            SourceNetwork = NetworkOf(flow.Source),
            DestinationNetwork = NetworkOf(flow.Destination),
        };
    }

    private string? NetworkOf(IpKey address) =>
        owners is not null && mask.IsOutside(address) && $"{owners.Find(address)}" is { Length: > 0 } name
            ? name : null;

    private readonly struct Sink(FlowsReading reading, Action<DecodedFlow> onFlow) : IFlowSink
    {
        public void OnFlow(in FlowRecord flow, ExporterState exporter) => onFlow(
            reading.Shown(
                in flow, exporter.Message.Protocol.ToString().ToLowerInvariant(),
                DecodedFlow.SourceOf(exporter.SamplingSource)) with
            {
                Exporter = exporter.Address.ToString(),
                Domain = exporter.Message.Domain,
                CountedBefore = exporter.TellsAgain(in flow),
            });
    }

    private struct Datagrams(Decoder decoder, Sink sink) : IDatagramHandler
    {
        private Sink _sink = sink;

        public void OnDatagram(ReadOnlySpan<byte> payload, IpKey exporter, ushort exporterPort, long arrivedAtMs) =>
            decoder.Decode(payload, exporter, exporterPort, arrivedAtMs, ref _sink);
    }

    private readonly struct Table(FlowsReading reading, Action<DecodedFlow> onFlow, string format) : IFlowVisitor
    {
        public void OnFlow(in FlowRecord flow)
        {
            var whole = flow;
            FlowCounters.Complete(ref whole);
            onFlow(reading.Shown(
                in whole, format, flow.SamplingInterval > 0 ? DecodedFlow.SourceOf(SamplingSource.Record) : "unknown"));
        }

        public void OnMalformed(in Malformed fault)
        {
        }

        public void OnMessage(in ExportHeader header)
        {
        }

        public void OnSampling(in SamplingAnnouncement sampling)
        {
        }

        public void OnTemplateUnknown(uint domain, ushort templateId, ReadOnlySpan<byte> set)
        {
        }

        public bool IsInnerWanted(TunnelForm form, IpKey source, IpKey destination) =>
            reading.Decoder!.WantsInner(form, source, destination);

        public void OnIgnored(IgnoredReason what)
        {
        }

        public void OnMessageEnd(uint sequenceUnits)
        {
        }
    }
}
