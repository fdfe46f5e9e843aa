// SPDX-License-Identifier: Apache-2.0
//
// A scope is a capability: it is worth what it rests on. Subject, class, purpose and time follow from signed grounds by
// this one pure function; collector, store and vault call it themselves, so nobody has to believe the desk.
//
// From events: the subject is the events', through names that the vault re-issued; the class is an event's own, or, for
// an attack that hops ports, the union of the ports its events named, at most eight, then the victim alone (worked
// example 14); the time is from the first evidence less five minutes to the last plus fifteen, no longer than the cap.
// An event says how far its evidence is corroborated (rules.md R21); a scope that does not follow from that part alone
// is recorded and sealed. From a complaint or a consent: what the vault wrote. A check after a clean-up rests on the
// events of what is checked, and begins no later than their evidence is kept.
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;

namespace Weir.Contracts.Grounds;

/// <summary>Whether a scope follows from its grounds (rules.md R2 to R5, R8, R20).</summary>
public static class ScopeGrounds
{
    /// <summary>Hops that get a scope of their own; further ones share a class.</summary>
    public const int SingleHops = 3;

    /// <summary>The types a ring must know.</summary>
    public static IReadOnlyList<EnvelopeKind> Kinds { get; } = [EventDocument.Kind, GrantDocument.Kind];

    /// <summary>Checks an order against its own grounds. No clock, no state; never throws.</summary>
    public static GroundsVerdict Verify(ScopeOrder order, PublicKeyRing ring, ScopeLimits limits)
    {
        if (order.Grounds.Count is 0 or > ScopeOrder.MaxGrounds)
        {
            return new(GroundsFault.NoGrounds);
        }

        List<QualityEvent> events = [];
        List<Grant> grants = [];
        foreach (var envelope in order.Grounds)
        {
            var signed = ring.Verify(envelope);
            if (!signed.IsBelieved)
            {
                return new(GroundsFault.NotSigned, signed.Fault);
            }

            if (EventDocument.TryRead(envelope, out var quality))
            {
                if (!EventDocument.MaySign(signed.Signer!.Role, quality))
                {
                    return new(GroundsFault.NotSigned, EnvelopeFault.WrongRole);
                }

                events.Add(quality);
            }
            else if (GrantDocument.TryRead(envelope, out var grant))
            {
                grants.Add(grant);
            }
            else
            {
                return new(GroundsFault.Malformed);
            }
        }

        var names = Names(order, grants);
        grants.RemoveAll(grant => grant.Kind == GrantKind.Reissue);
        var fault = order.FromMs >= order.ExpiresMs || order.UntilMs > order.ExpiresMs || order.FromMs > order.UntilMs
            ? GroundsFault.Empty
            : events.Count > 0 && grants.Count == 0 ? FromEvents(order, events, names, limits)
            : events.Count == 0 && grants is [var only] ? FromGrant(order, only, names)
            : GroundsFault.OtherPurpose;
        return new(fault)
        {
            Doubt = fault == GroundsFault.None && events.Count > 0
                ? DoubtOf(order, events, names, limits) : EvidenceDoubt.None,
        };
    }

    /// <summary>Why events are not corroborated grounds of a scope of some class; none where they are. Of a scope that
    /// a grant opened it is none.</summary>
    /// <param name="named">The scope's class.</param>
    /// <param name="events">Envelopes that were believed.</param>
    public static EvidenceDoubt DoubtOf(FlowPredicate named, IReadOnlyList<Envelope> events)
    {
        List<QualityEvent> read = [];
        foreach (var envelope in events)
        {
            if (EventDocument.TryRead(envelope, out var quality))
            {
                read.Add(quality);
            }
        }

        return read.Count == 0 ? EvidenceDoubt.None : DoubtOf(named, read);
    }

    /// <summary>The same of events that are read.</summary>
    /// <param name="named">The scope's class.</param>
    /// <param name="events">At least one, of envelopes that were believed.</param>
    internal static EvidenceDoubt DoubtOf(FlowPredicate named, List<QualityEvent> events) =>
        IsOfClass(named, Corroborated(events)) ? EvidenceDoubt.None : Worst(events);

    /// <summary>The class that a hop adds to: an event's own while there are few, then one of all
    /// ports together.</summary>
    /// <param name="ports">Every port that events of this attack named.</param>
    /// <param name="named">The latest event's class.</param>
    public static FlowPredicate Hopped(IReadOnlyCollection<ushort> ports, FlowPredicate named) =>
        ports.Count <= SingleHops ? named
        : named with { RemotePorts = ports.Count <= TrafficClass.MaxPorts ? [.. ports] : [] };

    /// <summary>Whether two classes are hops of one attack: all the same but the remote ports.</summary>
    public static bool AreHops(FlowPredicate one, FlowPredicate other) =>
        !one.RemotePorts.IsEmpty && !other.RemotePorts.IsEmpty && !one.Remotes.IsEmpty
        && (one.Direction, one.Protocol, one.SubjectPort, one.Trait)
            == (other.Direction, other.Protocol, other.SubjectPort, other.Trait)
        && one.Remotes.SequenceEqual(other.Remotes);

    /// <summary>A scope is corroborated where it follows from the corroborated part of its events alone, its end
    /// too.</summary>
    private static EvidenceDoubt DoubtOf(
        ScopeOrder order, List<QualityEvent> events, HashSet<SubjectKey> names, ScopeLimits limits) =>
        Corroborated(events) is { Count: > 0 } proven
            && FromEvents(order, proven, names, limits) == GroundsFault.None
            ? EvidenceDoubt.None : Worst(events);

    /// <summary>Events as far as they are corroborated. What its latest step says of a contest holds for all of an
    /// event.</summary>
    private static List<QualityEvent> Corroborated(List<QualityEvent> events)
    {
        HashSet<ulong> contested = [.. events.GroupBy(one => one.Number)
            .Select(steps => steps.MaxBy(one => (one.UntilMs, one.Phase))!)
            .Where(latest => latest.Doubt == EvidenceDoubt.TwoStreams).Select(latest => latest.Number)];
        return
        [
            .. events.Where(one => one.CorroboratedMs >= one.FromMs && one.CorroboratedMs > 0
                    && !contested.Contains(one.Number))
                .Select(one => one with { UntilMs = one.CorroboratedMs }),
        ];
    }

    private static EvidenceDoubt Worst(List<QualityEvent> events) =>
        events.Max(one => one.Doubt) is not EvidenceDoubt.None and var doubt ? doubt : EvidenceDoubt.NewStream;

    /// <summary>Every name the subject of an order goes by: its own, and those of before that the vault re-issued.
    /// </summary>
    /// <param name="order">An order whose grounds were believed.</param>
    public static IReadOnlyCollection<SubjectKey> NamesOf(ScopeOrder order)
    {
        List<Grant> grants = [];
        foreach (var envelope in order.Grounds)
        {
            if (GrantDocument.TryRead(envelope, out var grant))
            {
                grants.Add(grant);
            }
        }

        return Names(order, grants);
    }

    /// <summary>Every name the subject goes by: the order's own, and those of before that the vault re-issued for this
    /// case.</summary>
    private static HashSet<SubjectKey> Names(ScopeOrder order, List<Grant> grants)
    {
        HashSet<SubjectKey> names = [order.Subject];
        var more = true;
        while (more)
        {
            more = grants.Exists(grant => grant.Kind == GrantKind.Reissue && grant.Case == order.Case
                && names.Contains(grant.Subject) && names.Add(grant.Before));
        }

        return names;
    }

    private static GroundsFault FromEvents(
        ScopeOrder order, List<QualityEvent> events, HashSet<SubjectKey> names, ScopeLimits limits)
    {
        var isCheck = order.Purpose == Purpose.RemediationCheck;
        var first = events[0];
        if (events.Exists(e => !names.Contains(e.Subject)))
        {
            return GroundsFault.OtherSubject;
        }

        if (events.Exists(e => e.Rule != first.Rule)
            || (!isCheck && DetectionRules.Get(first.Rule).Purpose != order.Purpose))
        {
            return GroundsFault.OtherPurpose;
        }

        if (events.Exists(e => e.Class is { } named && !HasTrait(named.Predicate, e.Rule)))
        {
            return GroundsFault.OtherClass;
        }

        if (!IsOfClass(order.Class, events))
        {
            return GroundsFault.OtherClass;
        }

        var fromMs = events.Min(e => e.FromMs);
        var untilMs = events.Max(e => e.UntilMs);
        return isCheck
            ? order.FromMs < fromMs ? GroundsFault.TooEarly
                : order.FromMs - untilMs > limits.CheckAfterMs ? GroundsFault.TooLate
                : order.ExpiresMs - order.FromMs > limits.CheckMs ? GroundsFault.TooLong : GroundsFault.None
            : order.FromMs < fromMs - limits.BeforeMs ? GroundsFault.TooEarly
            : order.UntilMs > untilMs + limits.AfterMs ? GroundsFault.TooLate
            : order.ExpiresMs - order.FromMs > limits.CapMs + limits.BeforeMs ? GroundsFault.TooLong
            : GroundsFault.None;
    }

    /// <summary>A class that leaves the far end open shows what its rule is about, and nothing else (rules.md R22).
    /// </summary>
    private static bool HasTrait(FlowPredicate named, string rule) =>
        !named.Remotes.IsEmpty || (named.Trait != FlowTrait.None && named.Trait == DetectionRules.Get(rule).Trait);

    private static bool IsOfClass(FlowPredicate asked, List<QualityEvent> events) =>
        events.Exists(e => e.Class is { } named && asked.IsWithin(named.Predicate)) || IsHopped(asked, events);

    /// <summary>The union of hops: as wide as the ports that the events themselves named, or the victim alone once
    /// there are more than a class may name.</summary>
    private static bool IsHopped(FlowPredicate asked, List<QualityEvent> events)
    {
        foreach (var one in events.Where(e => e.Class is not null).Select(e => e.Class!.Predicate))
        {
            HashSet<ushort> ports = [.. events.Where(e => e.Class is { } named && AreHops(one, named.Predicate))
                .SelectMany(e => e.Class!.Predicate.RemotePorts)];
            if (ports.Count > SingleHops && asked.IsWithin(Hopped(ports, one)))
            {
                return true;
            }
        }

        return false;
    }

    private static GroundsFault FromGrant(ScopeOrder order, Grant grant, HashSet<SubjectKey> names) =>
        !names.Contains(grant.Subject) ? GroundsFault.OtherSubject
        : grant.Kind != (order.Purpose == Purpose.CustomerDiagnosis ? GrantKind.Consent : GrantKind.Complaint)
            || order.Purpose is not (Purpose.CustomerDiagnosis or Purpose.ComplaintHandling) ? GroundsFault.OtherPurpose
        : !order.Class.IsWithin(grant.Class!) ? GroundsFault.OtherClass
        : order.FromMs < grant.FromMs ? GroundsFault.TooEarly
        : order.ExpiresMs > grant.UntilMs ? GroundsFault.TooLate
        : GroundsFault.None;
}
