// SPDX-License-Identifier: Apache-2.0
//
// Steps 1 to 3 on one thread: a datagram or a file's record is decoded, attributed, and handed to the shard that owns
// its subject. Template state belongs to the lane that hears the exporter, so it needs no lock.
using Weir.Collector.Attributing;
using Weir.Collector.Collecting;
using Weir.Collector.Decoding;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Collector;

/// <summary>Flow starts that count; everything else is read, counted and left alone. Milliseconds since
/// the UNIX epoch.</summary>
/// <param name="FromMs">First millisecond.</param>
/// <param name="UntilMs">First millisecond after it.</param>
public readonly record struct FlowWindow(long FromMs, long UntilMs)
{
    public static readonly FlowWindow All = new(long.MinValue, long.MaxValue);

    public bool Contains(long startMs) => startMs >= FromMs && startMs < UntilMs;
}

/// <summary>One lane. Not for several threads.</summary>
public sealed class Lane(
    Decoder decoder, Attributor attributor, ShardDispatcher scatter, FlowWindow window, ExporterNumbers exporters)
{
    private Flow _flow;
    private IpKey _exporter;
    private ushort _exporterNumber;

    public Decoder Decoder => decoder;

    public Attributor Attributor => attributor;

    /// <summary>May be moved while the lane runs: a record that meets one old and one new end finds itself between two
    /// sound windows.</summary>
    public FlowWindow Window { get; set; } = window;

    /// <summary>Flow records taken, whatever became of them.</summary>
    public long Read { get; private set; }

    /// <summary>Start of the earliest and end of the latest flow inside the window; the first is above the second
    /// before any came.</summary>
    public long FirstMs { get; private set; } = long.MaxValue;

    public long LastMs { get; private set; } = long.MinValue;

    public void Handle(ReadOnlySpan<byte> payload, IpKey exporter, ushort exporterPort, long arrivedAtMs)
    {
        var onward = new LaneFlowSink(this);
        decoder.Decode(payload, exporter, exporterPort, arrivedAtMs, ref onward);
    }

    public void Handle(in FlowRecord record, IpKey exporter, byte role)
    {
        Read++;
        if (!Window.Contains(record.StartMs))
        {
            attributor.Counts.OutsideWindow++;
            return;
        }

        FirstMs = Math.Min(FirstMs, record.StartMs);
        LastMs = Math.Max(LastMs, record.EndMs);
        if (attributor.Attribute(record, exporter, role, ref _flow))
        {
            if (exporter != _exporter)
            {
                (_exporter, _exporterNumber) = (exporter, exporters.GetOrAdd(exporter));
            }

            _flow.Exporter = _exporterNumber;
            scatter.Add(_flow);
        }
    }

    /// <summary>Where the lane stands when it is asked to; null where nobody asks.</summary>
    public LaneBarrier? Barrier { get; set; }

    /// <summary>Hands over what is half full.</summary>
    public void Flush()
    {
        scatter.Flush();
        Barrier?.Pass();
    }

    private readonly struct LaneFlowSink(Lane lane) : IFlowSink
    {
        public void OnFlow(in FlowRecord flow, ExporterState exporter)
        {
            if (exporter.TellsAgain(in flow))
            {
                exporter.SeenTwice++;
                lane.Read++;
                lane.Attributor.Counts.SeenTwice++;
                return;
            }

            lane.Handle(flow, exporter.Address, exporter.Role);
        }
    }
}

/// <summary>A lane as the sockets and captures see it.</summary>
public readonly struct LaneDatagramHandler(Lane lane) : IDatagramBatchHandler
{
    public void OnDatagram(ReadOnlySpan<byte> payload, IpKey exporter, ushort exporterPort, long arrivedAtMs) =>
        lane.Handle(payload, exporter, exporterPort, arrivedAtMs);

    public void OnBatchEnd() => lane.Flush();
}

/// <summary>A lane as a file of flow records sees it: no exporter, no templates.</summary>
public struct FlowRecordHandler(Lane lane) : IFlowVisitor
{
    private static readonly IpKey NoExporter = IpKey.FromV4(0);

    /// <summary>Records that were refused.</summary>
    public long Malformed { get; private set; }

    public readonly void OnFlow(in FlowRecord flow)
    {
        var whole = flow;
        FlowCounters.Complete(ref whole);
        lane.Handle(whole, NoExporter, 0);
    }

    public void OnMalformed(in Malformed fault) => Malformed++;

    public readonly void OnMessage(in ExportHeader header)
    {
    }

    public readonly void OnSampling(in SamplingAnnouncement sampling)
    {
    }

    public readonly void OnTemplateUnknown(uint domain, ushort templateId, ReadOnlySpan<byte> set)
    {
    }

    public readonly bool IsInnerWanted(TunnelForm form, IpKey source, IpKey destination) => false;

    public readonly void OnIgnored(IgnoredReason what)
    {
    }

    public readonly void OnMessageEnd(uint sequenceUnits)
    {
    }
}
