// SPDX-License-Identifier: Apache-2.0
//
// What is known of one exporter. Counters are plain numbers that only the lane writes; others may read them at any
// time and see a value of a moment ago. Everything received is in exactly one of Clean, Damaged and Dropped.
using System.Runtime.InteropServices;
using Weir.Collector.Corroborating;
using Weir.Contracts.Flows;
using Weir.Wire;
using Weir.Wire.NetFlow;

namespace Weir.Collector.Decoding;

/// <summary>One exporter as a lane knows it.</summary>
public sealed class ExporterState
{
    private readonly Dictionary<string, long> _faults = [];
    private readonly Dictionary<(ExportProtocol Protocol, uint Domain, ushort Port), SequenceTracker> _sequences = [];
    private readonly Dictionary<(ExportProtocol Protocol, ushort Port), DomainsOfPort> _domains = [];
    private readonly DecodingOptions _options;
    private readonly Dictionary<ExportStream, Teaching> _newcomers = [];
    private readonly Teaching _known;
    private readonly Dictionary<(ExportProtocol Protocol, uint Domain, ushort Port), SequenceState> _resumed = [];
    private readonly List<SequenceAbsence> _absences = [];
    private readonly UnreadDomains _unread;
    private Teaching? _aside;
    private Teaching? _lastAside;

    internal ExporterState(IpKey address, DecodingOptions options, long nowMs, StreamBook? streams = null)
    {
        (Address, Streams) = (address, streams);
        FirstSeenMs = nowMs;
        LastSeenMs = nowMs;
        _options = options;
        _known = Teaching.OfExporter(options);
        _unread = new(options.MaxRatesPerExporter);
        if (streams is not null)
        {
            streams.Forgotten = Forget;
        }

        Follow(options);
        Waiting = new WaitingSets(options.Waiting, (long)options.WaitForTemplate.TotalMilliseconds);
        Times = new FlowTimes(
            (long)options.MaxFlowAge.TotalMilliseconds, (long)(options.ClockTolerance?.TotalMilliseconds ?? 0));
        Doubted = new WaitingSets(options.DoubtedWaiting, (long)options.WaitForTemplate.TotalMilliseconds);
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

    public TemplateTable Templates => _known.Templates;

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
    public long UnknownTemplateSets { get; private set; }

    public long UnknownTemplateOctets { get; internal set; }

    public long SetsReadLate { get; internal set; }

    /// <summary>Flows whose sampling rate nobody told.</summary>
    public long FlowsOfUnknownSampling { get; internal set; }

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

    /// <summary>Messages of domains that are not named for it.</summary>
    public long OtherDomains { get; internal set; }

    /// <summary>Its streams; null where nobody asks whether they are corroborated.</summary>
    internal StreamBook? Streams { get; }

    /// <summary>What the message being read is worth as grounds.</summary>
    public FlowStanding Standing { get; internal set; }

    /// <summary>Of the datagram being read; 0 where nobody asks.</summary>
    internal ulong Digest { get; private set; }

    /// <summary>A datagram is going to be read.</summary>
    internal void Begin(ReadOnlySpan<byte> datagram)
    {
        if (Streams is { } streams)
        {
            streams.LacksRoom = false;
            Digest = DatagramDigest.Of(datagram);
        }
    }

    /// <summary>Whether what is read now may teach nothing.</summary>
    internal bool IsDeaf => Templates.IsDeaf;

    /// <summary>Domains that are named for it; null = all.</summary>
    internal IReadOnlySet<uint>? Domains { get; set; }

    /// <summary>By which version of what is named it was admitted, from which port; asked once for datagrams that
    /// follow each other.</summary>
    internal (int Version, ushort Port)? Admitted { get; set; }

    /// <summary>Whether nothing would be lost of what counts if it were forgotten: it has no stream with standing, and
    /// no open connection, which would not send its templates again.</summary>
    internal bool IsOfLeastWorth(long nowMs) =>
        Streams is { } streams && !streams.HasStanding(nowMs) && !(_options.Sessions && streams.Kept > 0)
        && nowMs - LastSeenMs > ExportStream.LongestPauseMs;

    /// <summary>Whether a message gives no grounds because it continues no stream.</summary>
    internal bool IsHeld => Standing == FlowStanding.Stray;

    /// <summary>Templates known of it, and those that a stream without standing taught last.</summary>
    internal int TemplateCount => Templates.Count + (_lastAside?.Templates.Count ?? 0);

    /// <summary>Whether a stream without standing has taught a template since this was asked of it before.</summary>
    internal bool HasLearnt(ExportStream newcomer) => AsideOf(newcomer)?.HasLearnt() == true;

    /// <summary>From here on a message of some worth is read: who has no standing teaches aside, and what continues
    /// nothing, or is in doubt, teaches nothing.</summary>
    /// <param name="standing">Of the message.</param>
    internal void Turn(FlowStanding standing)
    {
        Standing = standing;
        if (Streams?.Risen is { } risen && _newcomers.TryGetValue(risen, out var taught))
        {
            (Templates.Aside, Templates.IsDeaf) = (null, false);
            var arrivedAtMs = Templates.ArrivedAtMs;
            _known.Take(taught);
            Templates.ArrivedAtMs = arrivedAtMs;
            ForgetTaught(risen);
        }

        TurnTo(standing == FlowStanding.Doubtful ? Streams?.Newcomer : null, standing != FlowStanding.Corroborated);
    }

    /// <summary>What is read from here on teaches aside.</summary>
    internal void TurnTo(ExportStream? newcomer, bool isDoubted)
    {
        _aside = newcomer is null ? null : AsideOf(newcomer);
        _lastAside = _aside ?? _lastAside;
        (Templates.Aside, Templates.IsDeaf) = (_aside?.Templates, isDoubted && _aside is null);
    }

    /// <summary>Messages of domains that are not named teach nothing.</summary>
    internal void Refuse() => (_aside, Templates.Aside, Templates.IsDeaf) = (null, null, true);

    /// <summary>What a stream without standing taught; null where so many are listened to that it may teach
    /// nothing.</summary>
    private Teaching? AsideOf(ExportStream newcomer)
    {
        if (!_newcomers.TryGetValue(newcomer, out var aside))
        {
            aside = newcomer.IsForgotten ? null : Teaching.OfNewcomer(_options) ?? InPlaceOfSilent(newcomer.LastMs);
            if (aside is null)
            {
                Streams!.LacksRoom |= !newcomer.IsForgotten;
                return null;
            }

            aside.Rates.ReadBefore = _known.Rates;
            _newcomers.Add(newcomer, aside);
        }

        aside.Rates.Override = _known.Rates.Override;
        return aside;
    }

    /// <summary>One of its own that is silent gives its place; not one of a connection that is open, which would not
    /// teach again.</summary>
    private Teaching? InPlaceOfSilent(long nowMs)
    {
        var oldest = _options.Sessions ? null : _newcomers.Keys.MinBy(static stream => stream.LastMs);
        if (oldest is null || nowMs - oldest.LastMs < ExportStream.LongestPauseMs)
        {
            return null;
        }

        ForgetTaught(oldest);
        return Teaching.OfNewcomer(_options);
    }

    /// <summary>A stream is no more: what it taught goes, and the count of its sequence where no other has its
    /// place.</summary>
    private void Forget(ExportStream stream)
    {
        ForgetTaught(stream);
        if (!Streams!.Has(stream.Key))
        {
            _ = _sequences.Remove((stream.Key.Protocol, stream.Key.Domain, stream.Key.Port));
        }
    }

    private void ForgetTaught(ExportStream stream)
    {
        if (_newcomers.Remove(stream, out var taught))
        {
            taught.EndNewcomer();
            _lastAside = _lastAside == taught ? null : _lastAside;
            _aside = _aside == taught ? null : _aside;
        }
    }

    /// <summary>A connection is over.</summary>
    internal void EndSession(ushort session)
    {
        Streams?.EndSession(session);
        Templates.EndSession(session);
        _known.Rates.EndSession(session);
        Waiting.GiveUpOf(session);
        Doubted.GiveUpOf(session);
        foreach (var key in _sequences.Keys.Where(key => key.Port == session).ToList())
        {
            _ = _sequences.Remove(key);
        }
    }

    /// <summary>What is silent and has no standing gives back what all exporters share.</summary>
    internal void GiveBackSilent(long nowMs)
    {
        if (!_options.Sessions)
        {
            Streams?.ForgetSilent(nowMs);
        }

        var waitMs = (long)_options.WaitForTemplate.TotalMilliseconds;
        Waiting.GiveUpBefore(nowMs - waitMs);
        Doubted.GiveUpBefore(nowMs - waitMs);
    }

    /// <summary>The exporter is forgotten: what all of them share is given back.</summary>
    internal void Clear()
    {
        Streams?.Clear();
        Templates.Clear();
        _ = Waiting.TakeAll();
        _ = Doubted.TakeAll();
    }

    /// <summary>Flows that one of two headers told: the inner, or the outer though the inner was whole.</summary>
    public long InnerHeaders { get; internal set; }

    public long OuterHeaders { get; internal set; }

    /// <summary>Our clock minus the exporter's, milliseconds, at the last message that told a time.</summary>
    public long ClockSkewMs { get; internal set; }

    /// <summary>Rate and source the last flow was given.</summary>
    public uint SamplingInterval => Shown.Interval;

    public SamplingSource SamplingSource => Shown.Source;

    /// <summary>Rates as they are told of it: those of a stream without standing where none has any.</summary>
    internal SamplingRates Shown => _known.Rates.Seen.Count > 0 || _lastAside is null ? _known.Rates : _lastAside.Rates;

    /// <summary>Sequence units missing: v9 and sFlow count messages, v5 and IPFIX flow records. A late message gives
    /// its own back.</summary>
    public long Lost { get; internal set; }

    /// <summary>Records (IPFIX) that sequence numbers tell of and nobody read: their sets came before their template,
    /// and wait for it or were given up. What is read late is given back.</summary>
    public long Unread { get; private set; }

    /// <summary>Both by observation domain. Not for other threads while the lane runs, as <see cref="Faults"/>.
    /// </summary>
    internal IReadOnlyList<DomainUnread> UnreadDomains => _unread.List();

    /// <summary>Counts data that lacks its template, or gives back what was read late.</summary>
    /// <param name="domain">Observation domain or source id that it is of.</param>
    /// <param name="sets">Data sets.</param>
    /// <param name="records">Records (IPFIX), as sequence numbers tell.</param>
    internal void CountUnread(uint domain, long sets, long records)
    {
        UnknownTemplateSets += sets;
        Unread += records;
        _unread.Add(domain, sets, records);
    }

    public long SequenceGaps { get; internal set; }

    public long LateMessages { get; internal set; }

    /// <summary>Times the exporter booted anew, by its header's time minus its uptime.</summary>
    public long Restarts { get; internal set; }

    /// <summary>Messages whose number continues nothing known.</summary>
    public long UnrelatedSequences { get; internal set; }

    /// <summary>Faults by the rule they broke. Not for other threads while the lane runs: ask
    /// <see cref="Decoder.List"/>.</summary>
    public IReadOnlyDictionary<string, long> Faults => _faults;

    /// <summary>Of whoever is being read.</summary>
    internal SamplingRates Rates => (_aside ?? _known).Rates;

    internal WaitingSets Waiting { get; }

    /// <summary>Sets of streams without standing that wait, in a bound of their own.</summary>
    internal WaitingSets Doubted { get; }

    internal FlowTimes Times { get; }

    internal TunnelPreference Tunnels => _options.Tunnels;

    internal SavedExporter Save() => new(
        Address,
        [.. Templates.All.Select(static template => new KnownTemplate(
            template.Key, template.IsOptions, template.ScopeCount, template.Fields.ToArray(), template.LearntAtMs,
            template.Records))],
        [.. _known.Rates.Save()],
        [.. Templates.SystemInits.Select(
            static init => new KnownStart(init.Protocol, init.Domain, init.SystemInitMs))],
        [.. _known.IngressInterfaces.Order()]);

    internal void Restore(SavedExporter saved)
    {
        foreach (var template in saved.Templates)
        {
            Templates.ArrivedAtMs = template.LearntAtMs;
            Templates.TryLearn(template.Key, template.IsOptions, template.ScopeCount, template.Fields.ToArray());
        }

        foreach (var rate in saved.Rates)
        {
            _known.Learn(in rate);
        }

        foreach (var start in saved.Starts)
        {
            Templates.LearnSystemInit(start.Protocol, start.Domain, start.SystemInitMs);
        }

        foreach (var index in saved.IngressInterfaces)
        {
            _known.NoteIngress(index);
        }
    }

    /// <summary>What the same inputs taught in an earlier reading serves what stands in front of it.</summary>
    internal void ReadBefore(ExporterState earlier)
    {
        Templates.ReadBefore = earlier.Templates.Firsts;
        _known.Rates.ReadBefore = earlier._known.Rates;
        foreach (var index in earlier._known.IngressInterfaces)
        {
            _known.NoteIngress(index);
        }
    }

    /// <summary>Notes on which interfaces the exporter tells what comes in; who may not teach is not heard.</summary>
    internal void NoteDirection(in FlowRecord flow)
    {
        if (!IsDeaf)
        {
            (_aside ?? _known).NoteDirection(in flow);
        }
    }

    /// <summary>The packets were told when they came in: the record was made at the way out, and the interface they
    /// came by exports what enters it. A probe tells one interface for both ways, or none: its egress is the other
    /// direction of a conversation, told once.</summary>
    public bool TellsAgain(in FlowRecord flow) =>
        flow.Is(FlowTraits.Egress) && flow.InputInterface != 0 && flow.InputInterface != flow.OutputInterface
        && (_known.TellsIngress(flow.InputInterface) || _aside?.TellsIngress(flow.InputInterface) == true);

    /// <summary>Turns running totals into what is new since the last report; false where nothing is.</summary>
    internal bool TryDifference(in ExportHeader header, ushort port, ref FlowRecord flow)
    {
        if (!IsDeaf && (_aside ?? _known).TryDifference(in header, port, ref flow))
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

    /// <summary>The sequence of all domains of a protocol and port together; null where there is one domain, or where
    /// there are many ports.</summary>
    internal SequenceTracker? TrackOfAll(in ExportHeader header, ushort port)
    {
        var key = (header.Protocol, port);
        ref var domains = ref CollectionsMarshal.GetValueRefOrAddDefault(_domains, key, out var known);
        if (!known)
        {
            domains = new(header.Domain) { LastUsedMs = LastSeenMs };
            if (_domains.Count > _options.MaxRatesPerExporter)
            {
                ForgetDomainsBut(key);
            }

            return null;
        }

        domains!.LastUsedMs = LastSeenMs;
        return domains.Tracker ??= domains.First == header.Domain ? null : new();
    }

    private void ForgetDomainsBut((ExportProtocol Protocol, ushort Port) key) => _domains.Remove(
        _domains.Where(one => one.Key != key).MinBy(static one => one.Value.LastUsedMs).Key);

    /// <summary>Domains that one port speaks for.</summary>
    private sealed class DomainsOfPort(uint first)
    {
        public uint First => first;

        /// <summary>When a message of it came; the longest unused makes room.</summary>
        public long LastUsedMs { get; set; }

        /// <summary>Null while there is one.</summary>
        public SequenceTracker? Tracker { get; set; }
    }

    /// <summary>How its numbers count where they do not count what the protocol says; empty where they do.</summary>
    internal string Numbering => string.Join(
        "; ", ((IEnumerable<string>)
        [
            _sequences.Any(one => one.Value.CountsOther) || _domains.Any(one => one.Value.Tracker?.CountsOther == true)
                ? "its sequence counts records where messages are to be counted, or messages where records are" : "",
            _sequences.Any(one => one.Value.IsShared) ? "its domains share one sequence" : "",
            _sequences.Any(one => one.Value.IsStill) ? "its sequence never changes: loss cannot be told" : "",
        ]).Where(word => word.Length > 0));

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
    internal IEnumerable<SequenceState> Places() => _sequences
        .Select(known => known.Value.Place() is { } place
            ? new SequenceState(
                Address, known.Key.Protocol, known.Key.Domain, known.Key.Port, place.Expected, place.BootMs,
                known.Value.LastUsedMs)
            : (SequenceState?)null)
        .OfType<SequenceState>().Concat(_resumed.Values);

    internal void Resume(in SequenceState place) => _resumed[(place.Protocol, place.Domain, place.Port)] = place;
}
