// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Collecting;
using Weir.Collector.Corroborating;
using Weir.Contracts.Flows;
using Weir.Wire;
using Weir.Wire.NetFlow;

namespace Weir.Collector.Decoding;

/// <summary>What a visitor needs whatever the datagram.</summary>
/// <param name="Faults">Counts what is malformed; null: only by exporter.</param>
/// <param name="IsOwn">Whether an address is a subscriber's; null where nobody knows.</param>
internal readonly record struct VisitorContext(FaultLog? Faults, Func<IpKey, bool>? IsOwn)
{
    /// <summary>The stream whose first datagram is read again, now that another has continued it; null for a datagram
    /// that is read as it comes.</summary>
    public ExportStream? Again { get; init; }
}

/// <summary>Between the decoders and the sink: resolves sampling and times, follows sequences, counts.</summary>
/// <param name="exporter">Whom the datagram came from.</param>
/// <param name="port">And from which port.</param>
/// <param name="arrivedAtMs">When; 0 where nobody knows.</param>
/// <param name="surroundings">What is the same for all datagrams.</param>
/// <param name="sink">Takes the flows.</param>
internal struct LaneVisitor<TSink>(
    ExporterState exporter, ushort port, long arrivedAtMs, in VisitorContext surroundings, ref TSink sink)
    : IFlowVisitor
    where TSink : struct, IFlowSink
{
    public TSink Sink = sink;
    private readonly FaultLog? _faults = surroundings.Faults;
    private readonly Func<IpKey, bool>? _isOwn = surroundings.IsOwn;
    private readonly ExportStream? _again = surroundings.Again;
    private ExportHeader _header;
    private SequenceTracker? _track;
    private SequenceTracker? _ofAll;
    private uint _records;
    private SequenceStep _step;
    private long _missing;
    private long _referenceMs;
    private bool _clockIsSound;
    private bool _isPartial;
    private bool _isRefused;

    /// <summary>Whose numbers tell what is missing; null where none do.</summary>
    private readonly SequenceTracker? Numbering => _track is { IsShared: true } ? _ofAll : _track;

    public void OnMessage(in ExportHeader header)
    {
        _header = header;
        _isPartial = false;
        _isRefused = exporter.Domains?.Contains(header.Domain) == false;
        if (_isRefused)
        {
            exporter.OtherDomains++;
            exporter.Refuse();
            return;
        }

        if (_again is not null)
        {
            exporter.Standing = FlowStanding.Doubtful;
            exporter.TurnTo(_again, isDoubted: true);
            Resume(in header);
            return;
        }

        exporter.Messages++;
        exporter.ProtocolsHeard |= 1 << (int)header.Protocol;
        if (exporter.Streams is { } streams)
        {
            exporter.Turn(streams.Observe(in header, port, exporter.Digest, arrivedAtMs));
        }

        if (exporter.IsHeld)
        {
            _track = null;
            Resume(in header);
            return;
        }

        if (header.ExportedAtMs != 0 && arrivedAtMs != 0)
        {
            exporter.ClockSkewMs = arrivedAtMs - header.ExportedAtMs;
        }

        Resume(in header);
        _track = exporter.Track(in header, port);
        _ofAll = exporter.TrackOfAll(in header, port);
        Follow(in header);
        if (exporter.IsResuming)
        {
            exporter.IsResuming = false;
            if (_step == SequenceStep.Gap)
            {
                exporter.NoteAbsence(header.Protocol, arrivedAtMs, _missing);
            }
        }
    }

    /// <summary>Where an exporter has domains, the sequence may be one for all of them.</summary>
    private void Follow(in ExportHeader header)
    {
        _records = 0;
        long ofAll = 0;
        var together = _ofAll?.Observe(in header, arrivedAtMs, out ofAll) ?? SequenceStep.Unrelated;
        if (_track!.IsShared)
        {
            // Where the sequence of all was given up it begins anew, and this one's own number tells nothing.
            (_step, _missing) = _ofAll is null ? (SequenceStep.InOrder, 0) : (together, ofAll);
            CountUnread(_ofAll);
            return;
        }

        _step = _track.Observe(in header, arrivedAtMs, out _missing);
        CountUnread(_track);
        if (_ofAll is { Unread: 0 })
        {
            // A number that was taken as it came is right for nobody.
            _step = _track.Compare(
                together == SequenceStep.InOrder || _ofAll.IsOtherRight, _ofAll.Gap, _step, ref _missing);
        }
    }

    private readonly void CountUnread(SequenceTracker? told)
    {
        if (told is { Unread: not 0 })
        {
            exporter.CountUnread(told.UnreadDomain, sets: 0, records: told.Unread);
        }
    }

    /// <summary>Goes on with a message that was begun before: data that waited is read.</summary>
    public void Resume(in ExportHeader header)
    {
        _header = header;
        exporter.Message = header;
        _clockIsSound = exporter.Times.IsClockSound(header.ExportedAtMs, arrivedAtMs);
        _referenceMs = _clockIsSound ? header.ExportedAtMs : header.ExportedAtMs == 0 ? arrivedAtMs : long.MinValue / 2;
    }

    public void OnFlow(in FlowRecord flow)
    {
        _records++;
        if (_isRefused)
        {
            return;
        }

        const FlowTraits Teaches = FlowTraits.RunningTotals | FlowTraits.TotalsBeside | FlowTraits.Ingress;
        if (!TSink.WantsFlows && (flow.Traits & Teaches) == 0)
        {
            exporter.Flows += exporter.IsHeld ? 0 : 1;
            return;
        }

        var whole = flow;
        whole.SamplingInterval = exporter.Rates.RateOf(in _header, port, in flow);
        if ((whole.Traits & (FlowTraits.RunningTotals | FlowTraits.TotalsBeside)) != 0
            && !exporter.TryDifference(in _header, port, ref whole))
        {
            return;
        }

        if (!exporter.Times.AreSound(in whole, _referenceMs))
        {
            RepairTimes(ref whole);
        }

        if (whole.Packets == 0 || whole.ReversePackets == 0)
        {
            FlowCounters.Complete(ref whole);
        }

        if ((whole.Traits & (FlowTraits.Ingress | FlowTraits.Dropped)) != 0)
        {
            exporter.NoteDirection(in whole);
            exporter.DroppedFlows += exporter.IsHeld ? 0 : whole.Is(FlowTraits.Dropped) ? 1 : 0;
        }

        if (!exporter.IsHeld)
        {
            exporter.Flows++;
            exporter.FlowsOfUnknownSampling += exporter.Rates.Source == SamplingSource.Unknown ? 1 : 0;
        }

        Sink.OnFlow(in whole, exporter);
    }

    public readonly bool IsInnerWanted(TunnelForm form, IpKey source, IpKey destination)
    {
        var wanted = exporter.Tunnels.WantsInner(form, source, destination, _isOwn);
        exporter.InnerHeaders += wanted ? 1 : 0;
        exporter.OuterHeaders += wanted ? 0 : 1;
        return wanted;
    }

    public void OnSampling(in SamplingAnnouncement sampling)
    {
        _records++;
        if (_isRefused || exporter.IsDeaf)
        {
            return;
        }

        exporter.OptionsRecords++;
        exporter.Rates.Learn(_header.Protocol, in sampling, port);
    }

    public void OnTemplateUnknown(uint domain, ushort templateId, ReadOnlySpan<byte> set)
    {
        _isPartial = true;
        if (_isRefused || exporter.IsHeld)
        {
            return;
        }

        exporter.CountUnread(_header.Domain, sets: 1, records: 0);
        exporter.UnknownTemplateOctets += set.Length;
        var isDoubted = exporter.Standing != FlowStanding.Corroborated;
        (isDoubted ? exporter.Doubted : exporter.Waiting).Add(new WaitingSet(
            _header, port, templateId, set.ToArray(), arrivedAtMs, exporter.Standing,
            isDoubted ? _again ?? exporter.Streams?.Newcomer : null, IsNumbered: Numbering is { TellsUnread: true }));
    }

    public void OnIgnored(IgnoredReason what)
    {
        _records++;
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
        _faults?.Count(exporter.Address, in fault);
    }

    public readonly void OnMessageEnd(uint sequenceUnits)
    {
        if (_isRefused)
        {
            return;
        }

        var isCut = _isPartial
            && ExportProtocols.Traits(_header.Protocol) is { NumbersRecords: true, HasTemplates: true };
        if (_again is null)
        {
            exporter.Streams?.Advance(sequenceUnits, isWhole: !isCut);
        }

        if (_track is null)
        {
            return;
        }

        var others = ExportProtocols.Traits(_header.Protocol) is { NumbersRecords: true } ? 1 : _records;
        _track.Guesses(sequenceUnits, others);
        _ofAll?.Guesses(sequenceUnits, others);
        _ofAll?.Advance(sequenceUnits, others);
        switch (_step)
        {
            case SequenceStep.Late:
                exporter.LateMessages++;
                var late = (Numbering ?? _track).TakeLate(_header.Sequence, sequenceUnits, others);
                exporter.Lost = Math.Max(0, exporter.Lost - late);
                return;
            case SequenceStep.Gap:
                exporter.SequenceGaps++;
                break;
            case SequenceStep.Unrelated:
                exporter.UnrelatedSequences++;
                break;
            case SequenceStep.Restart:
                exporter.Restarts++;
                break;
            default:
                break;
        }

        exporter.Lost = Math.Max(0, exporter.Lost + _missing);
        _track.Advance(sequenceUnits, others);
        if (isCut)
        {
            _track.Lose(_header.Domain);
            _ofAll?.Lose(_header.Domain);
        }
    }

    private readonly void RepairTimes(ref FlowRecord flow)
    {
        switch (exporter.Times.Repair(ref flow, _header.ExportedAtMs, arrivedAtMs, _clockIsSound))
        {
            case TimeRepair.Filled:
                exporter.FlowsWithoutTime++;
                break;
            case TimeRepair.Record:
                exporter.TimesReplaced++;
                break;
            case TimeRepair.Clock:
                exporter.ClocksReplaced++;
                break;
            default:
                break;
        }
    }
}
