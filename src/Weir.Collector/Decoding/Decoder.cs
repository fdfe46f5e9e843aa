// SPDX-License-Identifier: Apache-2.0
//
// Step 2: datagrams to flows. One decoder belongs to one lane, and an exporter belongs to one lane, so nothing here
// is shared but for listing and saving, which take the gate between two datagrams.
using Weir.Collector.Collecting;
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
    private readonly Dictionary<IpKey, ExporterState> _exporters = [];
    private readonly Lock _gate = new();
    private ExporterState? _last;
    private DecodingOptions _options = options;

    /// <summary>Datagrams received = <see cref="Clean"/> + <see cref="Damaged"/> + <see cref="Dropped"/> +
    /// <see cref="Refused"/>.</summary>
    public long Datagrams { get; private set; }

    public long Clean { get; private set; }

    /// <summary>Datagrams that lost a part and gave the rest.</summary>
    public long Damaged { get; private set; }

    /// <summary>Datagrams in which a whole message could not be read, or that are no flow export at all.</summary>
    public long Dropped { get; private set; }

    /// <summary>Datagrams of exporters beyond <see cref="DecodingOptions.MaxExporters"/>.</summary>
    public long Refused { get; private set; }

    public long Flows { get; private set; }

    /// <summary>Whether an address is a subscriber's, so that a tunnel of his own is not believed about others; null
    /// where nobody knows. Set before the first datagram.</summary>
    public Func<IpKey, bool>? IsOwn { get; init; }

    /// <summary>What an earlier reading of the same inputs taught: for data in front of its template. Null where they are
    /// read once.</summary>
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
            if (Find(exporter, arrivedAtMs) is not { } state)
            {
                Refused++;
                return null;
            }

            state.Datagrams++;
            state.Octets += payload.Length;
            state.LastSeenMs = arrivedAtMs;
            state.Templates.ArrivedAtMs = arrivedAtMs;
            state.Templates.Port = exporterPort;
            var (before, version) = (state.Flows, state.Templates.Version);
            var surroundings = new VisitorContext(faults, IsOwn);
            var visitor = new LaneVisitor<TSink>(state, exporterPort, arrivedAtMs, in surroundings, ref sink);
            var damage = ExportReader.Read(payload, state.Templates, ref visitor);
            sink = visitor.Sink;
            if (state.Waiting.Count > 0 && state.Templates.Version != version)
            {
                ReadWaiting(state, ref sink);
            }

            Flows += state.Flows - before;
            Count(damage, state);
            return state;
        }
    }

    /// <summary>Takes what is said of the exporters, between two datagrams: roles and sampling rates count from the next
    /// one on, and what was learnt of each stays.</summary>
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
            return [.. _exporters.Values.Select(ExporterListing.From)];
        }
    }

    /// <summary>Every template as it stands between two datagrams.</summary>
    public IReadOnlyList<TemplateListing> ListTemplates() =>
        [.. Snapshot().SelectMany(
            static exporter => exporter.Templates.Select(template => new TemplateListing(exporter.Address, template)))];

    /// <summary>What is to outlive a restart, for <see cref="TemplateFile.Save"/>.</summary>
    public IReadOnlyList<SavedExporter> Snapshot()
    {
        using (_gate.EnterScope())
        {
            return [.. _exporters.Values.Select(static state => state.Save())];
        }
    }

    /// <summary>Takes up what an earlier run saved; call it before the first datagram.</summary>
    /// <param name="saved">Of all lanes.</param>
    /// <param name="isMine">Which exporters belong to this lane.</param>
    public void Restore(IEnumerable<SavedExporter> saved, Func<IpKey, bool> isMine)
    {
        using (_gate.EnterScope())
        {
            foreach (var exporter in saved.Where(known => isMine(known.Address)))
            {
                Find(exporter.Address, exporter.Templates.Count == 0
                    ? 0
                    : exporter.Templates.Max(static template => template.LearntAtMs))?.Restore(exporter);
            }
        }
    }

    /// <summary>Where every sequence stands.</summary>
    internal IReadOnlyList<SequencePlace> Places()
    {
        using (_gate.EnterScope())
        {
            return [.. _exporters.Values.SelectMany(static state => state.Places())];
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
    internal void Resume(IEnumerable<SequencePlace> places)
    {
        using (_gate.EnterScope())
        {
            foreach (var place in places)
            {
                Find(place.Exporter, place.LastUsedMs)?.Resume(in place);
            }
        }
    }

    /// <summary>Data that waited for a template which has come. What another one is needed for waits on.</summary>
    private void ReadWaiting<TSink>(ExporterState state, ref TSink sink)
        where TSink : struct, IFlowSink
    {
        var surroundings = new VisitorContext(faults, IsOwn);
        foreach (var set in state.Waiting.TakeAll())
        {
            state.Templates.Port = set.Port;
            var visitor = new LaneVisitor<TSink>(state, set.Port, set.ArrivedAtMs, in surroundings, ref sink);
            visitor.Resume(set.Header);
            if (ExportReader.ReadSet(set.Octets, set.TemplateId, set.Header, state.Templates, ref visitor))
            {
                sink = visitor.Sink;
                state.UnknownTemplateSets--;
                state.UnknownTemplateOctets -= set.Octets.Length;
                state.SetsReadLate++;
            }
            else
            {
                state.Waiting.Add(set);
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

    private ExporterState? Find(IpKey exporter, long arrivedAtMs)
    {
        if (_last is not null && _last.Address == exporter)
        {
            return _last;
        }

        if (!_exporters.TryGetValue(exporter, out var state))
        {
            if (_exporters.Count >= _options.MaxExporters)
            {
                return null;
            }

            _exporters[exporter] = state = new ExporterState(exporter, _options, arrivedAtMs);
            state.Templates.Firsts = KeepsFirstTemplates ? new FirstTemplates() : null;
            ReadBefore?.Teach(state);
        }

        return _last = state;
    }
}
