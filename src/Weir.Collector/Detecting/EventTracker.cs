// SPDX-License-Identifier: Apache-2.0
//
// Events under way. One opens when a rule has enough, is told again while it grows, and closes once, when nothing
// of it was seen for the hold-down: a flood that pauses for a bin is one flood.
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Collector.Detecting;

/// <summary>What a rule saw in the span it judged.</summary>
internal sealed record RuleBreach
{
    public required IpKey Subject { get; init; }

    public required string Rule { get; init; }

    public required TrafficClass? Class { get; init; }

    public ushort ServicePort { get; init; }

    public required long FromMs { get; init; }

    public required long UntilMs { get; init; }

    public required double Measured { get; init; }

    public required double Threshold { get; init; }

    public required string Unit { get; init; }

    public required int WindowSeconds { get; init; }

    public required uint Sampling { get; init; }

    public required FlowSource Source { get; init; }

    /// <summary>Why it is not corroborated.</summary>
    public EvidenceDoubt Doubt { get; init; }

    public string Detail { get; init; } = "";
}

/// <summary>Opens, grows and closes events, and hands on each step. Not for several threads.</summary>
internal sealed class EventTracker(
    Func<IpKey, long, SubjectKey> name, IQualityEventSink sink, ulong firstNumber)
{
    /// <summary>A growing event is told again so often.</summary>
    private const long GrownEveryMs = 60_000;

    /// <summary>Events of one subject that may be under way at once; what is beyond waits for one of
    /// them to close.</summary>
    private const int MaxPerSubject = 16;

    private readonly Dictionary<IpKey, List<OpenEvent>> _open = [];
    private ulong _next = firstNumber;

    /// <summary>An event closes when nothing of it was seen for so long.</summary>
    public long HoldDownMs { get; set; }

    private sealed class OpenEvent
    {
        public required QualityEvent Reported { get; set; }

        public required long UntilMs { get; set; }

        public required double Measured { get; set; }

        /// <summary>Whether it rests on what is not corroborated; that never changes: what is corroborated is an event
        /// of its own.</summary>
        public bool IsDoubtful => Reported.Doubt != EvidenceDoubt.None;

        /// <summary>Why it is not corroborated, as it stands now.</summary>
        public required EvidenceDoubt Doubt { get; set; }

        /// <summary>As it stands now.</summary>
        public QualityEvent As(EventPhase phase) => Reported with
        {
            Phase = phase,
            UntilMs = UntilMs,
            Measured = Measured,
            CorroboratedMs = IsDoubtful ? 0 : UntilMs,
            Doubt = Doubt,
        };
    }

    public int Open { get; private set; }

    public long Opened { get; private set; }

    public long Closed { get; private set; }

    /// <summary>Events not opened because their subject has too many under way.</summary>
    public long Refused { get; private set; }

    public bool HasOpen(IpKey subject) => _open.ContainsKey(subject);

    public bool IsOpen(IpKey subject, string rule, bool isDoubtful) => _open.TryGetValue(subject, out var open)
        && open.Exists(o => o.Reported.Rule == rule && (isDoubtful || !o.IsDoubtful));

    /// <summary>Adds to the event it belongs to, or opens one.</summary>
    public void Observe(RuleBreach seen)
    {
        if (!_open.TryGetValue(seen.Subject, out var open))
        {
            _open[seen.Subject] = open = [];
        }

        var isDoubtful = seen.Doubt != EvidenceDoubt.None;
        if (isDoubtful && open.Exists(o => !o.IsDoubtful && IsOf(o, seen) && o.UntilMs >= seen.FromMs))
        {
            // It is told already, and better.
            return;
        }

        if (open.Find(o => o.IsDoubtful == isDoubtful && IsOf(o, seen)) is { } under)
        {
            Grow(under, seen);
            return;
        }

        if (open.Count(o => o.IsDoubtful == isDoubtful) == MaxPerSubject)
        {
            Refused++;
            return;
        }

        var told = new QualityEvent
        {
            Number = _next++,
            Phase = EventPhase.Opened,
            Subject = name(seen.Subject, seen.FromMs),
            Rule = seen.Rule,
            RuleVersion = RuleSetVersion.Version,
            Class = seen.Class,
            ServicePort = seen.ServicePort,
            FromMs = seen.FromMs,
            UntilMs = seen.UntilMs,
            TriggeredMs = seen.UntilMs,
            Measured = seen.Measured,
            Threshold = seen.Threshold,
            Unit = seen.Unit,
            WindowSeconds = seen.WindowSeconds,
            SamplingInterval = seen.Sampling,
            Exporter = seen.Source.Exporter,
            Domain = seen.Source.Domain,
            Interface = seen.Source.Interface,
            Doubt = seen.Doubt,
            CorroboratedMs = isDoubtful ? 0 : seen.UntilMs,
            Detail = seen.Detail,
        };
        open.Add(new OpenEvent
        {
            Reported = told,
            UntilMs = seen.UntilMs,
            Measured = seen.Measured,
            Doubt = seen.Doubt,
        });
        (Open, Opened) = (Open + 1, Opened + 1);
        sink.Handle(told);
    }

    /// <summary>Closes what has had no evidence for the hold-down before a moment; <see cref="long.MaxValue"/>
    /// closes everything.</summary>
    /// <param name="judgedMs">The moment.</param>
    /// <param name="isDoubtful">Which are meant: what is corroborated, or what is not; each has a time of its
    /// own.</param>
    public void CloseBefore(long judgedMs, bool isDoubtful)
    {
        List<IpKey>? done = null;
        foreach (var (subject, open) in _open)
        {
            foreach (var under in open)
            {
                if (IsDue(under))
                {
                    (Open, Closed) = (Open - 1, Closed + 1);
                    sink.Handle(under.As(EventPhase.Closed));
                }
            }

            open.RemoveAll(IsDue);
            if (open.Count == 0)
            {
                (done ??= []).Add(subject);
            }
        }

        done?.ForEach(subject => _open.Remove(subject));

        bool IsDue(OpenEvent under) => under.IsDoubtful == isDoubtful
            && (judgedMs == long.MaxValue || under.UntilMs + HoldDownMs <= judgedMs);
    }

    private void Grow(OpenEvent under, RuleBreach seen)
    {
        under.UntilMs = Math.Max(under.UntilMs, seen.UntilMs);
        if (seen.Unit == under.Reported.Unit)
        {
            under.Measured = Math.Max(under.Measured, seen.Measured);
        }

        under.Doubt = seen.Doubt;
        if (under.UntilMs - under.Reported.UntilMs >= GrownEveryMs || under.Doubt != under.Reported.Doubt)
        {
            under.Reported = under.As(EventPhase.Grown);
            sink.Handle(under.Reported);
        }
    }

    private static bool IsOf(OpenEvent open, RuleBreach seen) =>
        open.Reported.Rule == seen.Rule && Covers(open.Reported.Class, seen.Class);

    /// <summary>Whether evidence is about what an event is about. A flood that turns to another victim is another
    /// event: scopes do not widen.</summary>
    private static bool Covers(TrafficClass? open, TrafficClass? seen)
    {
        if (open is null || seen is null)
        {
            return open is null && seen is null;
        }

        var (has, asks) = (open.Predicate, seen.Predicate);
        if (has.Direction == Direction.In && asks.Direction == Direction.In && has.Trait == asks.Trait)
        {
            // Whoever else joins a flood that comes in, it is one; the class names those who began it.
            return has.Protocol == asks.Protocol
                && (has.RemotePorts.IsEmpty == asks.RemotePorts.IsEmpty)
                && (has.RemotePorts.IsEmpty || asks.RemotePorts.Any(has.RemotePorts.Contains));
        }

        return has.Protocol == asks.Protocol
            && (has.Remotes.IsEmpty
                ? asks.RemotePorts.Any(has.RemotePorts.Contains)
                : asks.Remotes.IsEmpty || asks.Remotes.Any(has.Remotes.Contains));
    }
}

/// <summary>The version of the rules as they stand: raised whenever one changes its meaning.</summary>
internal static class RuleSetVersion
{
    public const int Version = 1;
}
