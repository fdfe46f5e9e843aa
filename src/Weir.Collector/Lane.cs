// SPDX-License-Identifier: Apache-2.0
//
// Steps 1 to 3 on one thread: a datagram or a file's record is decoded, attributed, and handed to the shard that owns
// its subject, or towards the collector that owns its network. Template state belongs to the lane that hears the
// exporter, so it needs no lock.
using Weir.Collector.Attributing;
using Weir.Collector.Collecting;
using Weir.Collector.Collecting.Sessions;
using Weir.Collector.Decoding;
using Weir.Collector.Owning;
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
    private const int Recent = 64;

    private readonly (FlowSource Source, ushort Number)[] _recent = new (FlowSource, ushort)[Recent];
    private Flow _flow;

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

    /// <summary>Takes a flow that no datagram told: of a file, or made by this process.</summary>
    public void Handle(in FlowRecord record, IpKey exporter, byte role) =>
        Handle(record, new FlowSource(exporter), role, FlowStanding.Corroborated);

    /// <summary>Takes a flow that somebody told.</summary>
    /// <param name="record">The flow.</param>
    /// <param name="source">Who told it.</param>
    /// <param name="role">0 = edge, 1 = border.</param>
    /// <param name="standing">What it is worth as grounds.</param>
    public void Handle(in FlowRecord record, in FlowSource source, byte role, FlowStanding standing)
    {
        Read++;
        if (!Window.Contains(record.StartMs))
        {
            attributor.Counts.OutsideWindow++;
            return;
        }

        FirstMs = Math.Min(FirstMs, record.StartMs);
        LastMs = Math.Max(LastMs, record.EndMs);
        if (attributor.Attribute(record, source.Exporter, role, ref _flow))
        {
            _flow.Exporter = standing == FlowStanding.Corroborated
                ? NumberOf(in source) : NumberOf(new FlowSource(source.Exporter));
            _flow.Standing = standing;
            if (Forwarder is { } others && _flow.Place == FlowAttribution.Attributed
                && others.TryAdd(in _flow, _flow.Remote == record.Destination ? record.Source : record.Destination))
            {
                attributor.Counts.Forwarded++;
                return;
            }

            attributor.Counts.Doubtful +=
                standing != FlowStanding.Corroborated && _flow.Place == FlowAttribution.Attributed ? 1 : 0;
            scatter.Add(_flow);
        }
    }

    /// <summary>Few interfaces tell nearly everything.</summary>
    private ushort NumberOf(in FlowSource source)
    {
        ref var recent = ref _recent[(source.Interface ^ (source.Domain * 7)) % Recent];
        if (recent.Number == 0 || recent.Source != source)
        {
            recent = (source, exporters.GetOrAdd(in source));
        }

        return recent.Number;
    }

    /// <summary>Where the lane stands when it is asked to; null where nobody asks.</summary>
    public LaneBarrier? Barrier { get; set; }

    /// <summary>Takes flows of networks that another collector owns; null where this one owns all.</summary>
    public LaneForwarder? Forwarder { get; init; }

    /// <summary>Hands over what is half full.</summary>
    public void Flush()
    {
        scatter.Flush();
        Forwarder?.Flush();
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

            if (exporter.Standing == FlowStanding.Stray)
            {
                lane.Read++;
                lane.Attributor.Counts.Stray++;
                return;
            }

            lane.Handle(
                flow, new(exporter.Address, exporter.Message.Domain, flow.InputInterface), exporter.Role,
                exporter.Standing);
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

/// <summary>A lane as connections see it.</summary>
public readonly struct LaneSessionHandler(Lane lane) : ISessionHandler
{
    public string? OnMessage(ReadOnlySpan<byte> message, IpKey exporter, ushort session, long arrivedAtMs)
    {
        lane.Handle(message, exporter, session, arrivedAtMs);
        return lane.Decoder.SessionFault;
    }

    public void OnSessionEnd(IpKey exporter, ushort session) => lane.Decoder.EndSession(exporter, session);

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

    public readonly bool IsInnerWanted(TunnelForm form, IpKey source, IpKey destination) =>
        lane.Decoder.WantsInner(form, source, destination);

    public readonly void OnIgnored(IgnoredReason what)
    {
    }

    public readonly void OnMessageEnd(uint sequenceUnits)
    {
    }
}
