// SPDX-License-Identifier: Apache-2.0
//
// What an event comes to beside the scopes of its subject (rules.md R2 to R5). Fresh evidence inside a scope of the
// same rule moves its end; anything else opens a further scope, never a wider one. An attack that hops ports gets a
// scope a hop, then one of at most eight ports, then one of the victim's address alone (worked example 14). The desk
// decides by this, and the collector records by it at once, whether the desk hears of it in a second or in an hour: so
// it goes by the events' own times and by no clock.
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Signing;

namespace Weir.Contracts.Grounds;

/// <summary>What an event comes to.</summary>
public abstract record EventStep
{
    private EventStep()
    {
    }

    /// <summary>A scope goes on.</summary>
    /// <param name="Scope">As it stands then.</param>
    /// <param name="IsMoved">Whether that is otherwise than before.</param>
    public sealed record Slides(EventScope Scope, bool IsMoved) : EventStep;

    /// <summary>A scope has reached the longest time it may have, and its event lasts.</summary>
    /// <param name="Ended">As it ends.</param>
    /// <param name="Opened">The next of the same class.</param>
    public sealed record Renews(EventScope Ended, EventScope Opened) : EventStep;

    /// <summary>A further scope.</summary>
    /// <param name="Opened">The scope.</param>
    /// <param name="TakesOver">Scopes of several ports whose ports it has too.</param>
    public sealed record Opens(EventScope Opened, IReadOnlyList<EventScope> TakesOver) : EventStep;
}

/// <summary>Judges events. Pure.</summary>
/// <param name="limits">How far a scope may reach around its grounds.</param>
public sealed class EventScopes(ScopeLimits limits)
{
    /// <summary>An end is moved in steps of this, so that a long event does not fill the audit; it always lies
    /// further ahead.</summary>
    private const long SlideStepMs = 5 * 60_000;

    /// <summary>How long after a scope's end the next hop is one of the same attack: as long as flows of its time may
    /// be exported late.</summary>
    private const long HopMs = 10 * 60_000;

    /// <summary>What an event comes to.</summary>
    /// <param name="standing">Scopes of its subject, in no order.</param>
    /// <param name="quality">An event that names a class.</param>
    /// <param name="signed">Its envelope.</param>
    /// <exception cref="ArgumentException">It names none.</exception>
    public EventStep Next(IEnumerable<EventScope> standing, QualityEvent quality, Envelope signed)
    {
        var named = quality.Class?.Predicate
            ?? throw new ArgumentException("an event that names no class opens no scope", nameof(quality));
        List<EventScope> same = [.. standing.Where(scope => scope.Rule == quality.Rule)];
        return Covering(same, quality, named) is { } scope ? Go(scope, quality, signed)
            : Open(same, quality, named, signed);
    }

    /// <summary>Last evidence of an event, as far as it is corroborated; of one that is not, as far as it goes.
    /// </summary>
    private static long LastOf(QualityEvent quality) =>
        quality.CorroboratedMs > 0 ? quality.CorroboratedMs : quality.UntilMs;

    /// <summary>The scope that an event belongs to: one that is in force before one that is over, its own before
    /// another's.</summary>
    private EventScope? Covering(List<EventScope> same, QualityEvent quality, FlowPredicate named) =>
        same.Where(scope => named.IsWithin(scope.Class)
                && (quality.Number == scope.Event
                    ? quality.FromMs >= scope.FromMs || IsRenewed(scope) || IsLonger(quality)
                    : quality.FromMs >= scope.FromMs && quality.FromMs <= scope.UntilMs
                        && (scope.Doubt == EvidenceDoubt.None || quality.Doubt != EvidenceDoubt.None)))
            .MinBy(scope => (scope.IsOver, quality.Number != scope.Event, scope.FromMs, scope.Id.Number));

    /// <summary>It begins where another ended, within its event.</summary>
    private bool IsRenewed(EventScope scope) => scope.ExpiresMs - scope.FromMs <= limits.CapMs;

    /// <summary>Longer than a scope may be: its scopes begin after it.</summary>
    private bool IsLonger(QualityEvent quality) => quality.UntilMs - quality.FromMs >= limits.CapMs;

    private EventStep Go(EventScope scope, QualityEvent quality, Envelope signed)
    {
        var lastMs = scope.Doubt == EvidenceDoubt.None ? quality.CorroboratedMs : LastOf(quality);
        IReadOnlyList<Envelope> grounds = [.. scope.Grounds, signed];
        if (lastMs >= scope.ExpiresMs)
        {
            var ended = scope with
            {
                LastMs = scope.ExpiresMs,
                UntilMs = scope.ExpiresMs,
                Grounds = GroundsSelection.Select(scope.Class, grounds),
                IsOver = true,
            };
            var fromMs = Begin(quality, Math.Max(scope.ExpiresMs, quality.UntilMs - limits.BeforeMs));
            return new EventStep.Renews(ended, Make(quality, scope.Class, grounds, (fromMs, fromMs)));
        }

        var selected = GroundsSelection.Select(scope.Class, grounds);
        var doubt = ScopeGrounds.DoubtOf(scope.Class, selected);
        var moved = lastMs - scope.LastMs;
        return moved < SlideStepMs && !(quality.Phase == EventPhase.Closed && moved > 0) && doubt == scope.Doubt
            ? new EventStep.Slides(scope, IsMoved: false)
            : new EventStep.Slides(
                scope with
                {
                    LastMs = Math.Max(lastMs, scope.LastMs),
                    UntilMs = Math.Max(scope.UntilMs, Math.Min(lastMs + limits.AfterMs, scope.ExpiresMs)),
                    Grounds = selected,
                    Doubt = doubt,
                    IsOver = false,
                },
                IsMoved: true);
    }

    /// <summary>The scope of an event, or of the ports to which its attack has hopped.</summary>
    private EventStep.Opens Open(List<EventScope> same, QualityEvent quality, FlowPredicate named, Envelope signed)
    {
        var firstMs = Begin(quality, quality.FromMs);
        var hops = same.FindAll(scope => (scope.Doubt == EvidenceDoubt.None) == (quality.Doubt == EvidenceDoubt.None)
            && ScopeGrounds.AreHops(scope.Class, named) && quality.FromMs <= scope.UntilMs + HopMs);
        HashSet<ushort> ports = [.. hops.SelectMany(scope => scope.Class.RemotePorts), .. named.RemotePorts];
        return hops.Count == 0 || ports.Count <= ScopeGrounds.SingleHops
            ? new(Make(quality, named, [signed], (firstMs - limits.BeforeMs, firstMs)), [])
            : new(
                Make(
                    quality, ScopeGrounds.Hopped([.. ports.Order()], named),
                    [.. hops.OrderBy(scope => (scope.FromMs, scope.Id.Number)).SelectMany(scope => scope.Grounds)
                        .Distinct(), signed],
                    (firstMs - limits.BeforeMs, firstMs)),
                hops.FindAll(scope => !scope.IsOver && scope.Class.RemotePorts.Length > ScopeGrounds.SingleHops));
    }

    /// <summary>An event that is longer than a scope may be gets one of its last evidence.</summary>
    private long Begin(QualityEvent quality, long firstMs) =>
        quality.UntilMs - firstMs >= limits.CapMs ? quality.UntilMs : firstMs;

    private EventScope Make(
        QualityEvent quality, FlowPredicate named, IReadOnlyList<Envelope> grounds, (long FromMs, long FirstMs) begin)
    {
        var (selected, lastMs) = (GroundsSelection.Select(named, grounds), LastOf(quality));
        return new()
        {
            Id = EventScope.NumberOf(quality.Number, named, begin.FromMs),
            Rule = quality.Rule,
            Event = quality.Number,
            Class = named,
            FromMs = begin.FromMs,
            LastMs = lastMs,
            UntilMs = Math.Min(lastMs + limits.AfterMs, begin.FirstMs + limits.CapMs),
            ExpiresMs = begin.FirstMs + limits.CapMs,
            Doubt = grounds.Count == 1
                ? ScopeGrounds.DoubtOf(named, new List<QualityEvent> { quality })
                : ScopeGrounds.DoubtOf(named, selected),
            Grounds = selected,
        };
    }
}
