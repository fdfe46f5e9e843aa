// SPDX-License-Identifier: Apache-2.0
//
// The streams of one exporter, and what its next message is worth as grounds (rules.md R21, ADR 0059). Asked once a
// message, never a flow. One idea settles the rest: a stream without standing changes nothing that belongs to one with
// standing. So a stranger's datagrams are streams of their own, which make room for each other alone; the first of each
// is held until another continues it; and two that go on with one sequence from one port put that one stream in doubt.
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Collector.Corroborating;

/// <summary>Streams of one exporter. Belongs to its lane.</summary>
/// <param name="options">What makes a stream corroborated.</param>
/// <param name="isNamed">Whether the configuration names a domain or a port of the exporter.</param>
/// <param name="isOfSessions">Whether a port stands for a connection. Over one templates come once: nothing of it makes
/// room, and where none is <see cref="LacksRoom"/> says so.</param>
internal sealed partial class StreamBook(
    CorroboratingOptions options, Func<StreamKey, bool>? isNamed = null, bool isOfSessions = false)
{
    /// <summary>Streams that went on, and first messages that none continued yet.</summary>
    public const int MostStreams = 256;
    public const int MostFirsts = 256;

    /// <summary>So many an exporter may have whatever others have: who invents exporters keeps none out.</summary>
    public const int FreeStreams = 8;

    private const int MostDomains = 1_024;

    /// <summary>First datagrams that are held, the latest, and octets of each at most. Of connections as many messages
    /// as a router has domains, as long as they come.</summary>
    private const int MostHeld = 16;
    private const int MostHeldOfSessions = 64;
    private const int LongestHeld = 9_216;

    private static readonly List<ExportStream> None = [];

    private readonly Dictionary<StreamKey, List<ExportStream>> _byKey = [];
    private readonly List<ExportStream> _streams = [];
    private readonly Queue<ExportStream> _firsts = new();
    private readonly Queue<ExportStream> _held = new();
    private readonly HashSet<(ExportProtocol, uint)> _knownDomains = [];
    private readonly long _earnedAfterMs = (long)options.After.TotalMilliseconds;
    private int _kept;
    private ExportStream? _current;
    private ExportStream? _begun;
    private byte[]? _toRead;
    private (StreamKey Key, List<ExportStream> Streams) _lastMet = (default, None);

    /// <summary>Messages that continued a stream, those among them that were corroborated, and those that continued
    /// none.</summary>
    public long Continued { get; private set; }

    public long Corroborated { get; private set; }

    public long Strays { get; private set; }

    /// <summary>Messages with numbers that were told before, in other octets.</summary>
    public long Overlaps { get; private set; }

    /// <summary>Datagrams that came twice, octet for octet.</summary>
    public long Copies { get; private set; }

    /// <summary>Streams that are kept in memory, of whatever worth.</summary>
    public int Kept => _kept;

    /// <summary>Messages that could begin no stream, for all exporters together have too many.</summary>
    public long WithoutRoom { get; private set; }

    /// <summary>Whether the datagram being read began a stream, or went on with one, that there was no room for.
    /// </summary>
    public bool LacksRoom { get; set; }

    /// <summary>Whether one of its streams has its standing.</summary>
    public bool HasStanding(long nowMs) => _streams.Exists(one => one.Stands(nowMs));

    /// <summary>Told of each stream that is forgotten.</summary>
    public Action<ExportStream>? Forgotten { get; set; }

    /// <summary>The stream that the message being read belongs to, where it has no standing: what it teaches is its
    /// own.
    /// </summary>
    public ExportStream? Newcomer { get; private set; }

    /// <summary>The stream that has earned its standing with the message being read: what it taught is the exporter's.
    /// </summary>
    public ExportStream? Risen { get; private set; }

    /// <summary>All of it at a moment, the last arrival of its exporter.</summary>
    public StreamFigures FiguresAt(long nowMs)
    {
        var (standing, further, contestedMs) = (0, 0, 0L);
        foreach (var one in _streams)
        {
            var isHeard = nowMs - one.LastMs < Math.Max(_earnedAfterMs, ExportStream.LongestPauseMs);
            var isContested = one.IsStanding && one.IsContested(nowMs, _earnedAfterMs);
            standing += isHeard && one.IsStanding && !isContested ? 1 : 0;
            further += isHeard && !one.IsStanding && one.HasEarned(_earnedAfterMs) ? 1 : 0;
            contestedMs = isHeard && isContested ? Math.Max(contestedMs, one.ContestedMs) : contestedMs;
        }

        return new(Continued, Corroborated, Strays + Overlaps, Copies, contestedMs, standing, _earnedAfterMs)
        {
            Further = further,
        };
    }

    /// <summary>What a message is worth.</summary>
    /// <param name="header">Of the message.</param>
    /// <param name="port">It came from.</param>
    /// <param name="digest">Of its datagram.</param>
    /// <param name="arrivedAtMs">When it came.</param>
    public FlowStanding Observe(in ExportHeader header, ushort port, ulong digest, long arrivedAtMs)
    {
        var key = new StreamKey(header.Protocol, header.Domain, port);
        (_current, _begun, Newcomer, Risen) = (null, null, null, null);
        var (best, met) = (Continuation.None, (ExportStream?)null);
        foreach (var stream in Met(in key))
        {
            var found = stream.Weigh(in header, digest, arrivedAtMs);
            if (found > best || (found == best && met is not null && found != Continuation.None
                && (stream.IsStanding, stream.Messages).CompareTo((met.IsStanding, met.Messages)) > 0))
            {
                (best, met) = (found, stream);
            }
        }

        switch (best)
        {
            case Continuation.Continues:
                met!.Continue(in header, digest, arrivedAtMs);
                return Worth(met, arrivedAtMs);
            case Continuation.Copy:
                Copies++;
                return FlowStanding.Stray;
            case Continuation.Collides:
                return Collide(met!, in header, digest, arrivedAtMs);
            default:
                Strays++;
                Begin(in key, new ExportStream(in key, in header, digest, arrivedAtMs) { Before = met });
                return FlowStanding.Stray;
        }
    }

    /// <summary>The message that was observed last is over.</summary>
    /// <param name="units">What it was worth in numbers of its sequence.</param>
    /// <param name="isWhole">Whether that is known.</param>
    public void Advance(uint units, bool isWhole) => _current?.Advance(units, isWhole);

    /// <summary>Keeps a datagram whose message began a stream, until another continues it.</summary>
    public void Hold(ReadOnlySpan<byte> datagram)
    {
        if (isOfSessions)
        {
            HoldOfSession(datagram);
        }
        else if (_begun is { } begun && datagram.Length <= LongestHeld)
        {
            while (_held.Count >= MostHeld || !options.HeldOctets.TryTake(datagram.Length))
            {
                if (!_held.TryDequeue(out var oldest))
                {
                    _begun = null;
                    return;
                }

                Release(oldest);
            }

            begun.Held = datagram.ToArray();
            _held.Enqueue(begun);
        }

        _begun = null;
    }

    /// <summary>The first datagram of the stream that the message observed last continued as the first; else
    /// null.</summary>
    public byte[]? TakeHeld()
    {
        var held = _toRead;
        _toRead = null;
        return held;
    }

    /// <summary>For the next run of ours: streams that have their standing.</summary>
    public IEnumerable<(StreamKey Key, SavedStream Stream)> Save() =>
        _streams.Where(one => one.IsStanding).Select(one => (one.Key, one.Save()));

    public void Resume(in StreamKey key, in SavedStream saved)
    {
        if (HasRoom(saved.LastMs))
        {
            var stream = new ExportStream(in key, in saved);
            Add(StreamsOf(in key), stream);
            Keep(stream, saved.LastMs);
            Know(stream);
        }
    }

    private FlowStanding Worth(ExportStream stream, long arrivedAtMs)
    {
        Continued++;
        _current = stream;
        if (!stream.IsKept)
        {
            Keep(stream, arrivedAtMs);
        }

        _toRead = stream.Held ?? _toRead;
        Release(stream);
        if (stream.Before is { } before && stream.Succeeds(arrivedAtMs))
        {
            stream.Inherit(before);
            _ = Forget(before);
            Risen = stream.IsStanding ? stream : null;
        }

        if (!stream.IsStanding && stream.HasEarned(_earnedAfterMs) && !IsFurther(stream, arrivedAtMs))
        {
            stream.IsStanding = true;
            Know(stream);
            Risen = stream;
        }

        if (!stream.IsStanding)
        {
            Newcomer = stream;
            return FlowStanding.Doubtful;
        }

        if (stream.IsContested(arrivedAtMs, _earnedAfterMs))
        {
            return FlowStanding.Contested;
        }

        if (stream.IsUnsettled)
        {
            return FlowStanding.Doubtful;
        }

        Corroborated++;
        return FlowStanding.Corroborated;
    }

    /// <summary>Somebody told this number before: nobody can tell who is true. What comes so is doubtful and teaches
    /// nothing; a stream without standing that overlaps itself does not count what its protocol says.</summary>
    private FlowStanding Collide(ExportStream stream, in ExportHeader header, ulong digest, long arrivedAtMs)
    {
        Overlaps++;
        _current = stream;
        Newcomer = stream.IsStanding ? null : stream;
        if (!stream.Collide(in header, digest) || !stream.IsStanding)
        {
            return FlowStanding.Doubtful;
        }

        if (!HasRoom(arrivedAtMs))
        {
            return FlowStanding.Doubtful;
        }

        var other = stream.Split(in header, digest, arrivedAtMs);
        Add(StreamsOf(stream.Key), other);
        Keep(other, arrivedAtMs);
        _current = other;
        return FlowStanding.Contested;
    }

    /// <summary>Whether a stream that went on for long enough has to be named first, for one that had its standing
    /// before it began is still heard: of the same domain, or of any where its domain never had one.</summary>
    private bool IsFurther(ExportStream stream, long nowMs)
    {
        if (isNamed?.Invoke(stream.Key) == true)
        {
            return false;
        }

        var isKnown = _knownDomains.Contains((stream.Key.Protocol, stream.Key.Domain));
        foreach (var one in _streams)
        {
            if (one != stream && one.IsStanding && nowMs - one.LastMs < ExportStream.LongestPauseMs
                && one.SinceMs + _earnedAfterMs <= stream.BegunMs
                && (!isKnown || (one.Key.Protocol, one.Key.Domain) == (stream.Key.Protocol, stream.Key.Domain)))
            {
                return true;
            }
        }

        return false;
    }

    private void Know(ExportStream stream)
    {
        if (_knownDomains.Count < MostDomains)
        {
            _ = _knownDomains.Add((stream.Key.Protocol, stream.Key.Domain));
        }
    }

    /// <summary>A stream that went on; where there are many, the one of the least worth makes room.</summary>
    private void Keep(ExportStream stream, long nowMs)
    {
        if (_streams.Count >= MostStreams)
        {
            _ = Forget(_streams.MinBy(one => (one.Stands(nowMs), one.Messages, one.LastMs))!);
        }

        stream.IsKept = true;
        _streams.Add(stream);
    }

    private void Begin(in StreamKey key, ExportStream begun)
    {
        if (!HasRoom(begun.LastMs))
        {
            LacksRoom = true;
            WithoutRoom++;
            return;
        }

        (_current, _begun) = (begun, begun);
        Add(StreamsOf(in key), begun);
        _firsts.Enqueue(begun);
        if (_firsts.Count > MostFirsts && _firsts.Dequeue() is var oldest && !oldest.IsKept)
        {
            _ = Forget(oldest);
        }
    }

    /// <summary>Streams of a key. An exporter has few, and most of its messages are of the one before.</summary>
    private List<ExportStream> Met(in StreamKey key)
    {
        if (_lastMet.Streams.Count == 0 || _lastMet.Key != key)
        {
            _lastMet = (key, _byKey.GetValueOrDefault(key) ?? None);
        }

        return _lastMet.Streams;
    }

    private List<ExportStream> StreamsOf(in StreamKey key)
    {
        if (!_byKey.TryGetValue(key, out var streams))
        {
            _byKey[key] = streams = [];
        }

        return streams;
    }
}
