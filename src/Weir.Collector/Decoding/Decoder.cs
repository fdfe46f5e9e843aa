// SPDX-License-Identifier: Apache-2.0
//
// Step 2: datagrams to flows. One decoder belongs to one lane, and an exporter belongs to one lane, so nothing here
// is shared but for listing and saving, which take the gate between two datagrams.
using Weir.Collector.Collecting;
using Weir.Collector.Collecting.Admitting;
using Weir.Collector.Corroborating;
using Weir.Contracts.Flows;
using Weir.Wire;
using Weir.Wire.Exports;
using Weir.Wire.NetFlow;

namespace Weir.Collector.Decoding;

/// <summary>Decodes for one lane and keeps what it learns of its exporters. The constructor is inert.</summary>
/// <param name="options">Settings of the stage.</param>
/// <param name="faults">Counts and tells what is malformed, by exporter and rule; shared by all lanes. None: only
/// counted by exporter.</param>
public sealed class Decoder(DecodingOptions options, FaultLog? faults = null)
{
    private const long SweepEveryMs = 5_000;
    private const string NoRoom = "no-room";

    private readonly Dictionary<IpKey, ExporterState> _exporters = [];
    private readonly Lock _gate = new();
    private ExporterState? _last;
    private long _sweptMs;
    private long _lookedMs;
    private DecodingOptions _options = options;

    /// <summary>Datagrams received = <see cref="Clean"/> + <see cref="Damaged"/> + <see cref="Dropped"/> +
    /// <see cref="Refused"/> + <see cref="Unlisted"/>.</summary>
    public long Datagrams { get; private set; }

    public long Clean { get; private set; }

    /// <summary>Datagrams that lost a part and gave the rest.</summary>
    public long Damaged { get; private set; }

    /// <summary>Datagrams in which a whole message could not be read, or that are no flow export at all.</summary>
    public long Dropped { get; private set; }

    /// <summary>Datagrams of exporters beyond <see cref="DecodingOptions.MaxExporters"/>.</summary>
    public long Refused { get; private set; }

    /// <summary>Exporters without standing that made room for others; what they sent stays counted.</summary>
    public long Forgotten { get; private set; }

    /// <summary>Datagrams of exporters that are not named, or of another port than is.</summary>
    public long Unlisted { get; private set; }

    public long Flows { get; private set; }

    /// <summary>Why the connection that the last message came by cannot go on; null where it can. Templates come once
    /// over it: where there was no room for what it taught, the exporter has to begin anew.</summary>
    public string? SessionFault { get; private set; }

    /// <summary>How its exporters send. Of connections the port is the number of the session, and who may have one is
    /// asked when it opens; nothing of them outlives it.</summary>
    public ExportTransport Transport { get; init; }

    private bool IsOfSessions => Transport != ExportTransport.Udp;

    /// <summary>Whose datagrams are decoded; null for all. Set before the first datagram.</summary>
    public KnownExporters? Known { get; init; }

    /// <summary>When streams are corroborated; null where nobody asks. Set before the first datagram.</summary>
    public CorroboratingOptions? Corroborating { get; init; }

    /// <summary>Whether an address is a subscriber's, so that a tunnel of his own is not believed about others; null
    /// where nobody knows. Set before the first datagram.</summary>
    public Func<IpKey, bool>? IsOwn { get; init; }

    /// <summary>Which header of a captured packet tells its flow, where it carries another.</summary>
    internal bool WantsInner(TunnelForm form, IpKey source, IpKey destination) =>
        _options.Tunnels.WantsInner(form, source, destination, IsOwn);

    /// <summary>What an earlier reading of the same inputs taught: for data in front of its template. Null where they
    /// are read once.</summary>
    internal FirstReading? ReadBefore { get; init; }

    internal bool KeepsFirstTemplates { get; init; }

    /// <summary>Decodes one datagram and hands its flows on. Hot: no await, no garbage.</summary>
    /// <param name="payload">UDP payload, or one or more messages from a file.</param>
    /// <param name="exporter">Whom it came from.</param>
    /// <param name="exporterPort">UDP source port: sessions are told apart by it.</param>
    /// <param name="arrivedAtMs">When it arrived, or was captured; milliseconds since the UNIX epoch.</param>
    /// <param name="sink">Takes the flows.</param>
    /// <returns>The exporter as it stands after it; null where it was refused.</returns>
    public ExporterState? Decode<TSink>(
        ReadOnlySpan<byte> payload, IpKey exporter, ushort exporterPort, long arrivedAtMs, ref TSink sink)
        where TSink : struct, IFlowSink
    {
        using (_gate.EnterScope())
        {
            Datagrams++;
            SessionFault = null;
            GiveBackSilent(arrivedAtMs);
            if (!TryAdmit(exporter, exporterPort, arrivedAtMs, out var found))
            {
                Unlisted++;
                return null;
            }

            if ((found ?? Find(exporter, arrivedAtMs)) is not { } state)
            {
                Refused++;
                SessionFault = NoRoom;
                return null;
            }

            state.Datagrams++;
            state.Octets += payload.Length;
            state.LastSeenMs = arrivedAtMs;
            state.Templates.ArrivedAtMs = arrivedAtMs;
            state.Templates.Port = exporterPort;
            state.Begin(payload);
            state.TurnTo(null, isDoubted: false);
            var (before, version) = (state.Flows, state.Templates.Version);
            var surroundings = Context();
            var visitor = new LaneVisitor<TSink>(state, exporterPort, arrivedAtMs, in surroundings, ref sink);
            var damage = ExportReader.Read(payload, state.Templates, ref visitor);
            sink = visitor.Sink;
            if (state.Streams is { } streams)
            {
                ReadHeld(state, streams, payload, ref sink);
            }

            if (state.Waiting.Count > 0 && state.Templates.Version != version)
            {
                ReadWaiting(state, state.Waiting, ref sink);
            }

            state.TurnTo(null, isDoubted: false);

            Flows += state.Flows - before;
            Count(damage, state);
            SessionFault = damage == Damage.DropDatagram ? "unreadable"
                : IsOfSessions && state.Streams?.LacksRoom == true ? NoRoom
                : null;
            return state;
        }
    }

    /// <summary>A connection is over: what it taught, and its sequence, go with it.</summary>
    public void EndSession(IpKey exporter, ushort session)
    {
        using (_gate.EnterScope())
        {
            Find(exporter)?.EndSession(session);
        }
    }

    /// <summary>Takes what is said of the exporters, between two datagrams: roles and sampling rates count from the
    /// next one on, and what was learnt of each stays.</summary>
    public void Follow(IReadOnlyList<ExporterOptions> exporters)
    {
        using (_gate.EnterScope())
        {
            _options = _options with { Exporters = exporters };
            foreach (var state in _exporters.Values)
            {
                state.Follow(_options);
            }
        }
    }

    internal ExporterState? Find(IpKey exporter) => _exporters.GetValueOrDefault(exporter);

    /// <summary>Every exporter as it stands between two datagrams.</summary>
    public IReadOnlyList<ExporterListing> List()
    {
        using (_gate.EnterScope())
        {
            return [.. _exporters.Values.Select(one => ExporterListing.From(one, Transport))];
        }
    }

    /// <summary>Every template as it stands between two datagrams.</summary>
    public IReadOnlyList<TemplateListing> ListTemplates() =>
        [.. Snapshot().SelectMany(
            static exporter => exporter.Templates.Select(template => new TemplateListing(exporter.Address, template)))];

    /// <summary>Another one whenever an exporter taught or lost a template.</summary>
    public long TemplateVersion
    {
        get
        {
            using (_gate.EnterScope())
            {
                return _exporters.Values.Sum(static one => one.Templates.Version);
            }
        }
    }

    /// <summary>What is to outlive a restart, for <see cref="TemplateFile.Save"/>.</summary>
    public IReadOnlyList<SavedExporter> Snapshot()
    {
        using (_gate.EnterScope())
        {
            return IsOfSessions ? [] : [.. _exporters.Values.Select(static state => state.Save())];
        }
    }

    /// <summary>Takes up what an earlier run saved; call it before the first datagram.</summary>
    /// <param name="saved">Of all lanes.</param>
    /// <param name="isMine">Which exporters belong to this lane.</param>
    public void Restore(IEnumerable<SavedExporter> saved, Func<IpKey, bool> isMine)
    {
        using (_gate.EnterScope())
        {
            foreach (var exporter in saved.Where(known => !IsOfSessions && isMine(known.Address)))
            {
                Find(exporter.Address, exporter.Templates.Count == 0
                    ? 0
                    : exporter.Templates.Max(static template => template.LearntAtMs))?.Restore(exporter);
            }
        }
    }

    /// <summary>Where every sequence stands.</summary>
    internal IReadOnlyList<SequenceState> Places()
    {
        using (_gate.EnterScope())
        {
            return IsOfSessions ? [] : [.. _exporters.Values.SelectMany(static state => state.Places())];
        }
    }

    /// <summary>Intervals in which an earlier run of ours was away, with what was sent in them.</summary>
    internal IReadOnlyList<SequenceAbsence> Absences()
    {
        using (_gate.EnterScope())
        {
            return [.. _exporters.Values.SelectMany(static state => state.Absences)];
        }
    }

    /// <summary>Takes up sequences of an earlier run; call it before the first datagram.</summary>
    internal void Resume(IEnumerable<SequenceState> places)
    {
        using (_gate.EnterScope())
        {
            foreach (var place in places.Where(_ => !IsOfSessions))
            {
                Find(place.Exporter, place.LastUsedMs)?.Resume(in place);
            }
        }
    }

    /// <summary>Streams that have earned their standing, for the next run.</summary>
    internal IReadOnlyList<ExporterStream> Streams()
    {
        using (_gate.EnterScope())
        {
            return IsOfSessions ? [] :
            [
                .. _exporters.Values.SelectMany(static state => (state.Streams?.Save() ?? [])
                    .Select(one => new ExporterStream(state.Address, one.Key, one.Stream))),
            ];
        }
    }

    /// <summary>Takes up streams of an earlier run; call it before the first datagram.</summary>
    internal void Resume(IEnumerable<ExporterStream> streams)
    {
        using (_gate.EnterScope())
        {
            foreach (var one in streams.Where(one => !IsOfSessions && Known?.IsNamed(one.Exporter) != false))
            {
                Find(one.Exporter, one.Stream.LastMs)?.Streams?.Resume(one.Key, one.Stream);
            }
        }
    }

    /// <summary>Keeps a datagram that began a stream, and reads the first one of a stream that this one continued. What
    /// streams without standing are waiting for, they are asked for here.</summary>
    private void ReadHeld<TSink>(ExporterState state, StreamBook streams, ReadOnlySpan<byte> payload, ref TSink sink)
        where TSink : struct, IFlowSink
    {
        streams.Hold(payload);
        if (streams.Newcomer is not { } newcomer)
        {
            return;
        }

        if (streams.TakeHeld() is { } held)
        {
            var surroundings = Context() with { Again = newcomer };
            var again = new LaneVisitor<TSink>(
                state, newcomer.Key.Port, newcomer.BegunMs, in surroundings, ref sink);
            _ = ExportReader.Read(held, state.Templates, ref again);
            sink = again.Sink;
        }

        state.TurnTo(newcomer, isDoubted: true);
        if (state.Doubted.Count > 0 && state.HasLearnt(newcomer))
        {
            ReadWaiting(state, state.Doubted, ref sink);
        }
    }

    /// <summary>Data that waited for a template which has come. What another one is needed for waits on.</summary>
    private void ReadWaiting<TSink>(ExporterState state, WaitingSets waiting, ref TSink sink)
        where TSink : struct, IFlowSink
    {
        var surroundings = Context();
        foreach (var set in waiting.TakeAll())
        {
            state.Templates.Port = set.Port;
            state.Standing = set.Standing;
            state.TurnTo(set.Newcomer, set.Standing != FlowStanding.Corroborated);
            var visitor = new LaneVisitor<TSink>(state, set.Port, set.ArrivedAtMs, in surroundings, ref sink);
            visitor.Resume(set.Header);
            if (ExportReader.ReadSet(
                set.Octets, set.TemplateId, set.Header, state.Templates, ref visitor, out var records))
            {
                sink = visitor.Sink;
                var told = set.IsNumbered && ExportProtocols.Traits(set.Header.Protocol).NumbersRecords ? records : 0;
                state.CountUnread(set.Header.Domain, sets: -1, records: -told);
                state.UnknownTemplateOctets -= set.Octets.Length;
                state.SetsReadLate++;
            }
            else
            {
                waiting.Add(set);
            }
        }
    }

    private void Count(Damage damage, ExporterState state)
    {
        switch (damage)
        {
            case Damage.None:
                Clean++;
                state.Clean++;
                break;
            case Damage.DropDatagram:
                Dropped++;
                state.Dropped++;
                break;
            default:
                Damaged++;
                state.Damaged++;
                break;
        }
    }

    private VisitorContext Context() => new(faults, IsOwn);

    private StreamBook? StreamsOf(IpKey exporter) => Corroborating is { Withholds: true } options
        ? new(
            options, key => Known?.Names(exporter, key.Domain, IsOfSessions ? (ushort)0 : key.Port) == true,
            IsOfSessions)
        : null;

    /// <summary>Whether a datagram's sender is named; the answer is kept with what is known of it.</summary>
    private bool TryAdmit(IpKey exporter, ushort port, long arrivedAtMs, out ExporterState? state)
    {
        state = _last is not null && _last.Address == exporter ? _last : _exporters.GetValueOrDefault(exporter);
        if (Known is not { } known || (state is not null && state.Admitted == (known.Version, port)))
        {
            _last = state ?? _last;
            return true;
        }

        var version = known.Version;
        if (!IsOfSessions && !known.Admit(exporter, port, arrivedAtMs))
        {
            return false;
        }

        state ??= Find(exporter, arrivedAtMs);
        if (state is not null)
        {
            state.Domains = state.Admitted?.Version == version ? state.Domains : known.DomainsOf(exporter);
            state.Admitted = (version, port);
            _last = state;
        }

        return true;
    }

    private ExporterState? Find(IpKey exporter, long arrivedAtMs)
    {
        if (_exporters.TryGetValue(exporter, out var state))
        {
            return _last = state;
        }

        if (_exporters.Count >= _options.MaxExporters && !TryMakeRoom(arrivedAtMs))
        {
            return null;
        }

        _exporters[exporter] = state = new ExporterState(exporter, _options, arrivedAtMs, StreamsOf(exporter));
        state.Templates.Firsts = KeepsFirstTemplates ? new FirstTemplates() : null;
        ReadBefore?.Teach(state);
        return _last = state;
    }

    /// <summary>Forgets exporters that are silent and have no standing, as those are that somebody invented; looked for
    /// now and then, since whoever invents many would have us look for each.</summary>
    private bool TryMakeRoom(long nowMs)
    {
        if (nowMs - _sweptMs < SweepEveryMs)
        {
            return false;
        }

        _sweptMs = nowMs;
        ForgetLeast(nowMs);
        return _exporters.Count < _options.MaxExporters;
    }

    /// <summary>Where a bound that all share is met, what is silent gives back what it took of it: else one burst would
    /// have it until a restart.</summary>
    private void GiveBackSilent(long nowMs)
    {
        if (nowMs - _lookedMs < SweepEveryMs)
        {
            return;
        }

        _lookedMs = nowMs;
        if (BoundsHealth.IsMet(_options, Corroborating))
        {
            ForgetLeast(nowMs);
            foreach (var one in _exporters.Values)
            {
                one.GiveBackSilent(nowMs);
            }
        }
    }

    private void ForgetLeast(long nowMs)
    {
        foreach (var one in _exporters.Values.Where(one => one.IsOfLeastWorth(nowMs)).ToList())
        {
            one.Clear();
            _ = _exporters.Remove(one.Address);
            Forgotten++;
            _last = _last == one ? null : _last;
        }
    }
}
