// SPDX-License-Identifier: Apache-2.0
//
// Step 5: counters of every subject, and the rules. A flow costs one look at its subject's line of memory, asked for
// while the flows before it are counted. Only subjects above half a floor have more, and only theirs is judged, when
// flow time has gone on by the exporters' active timeout since a bin ended: by then everything that will be told of it
// has been told.
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Weir.Collector.Decoding;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Wire;

namespace Weir.Collector.Detecting;

/// <summary>What a detector needs from its surroundings.</summary>
public sealed record DetectorDependencies
{
    public DetectingOptions Options { get; init; } = new();

    /// <summary>For floors of groups and rates of lines.</summary>
    public required NetworkTable Networks { get; init; }

    /// <summary>Gives the pseudonym of a subject at a time; asked once an event.</summary>
    public required Func<IpKey, long, SubjectKey> Name { get; init; }

    public required IQualityEventSink Sink { get; init; }

    public required ExporterNumbers Exporters { get; init; }

    /// <summary>Our clock where flows are live, so that one exporter's broken clock moves nobody's time;
    /// null for files.</summary>
    public TimeProvider? Clock { get; init; }

    /// <summary>Key of the sketches' and the table's hash; null draws one, so that nobody can choose addresses that
    /// collide. Given only where a run has to be repeatable.</summary>
    public ulong? HashKey { get; init; }
}

/// <summary>Step 5 for a part of the subjects. Not for several threads but for <see cref="Counts"/>.</summary>
public sealed unsafe partial class Detector : IDisposable
{
    /// <summary>So many flows ahead a subject's marks are asked for, as many later its place, then its detail: enough
    /// misses of the cache at once.</summary>
    private const int Ahead = 16;
    private const int Ring = 64;

    /// <summary>So many more late flows than timely ones, and time is taken to have jumped back.</summary>
    private const int LateBeforeBack = 64;

    /// <summary>Whoever sends more than so many packets without an answer floods; he does not probe.</summary>
    private const ulong ProbePackets = 10;

    /// <summary>TCP without flags was answered by two packets: one may be a refusal (statistics.md B.1).</summary>
    private const ulong Spoken = 2;
    private const long AheadMs = 60_000;

    /// <summary>What is not corroborated has so much less room for detail.</summary>
    private const int DoubtfulShare = 4;

    /// <summary>A block is given up when its subject was below half a floor for so long.</summary>
    private const long CoolMs = 120_000;

    /// <summary>Mechanical counters are not kept longer than a day (rules.md R10).</summary>
    internal const uint OldestMinutes = 24 * 60;
    private const uint SweepParts = 720;
    private const byte Fin = 0x01;
    private const byte Syn = 0x02;
    private const byte Psh = 0x08;
    private const byte Ack = 0x10;
    private const byte Control = 0x3F;

    private readonly DetectorDependencies _parts;
    private readonly FlowTime _time;
    private readonly CounterTable _table;
    private readonly SecondStagePool _pool;
    private readonly EventTracker _book;
    private readonly ulong _key;

    private readonly bool _isDoubtful;
    private readonly double _lowestRate;
    private Detector? _doubted;

    /// <summary>No subject is doubted from here on, so that nothing is looked up beside; 0 before any was.</summary>
    private long _doubtedUntilMs;
    private DetectingOptions _options;
    private Dictionary<string, Floors> _groups;
    private FirstStageThresholds _gates;
    private VolumeRules _volumes;
    private FastGates _fastSent;
    private FastGates _fastReceived;
    private ConnectionAttemptRules _tries;
    private NetworkTable? _allowed;
    private NetworkTable? _mayMail;
    private NetworkTable? _mailRelays;
    private ulong[] _amplifiers;
    private ulong[] _mailBits;
    private ushort[] _mailPorts;
    private long _mark = long.MinValue;
    private long _behindMs;
    private long _edge = long.MinValue;
    private long _bin;
    private long _half;
    private int _late;
    private DetectingCounts _counts;
    private long _seen;
    private long _counted;
    private long _lateFlows;
    private long _ahead;
    private long _noRoom;
    private long _allowedFlows;
    private long _atBorder;
    private long _doubtful;
    private long _clipped;
    private long _refused;

    public Detector(DetectorDependencies parts)
        : this(parts, null)
    {
    }

    /// <summary>Counts what is not corroborated, in tables of its own, into the same book.</summary>
    private Detector(DetectorDependencies parts, EventTracker? book)
    {
        _isDoubtful = book is not null;
        _parts = parts;
        var options = parts.Options;
        _time = new FlowTime(options.ActiveTimeout);
        _lowestRate =
            parts.Networks.Networks.Where(n => n.LineRate > 0).Select(n => n.LineRate).DefaultIfEmpty(0).Min();
        _key = parts.HashKey ?? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
        _table = new CounterTable(options.Subjects, _key);
        _pool = new SecondStagePool(options.Details);
        _book = book ?? new EventTracker(
            parts.Name, parts.Sink, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)));
        Follow(options);
    }

    /// <summary>Takes other thresholds from the next flow on; open events, counters and the lines' own means stay.
    /// Sizes of tables and the active timeout stay as they were at the start. For the shard's own thread.</summary>
    [MemberNotNull(
        nameof(_options), nameof(_groups), nameof(_volumes), nameof(_tries), nameof(_amplifiers), nameof(_mailBits),
        nameof(_mailPorts))]
    public void Follow(DetectingOptions options)
    {
        _doubted?.Follow(options);
        _options = options;
        _groups = options.FloorsByGroup();
        _gates = new FirstStageThresholds(options, _lowestRate);
        Floors[] floors = [options.Floors, .. _groups.Values];
        _fastSent = FastGates.Of(options.FastFactor, floors.Min(f => f.Out), floors.Min(f => f.Syn));
        _fastReceived = FastGates.Of(options.FastFactor, floors.Min(f => f.In), floors.Min(f => f.InBits) / 8.0);
        _book.HoldDownMs = (long)options.HoldDown.TotalMilliseconds;
        _volumes = new VolumeRules(options, _time, _book, FloorsOf, _parts.Exporters, _isDoubtful);
        _tries = new ConnectionAttemptRules(options, _book, _parts.Exporters, _isDoubtful);
        _allowed = Set(options.AllowRemotes);
        _mayMail = Set(options.MayMail);
        _mailRelays = Set(options.MailRelays);
        _mailPorts = [.. options.MailPorts.Take(TrafficClass.MaxPorts)];
        _amplifiers = Bits(options.AmplifierPorts);
        _mailBits = Bits(_mailPorts);
    }

    /// <summary>As of a recent batch; may be read from any thread, each number by itself.</summary>
    public DetectingCounts Counts => _counts;

    /// <summary>Octets of memory set aside, taken as they are used.</summary>
    public ulong Octets => _table.Octets + ((ulong)_parts.Options.Details * SecondStagePool.Octets);

    /// <summary>Counts a batch. Allocates nothing unless a rule fires.</summary>
    public void Add(ReadOnlySpan<Flow> flows)
    {
        var latest = _parts.Clock is { } clock ? clock.GetUtcNow().ToUnixTimeMilliseconds() + AheadMs : long.MaxValue;
        var homes = stackalloc ulong[Ring];
        var places = stackalloc SubjectCounters*[Ring];
        for (var i = 0; i < flows.Length + (3 * Ahead); i++)
        {
            if (i < flows.Length)
            {
                homes[i % Ring] = _table.SlotOf(flows[i].Subject);
            }

            if (i - Ahead is var marked && (uint)marked < (uint)flows.Length)
            {
                places[marked % Ring] = _table.Probe(homes[marked % Ring]);
            }

            if (i - (2 * Ahead) is var found && (uint)found < (uint)flows.Length)
            {
                Prefetch(flows[found], places[found % Ring]);
            }

            if (i - (3 * Ahead) is var taken && taken >= 0)
            {
                if (flows[taken].Standing == FlowStanding.Corroborated)
                {
                    AddFlow(flows[taken], homes[taken % Ring], places[taken % Ring], latest);
                    if (flows[taken].EndMs < _doubtedUntilMs)
                    {
                        _doubted!.AddBeside(flows[taken], latest);
                    }
                }
                else
                {
                    AddDoubtful(flows[taken], latest);
                }
            }
        }

        Publish();
    }

    /// <summary>Everything that ended before has been heard: judges it, though nothing more may come.
    /// <see cref="long.MaxValue"/> says nothing. Where flows are live our clock alone says it:
    /// <see cref="Tick"/>.</summary>
    public void Advance(long heardMs)
    {
        if (_parts.Clock is not null)
        {
            Tick();
        }
        else if (_mark != long.MinValue && heardMs != long.MaxValue && heardMs + _time.WaitMs > _mark)
        {
            Move(heardMs + _time.WaitMs);
        }

        if (_mark > 0)
        {
            _table.Sweep((uint)Math.Max(0, (_mark / FlowTime.MinuteMs) - OldestMinutes), SweepParts);
        }

        _doubted?.Advance(heardMs);
        Publish();
    }

    /// <summary>No more flows: judges all that is open and closes every event.</summary>
    public void Finish()
    {
        JudgeAll();
        _doubted?.Finish();
        _book.CloseBefore(long.MaxValue, _isDoubtful);
        Publish();
    }

    /// <summary>Whether a subject sent anything since a minute: the mechanical counter's word, and nothing of how much
    /// or where to. For the shard's own thread.</summary>
    /// <param name="subject">Its block of addresses, or its line.</param>
    /// <param name="sinceMinute">Minutes since the UNIX epoch.</param>
    public bool HasSent(in IpKey subject, uint sinceMinute)
    {
        var place = _table.Find(subject);
        return place is not null && place->SentMinute != 0 && place->SentMinute >= sinceMinute;
    }

    public void Dispose()
    {
        _doubted?.Dispose();
        _table.Dispose();
        _pool.Dispose();
    }

    /// <summary>Asks for the detail that a flow will touch.</summary>
    private void Prefetch(in Flow flow, SubjectCounters* place)
    {
        if (place is not null && (flow.PacketsOut > 0 ? place->OutBlock : place->InBlock) is var block && block != 0)
        {
            _pool.Prefetch(block, flow.StartMs / _time.BinMs, flow.EndMs / _time.BinMs);
        }
    }

    private static NetworkTable? Set(IReadOnlyList<Prefix> prefixes) =>
        prefixes.Count == 0 ? null : new NetworkTable([.. prefixes.Select(p => new Network(p))]);

    private void Publish() => _counts = new DetectingCounts
    {
        Seen = _seen,
        Counted = _counted,
        Late = _lateFlows,
        Ahead = _ahead,
        NoRoom = _noRoom,
        Allowed = _allowedFlows,
        AtBorder = _atBorder,
        Doubtful = _doubtful,
        Clipped = _clipped,
        Subjects = _table.Held,
        Evicted = _table.Evicted,
        Details = _pool.Held,
        DetailsRefused = _refused,
        EventsOpen = _book.Open,
        EventsOpened = _book.Opened,
        EventsClosed = _book.Closed,
        EventsRefused = _book.Refused,
    };

    private void AddFlow(in Flow flow, ulong home, SubjectCounters* near, long latest)
    {
        _seen++;
        var heard = Math.Min(flow.EndMs, flow.StartMs + _time.WaitMs);
        if (heard > _edge || flow.EndMs < _bin * _time.BinMs || flow.EndMs > latest)
        {
            if (!TryAdvance(flow, heard, latest))
            {
                return;
            }
        }
        else if (_late > 0)
        {
            _late--;
        }

        if (_allowed?.Find(flow.Remote) is not null)
        {
            _allowedFlows++;
            return;
        }

        var minute = (uint)(flow.EndMs / FlowTime.MinuteMs);
        // The mark may be another subject's, and meanwhile the place may have become one's.
        var place =
            near is not null && CounterTable.IsOf(near, flow.Subject) ? near : _table.Find(flow.Subject, home, minute);
        if (place is null)
        {
            _noRoom++;
            return;
        }

        if (flow.Role == 0)
        {
            place->AtEdge = 1;
        }
        else if (place->AtEdge != 0)
        {
            _atBorder++;
            return;
        }

        if (flow.Standing != FlowStanding.Corroborated
            && (place->DoubtedMinute == 0 || (short)((ushort)minute - place->DoubtedMinute) > 0))
        {
            place->DoubtedMinute = (ushort)minute;
        }

        _counted++;
        place->SentMinute = flow.PacketsOut > 0 && minute > place->SentMinute ? minute : place->SentMinute;
        place->Roll(minute);
        Count(place, flow);
    }

    /// <summary>What is not corroborated is counted apart, so that it adds to nothing that is and casts no doubt on it:
    /// its events are its own, and sealed (ADR 0060).</summary>
    private void AddDoubtful(in Flow flow, long latest)
    {
        _doubtful++;
        _doubted ??= new Detector(
            _parts with
            {
                Options = _options with
                {
                    Subjects = _parts.Options.Subjects, Details = Math.Max(1, _parts.Options.Details / DoubtfulShare),
                },
                HashKey = _key,
            },
            _book);
        _doubtedUntilMs = Math.Max(_doubtedUntilMs, ((flow.EndMs / FlowTime.MinuteMs) + 2) * FlowTime.MinuteMs);
        _doubted.AddFlow(flow, _doubted._table.SlotOf(flow.Subject), null, latest);
    }

    /// <summary>Halves of one conversation may come by two exporters, of which one is not corroborated: of a subject
    /// that was doubted in this minute or the one before, all is counted.</summary>
    private void AddBeside(in Flow flow, long latest)
    {
        if (_table.Find(flow.Subject) is var place && place is not null
            && (short)((ushort)(flow.EndMs / FlowTime.MinuteMs) - place->DoubtedMinute) <= 1)
        {
            AddFlow(flow, _table.SlotOf(flow.Subject), null, latest);
        }
    }

    /// <summary>Moves time on, or says that a flow is out of it.</summary>
    private bool TryAdvance(in Flow flow, long heard, long latest)
    {
        if (flow.EndMs > latest)
        {
            _ahead++;
            return false;
        }

        if (_mark == long.MinValue)
        {
            Begin(heard);
        }
        else if (heard > _edge)
        {
            Move(heard);
        }
        else if (++_late > LateBeforeBack)
        {
            JudgeAll();
            Begin(heard);
        }
        else
        {
            _lateFlows++;
            return false;
        }

        _behindMs = latest - AheadMs - _mark;
        return true;
    }

    private (Floors Floors, double LineRate) FloorsOf(IpKey subject) => _parts.Networks.Find(subject) is { } network
        ? (_groups.GetValueOrDefault(network.Group, _options.Floors), network.LineRate)
        : (_options.Floors, 0);
}
