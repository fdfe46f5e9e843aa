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

    public required IpKey Exporter { get; init; }

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
    }

    public int Open { get; private set; }

    public long Opened { get; private set; }

    public long Closed { get; private set; }

    /// <summary>Events not opened because their subject has too many under way.</summary>
    public long Refused { get; private set; }

    public bool HasOpen(IpKey subject) => _open.ContainsKey(subject);

    public bool IsOpen(IpKey subject, string rule) =>
        _open.TryGetValue(subject, out var open) && open.Exists(o => o.Reported.Rule == rule);

    /// <summary>Adds to the event it belongs to, or opens one.</summary>
    public void Observe(RuleBreach seen)
    {
        if (!_open.TryGetValue(seen.Subject, out var open))
        {
            _open[seen.Subject] = open = [];
        }

        if (open.Find(o => o.Reported.Rule == seen.Rule && Covers(o.Reported.Class, seen.Class)) is { } under)
        {
            Grow(under, seen);
            return;
        }

        if (open.Count == MaxPerSubject)
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
            Exporter = seen.Exporter,
            Detail = seen.Detail,
        };
        open.Add(new OpenEvent { Reported = told, UntilMs = seen.UntilMs, Measured = seen.Measured });
        (Open, Opened) = (Open + 1, Opened + 1);
        sink.Handle(told);
    }

    /// <summary>Closes what has had no evidence for the hold-down before a moment; <see cref="long.MaxValue"/>
    /// closes everything.</summary>
    public void CloseBefore(long judgedMs)
    {
        List<IpKey>? done = null;
        foreach (var (subject, open) in _open)
        {
            foreach (var under in open)
            {
                if (judgedMs == long.MaxValue || under.UntilMs + HoldDownMs <= judgedMs)
                {
                    (Open, Closed) = (Open - 1, Closed + 1);
                    sink.Handle(under.Reported with
                    {
                        Phase = EventPhase.Closed,
                        UntilMs = under.UntilMs,
                        Measured = under.Measured
                    });
                }
            }

            open.RemoveAll(under => judgedMs == long.MaxValue || under.UntilMs + HoldDownMs <= judgedMs);
            if (open.Count == 0)
            {
                (done ??= []).Add(subject);
            }
        }

        done?.ForEach(subject => _open.Remove(subject));
    }

    private void Grow(OpenEvent under, RuleBreach seen)
    {
        under.UntilMs = Math.Max(under.UntilMs, seen.UntilMs);
        under.Measured = Math.Max(under.Measured, seen.Measured);
        if (under.UntilMs - under.Reported.UntilMs >= GrownEveryMs)
        {
            under.Reported =
                under.Reported with { Phase = EventPhase.Grown, UntilMs = under.UntilMs, Measured = under.Measured };
            sink.Handle(under.Reported);
        }
    }

    /// <summary>Whether evidence is about what an event is about. A flood that turns to another victim is another
    /// event: scopes do not widen.</summary>
    private static bool Covers(TrafficClass? open, TrafficClass? seen)
    {
        if (open is null || seen is null)
        {
            return open is null && seen is null;
        }

        var (has, asks) = (open.Predicate, seen.Predicate);
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
