// SPDX-License-Identifier: Apache-2.0
//
// What is known of one exporter. Counters are plain numbers that only the lane writes; others may read them at any
// time and see a value of a moment ago. Everything received is in exactly one of Clean, Damaged and Dropped.
using System.Runtime.InteropServices;
using Weir.Wire;
using Weir.Wire.NetFlow;

namespace Weir.Collector.Decoding;

/// <summary>One exporter as a lane knows it.</summary>
public sealed class ExporterState
{
    private const int MaxInterfaces = 65_536;

    private readonly Dictionary<string, long> _faults = [];
    private readonly Dictionary<(ExportProtocol Protocol, uint Domain, ushort Port), SequenceTracker> _sequences = [];
    private readonly DecodingOptions _options;
    private readonly HashSet<uint> _ingressInterfaces = [];
    private readonly Dictionary<(ExportProtocol Protocol, uint Domain, ushort Port), SequencePlace> _resumed = [];
    private readonly List<SequenceAbsence> _absences = [];
    private uint? _lastIngress;
    private RunningTotals? _totals;

    internal ExporterState(IpKey address, DecodingOptions options, long nowMs)
    {
        Address = address;
        FirstSeenMs = nowMs;
        LastSeenMs = nowMs;
        _options = options;
        Rates = new SamplingRates(options);
        Follow(options);
        Waiting = new WaitingSets(options.Waiting, (long)options.WaitForTemplate.TotalMilliseconds);
        Times = new FlowTimes(
            (long)options.MaxFlowAge.TotalMilliseconds, (long)(options.ClockTolerance?.TotalMilliseconds ?? 0));
        Templates = new TemplateTable(
            (long)options.TemplateLifetime.TotalMilliseconds, options.MaxTemplatesPerExporter,
            options.MaxFieldsPerTemplate);
    }

    /// <summary>Takes what is said of it, and keeps what was learnt.</summary>
    internal void Follow(DecodingOptions options)
    {
        var terms = options.TermsOf(Address);
        Role = (byte)(terms?.Role ?? ExporterRole.Edge);
        Rates.Override = terms?.Sampling ?? 0;
    }

    public IpKey Address { get; }

    /// <summary>0 = edge, 1 = border.</summary>
    public byte Role { get; private set; }

    public TemplateTable Templates { get; }

    /// <summary>Arrival of the first and the last datagram, milliseconds since the UNIX epoch.</summary>
    public long FirstSeenMs { get; }

    public long LastSeenMs { get; internal set; }

    /// <summary>Protocols heard, one bit each: 1 &lt;&lt; <see cref="ExportProtocol"/>.</summary>
    public int ProtocolsHeard { get; internal set; }

    public long Datagrams { get; internal set; }

    public long Octets { get; internal set; }

    /// <summary>Datagrams in which nothing was wrong.</summary>
    public long Clean { get; internal set; }

    /// <summary>Datagrams that lost a part.</summary>
    public long Damaged { get; internal set; }

    /// <summary>Datagrams, or one message of several in them, that could not be read at all.</summary>
    public long Dropped { get; internal set; }

    public long Messages { get; internal set; }

    /// <summary>The message being read.</summary>
    public ExportHeader Message { get; internal set; }

    public long Flows { get; internal set; }

    /// <summary>Well-formed records and samples that are no flow.</summary>
    public long NotFlows { get; internal set; }

    public long OptionsRecords { get; internal set; }

    public long CounterSamples { get; internal set; }

    public long OtherSamples { get; internal set; }

    public long NotIp { get; internal set; }

    /// <summary>Data sets without their template, and their octets. One that waited and was read when the template came
    /// is given back, and counted in <see cref="SetsReadLate"/>.</summary>
    public long UnknownTemplateSets { get; internal set; }

    public long UnknownTemplateOctets { get; internal set; }

    public long SetsReadLate { get; internal set; }

    /// <summary>Flows whose sampling rate nobody told.</summary>
    public long FlowsOfUnknownSampling => Rates.FlowsOfUnknown;

    /// <summary>Flows that told no time, or an end before their start.</summary>
    public long FlowsWithoutTime { get; internal set; }

    /// <summary>Flows whose record told times that cannot be: the export time was taken.</summary>
    public long TimesReplaced { get; internal set; }

    /// <summary>Flows of messages whose own time cannot be: arrival was taken.</summary>
    public long ClocksReplaced { get; internal set; }

    /// <summary>Flows told at the way out as well as at the way in: counted once (element 61, sFlow sources).</summary>
    public long SeenTwice { get; internal set; }

    /// <summary>Flows of packets that were not forwarded.</summary>
    public long DroppedFlows { get; internal set; }

    /// <summary>Reports of running totals in which nothing was new.</summary>
    public long RepeatedTotals { get; internal set; }

    /// <summary>Flows that one of two headers told: the inner, or the outer though the inner was whole.</summary>
    public long InnerHeaders { get; internal set; }

    public long OuterHeaders { get; internal set; }

    /// <summary>Our clock minus the exporter's, milliseconds, at the last message that told a time.</summary>
    public long ClockSkewMs { get; internal set; }

    /// <summary>Rate and source the last flow was given.</summary>
    public uint SamplingInterval => Rates.Interval;

    public SamplingSource SamplingSource => Rates.Source;

    /// <summary>Sequence units missing: v9 and sFlow count messages, v5 and IPFIX flow records. A late message gives
    /// its own back.</summary>
    public long Lost { get; internal set; }

    public long SequenceGaps { get; internal set; }

    public long LateMessages { get; internal set; }

    /// <summary>Times the exporter booted anew, by its header's time minus its uptime.</summary>
    public long Restarts { get; internal set; }

    /// <summary>Messages whose number continues nothing known.</summary>
    public long UnrelatedSequences { get; internal set; }

    /// <summary>Faults by the rule they broke. Not for other threads while the lane runs: ask
    /// <see cref="Decoder.List"/>.</summary>
    public IReadOnlyDictionary<string, long> Faults => _faults;

    internal SamplingRates Rates { get; }

    internal WaitingSets Waiting { get; }

    internal FlowTimes Times { get; }

    internal TunnelPreference Tunnels => _options.Tunnels;

    internal SavedExporter Save() => new(
        Address,
        [.. Templates.All.Select(static template => new KnownTemplate(
            template.Key, template.IsOptions, template.ScopeCount, template.Fields.ToArray(), template.LearntAtMs,
            template.Records))],
        [.. Rates.Save()],
        [.. Templates.SystemInits.Select(
            static init => new KnownStart(init.Protocol, init.Domain, init.SystemInitMs))],
        [.. _ingressInterfaces.Order()]);

    internal void Restore(SavedExporter saved)
    {
        foreach (var template in saved.Templates)
        {
            Templates.ArrivedAtMs = template.LearntAtMs;
            Templates.TryLearn(template.Key, template.IsOptions, template.ScopeCount, template.Fields.ToArray());
        }

        foreach (var rate in saved.Rates)
        {
            Rates.Learn(rate.Protocol, rate.Said, rate.Port);
        }

        foreach (var start in saved.Starts)
        {
            Templates.LearnSystemInit(start.Protocol, start.Domain, start.SystemInitMs);
        }

        _ingressInterfaces.UnionWith(saved.IngressInterfaces.Take(MaxInterfaces));
    }

    /// <summary>What the same inputs taught in an earlier reading serves what stands in front of it.</summary>
    internal void ReadBefore(ExporterState earlier)
    {
        Templates.ReadBefore = earlier.Templates.Firsts;
        Rates.ReadBefore = earlier.Rates;
        _ingressInterfaces.UnionWith(earlier._ingressInterfaces);
    }

    /// <summary>Notes on which interfaces the exporter tells what comes in.</summary>
    internal void NoteDirection(in FlowRecord flow)
    {
        if (flow.Is(FlowTraits.Ingress) && _lastIngress != flow.InputInterface)
        {
            _lastIngress = flow.InputInterface;
            if (_ingressInterfaces.Count < MaxInterfaces)
            {
                _ingressInterfaces.Add(flow.InputInterface);
            }
        }
    }

    /// <summary>The packets were told when they came in: the record was made at the way out, and the interface they came
    /// by exports what enters it. A probe tells one interface for both ways, or none: its egress is the other direction
    /// of a conversation, told once.</summary>
    public bool TellsAgain(in FlowRecord flow) =>
        flow.Is(FlowTraits.Egress) && flow.InputInterface != 0 && flow.InputInterface != flow.OutputInterface
        && _ingressInterfaces.Contains(flow.InputInterface);

    /// <summary>Turns running totals into what is new since the last report; false where nothing is.</summary>
    internal bool TryDifference(in ExportHeader header, ushort port, ref FlowRecord flow)
    {
        _totals ??= new RunningTotals();
        if (_totals.TryDifference(in header, port, ref flow))
        {
            return true;
        }

        RepeatedTotals++;
        return false;
    }

    internal void CountFault(string rule) => CollectionsMarshal.GetValueRefOrAddDefault(_faults, rule, out _)++;

    /// <summary>The sequence a message belongs to; where too many are known the longest unused makes room.</summary>
    internal SequenceTracker Track(in ExportHeader header, ushort port)
    {
        var key = (header.Protocol, header.Domain, port);
        if (_sequences.TryGetValue(key, out var track))
        {
            return track;
        }

        if (_sequences.Count >= _options.MaxRatesPerExporter)
        {
            _sequences.Remove(_sequences.MinBy(static known => known.Value.LastUsedMs).Key);
        }

        track = new SequenceTracker();
        if (_resumed.Remove(key, out var place))
        {
            track.Resume(in place);
            IsResuming = true;
            ResumesFromMs = place.LastUsedMs;
        }

        return _sequences[key] = track;
    }

    /// <summary>The message being read is the first of a sequence that an earlier run of ours knew.</summary>
    internal bool IsResuming { get; set; }

    internal long ResumesFromMs { get; private set; }

    /// <summary>What was sent between two runs of ours, or lost in memory with the first.</summary>
    internal IReadOnlyList<SequenceAbsence> Absences => _absences;

    internal void NoteAbsence(ExportProtocol protocol, long untilMs, long missing)
    {
        if (_absences.Count < _options.MaxRatesPerExporter)
        {
            _absences.Add(new(Address, protocol, ResumesFromMs, untilMs, missing));
        }
    }

    /// <summary>Where its sequences stand, those that were taken up and not heard yet among them.</summary>
    internal IEnumerable<SequencePlace> Places() => _sequences
        .Select(known => known.Value.Place() is { } place
            ? new SequencePlace(
                Address, known.Key.Protocol, known.Key.Domain, known.Key.Port, place.Expected, place.BootMs,
                known.Value.LastUsedMs)
            : (SequencePlace?)null)
        .OfType<SequencePlace>().Concat(_resumed.Values);

    internal void Resume(in SequencePlace place) => _resumed[(place.Protocol, place.Domain, place.Port)] = place;
}
