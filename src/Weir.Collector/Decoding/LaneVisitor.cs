// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Collecting;
using Weir.Wire;
using Weir.Wire.NetFlow;

namespace Weir.Collector.Decoding;

/// <summary>Between the decoders and the sink: resolves sampling and times, follows sequences, counts.</summary>
internal struct LaneVisitor<TSink>(
    ExporterState exporter, ushort port, long arrivedAtMs, FaultLog? faults, ref TSink sink)
    : IFlowVisitor
    where TSink : struct, IFlowSink
{
    public TSink Sink = sink;
    private ExportHeader _header;
    private SequenceTracker? _track;
    private SequenceStep _step;
    private uint _missing;
    private bool _isPartial;

    public void OnMessage(in ExportHeader header)
    {
        _header = header;
        _isPartial = false;
        exporter.Messages++;
        exporter.ProtocolsHeard |= 1 << (int)header.Protocol;
        if (header.ExportedAtMs != 0)
        {
            exporter.ClockSkewMs = arrivedAtMs - header.ExportedAtMs;
        }

        _track = exporter.Track(in header, port);
        _track.LastUsedMs = arrivedAtMs;
        _step = _track.Observe(header.Sequence, header.UptimeMs, out _missing);
        if (_step == SequenceStep.Restart && header.Protocol == ExportProtocol.NetFlow9)
        {
            exporter.Templates.WithdrawAll(header.Protocol, header.Domain);
        }
    }

    public void OnFlow(in FlowRecord flow)
    {
        var whole = flow;
        whole.SamplingInterval = exporter.Sampling(in _header, in flow);
        if (whole.EndMs == 0 || whole.StartMs == 0 || whole.StartMs > whole.EndMs)
        {
            FillTimes(ref whole);
        }

        exporter.Flows++;
        Sink.OnFlow(in whole, exporter);
    }

    public readonly void OnSampling(in SamplingAnnouncement sampling)
    {
        exporter.OptionsRecords++;
        exporter.Learn(_header.Protocol, in sampling);
    }

    public void OnTemplateUnknown(uint domain, ushort templateId, int octets)
    {
        _isPartial = true;
        exporter.UnknownTemplateSets++;
        exporter.UnknownTemplateOctets += octets;
    }

    public readonly void OnIgnored(IgnoredReason what)
    {
        switch (what)
        {
            case IgnoredReason.Options:
                exporter.OptionsRecords++;
                break;
            case IgnoredReason.Counters:
                exporter.CounterSamples++;
                break;
            case IgnoredReason.OtherSample:
                exporter.OtherSamples++;
                break;
            case IgnoredReason.NotIp:
                exporter.NotIp++;
                break;
            default:
                exporter.NotFlows++;
                break;
        }
    }

    public void OnMalformed(in Malformed fault)
    {
        _isPartial = true;
        exporter.CountFault(fault.Rule);
        faults?.Count(exporter.Address, in fault);
    }

    public readonly void OnMessageEnd(uint sequenceUnits)
    {
        switch (_step)
        {
            case SequenceStep.Late:
                exporter.LateMessages++;
                exporter.Lost = Math.Max(0, exporter.Lost - sequenceUnits);
                return;
            case SequenceStep.Gap:
                exporter.SequenceGaps++;
                exporter.Lost += _missing;
                break;
            case SequenceStep.Restart:
                exporter.Restarts++;
                break;
            default:
                break;
        }

        _track!.Advance(sequenceUnits);
        if (_isPartial && _header.Protocol == ExportProtocol.Ipfix)
        {
            _track.Lose();
        }
    }

    /// <summary>What a record does not tell is taken from its other end, then the exporter's
    /// clock, then ours.</summary>
    private readonly void FillTimes(ref FlowRecord flow)
    {
        exporter.FlowsWithoutTime++;
        var last = _header.ExportedAtMs != 0 ? _header.ExportedAtMs : arrivedAtMs;
        flow.EndMs = flow.EndMs != 0 ? flow.EndMs : Math.Max(last, flow.StartMs);
        flow.StartMs = flow.StartMs == 0 || flow.StartMs > flow.EndMs ? flow.EndMs : flow.StartMs;
    }
}
