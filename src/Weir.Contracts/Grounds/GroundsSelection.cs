// SPDX-License-Identifier: Apache-2.0
//
// What a scope rests on, and no more: of all events that were inside it, those from which its class, its first moment
// and its end follow, and how far they are corroborated. An event that lasts for days leaves two or three envelopes, an
// attack that hops a dozen.
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Signing;

namespace Weir.Contracts.Grounds;

/// <summary>Picks grounds. Pure.</summary>
public static class GroundsSelection
{
    /// <summary>The few of these events from which a scope of a class follows.</summary>
    /// <param name="named">The scope's class.</param>
    /// <param name="events">Envelopes of events in the order in which they came; all of one rule.</param>
    public static IReadOnlyList<Envelope> Select(FlowPredicate named, IReadOnlyList<Envelope> events)
    {
        if (events.Count < 2)
        {
            return events;
        }

        List<(Envelope Envelope, QualityEvent Event)> read = [];
        foreach (var envelope in events)
        {
            if (EventDocument.TryRead(envelope, out var quality))
            {
                read.Add((envelope, quality));
            }
        }

        HashSet<Envelope> chosen = [.. ForClass(named, [.. read.OrderBy(one => one.Event.CorroboratedMs == 0)])];
        if (read.Count > 0)
        {
            chosen.Add(read.MinBy(one => one.Event.FromMs).Envelope);
            chosen.Add(read.MaxBy(one => (one.Event.UntilMs, one.Event.Phase)).Envelope);
            chosen.Add(read.MaxBy(
                one => (one.Event.CorroboratedMs, one.Event.UntilMs, one.Event.Phase)).Envelope);
        }

        return [.. events.Where(chosen.Remove)];
    }

    private static IEnumerable<Envelope> ForClass(
        FlowPredicate named, List<(Envelope Envelope, QualityEvent Event)> events)
    {
        foreach (var (envelope, quality) in events)
        {
            if (quality.Class is { } own && named.IsWithin(own.Predicate))
            {
                return [envelope];
            }
        }

        foreach (var first in events.Where(one => one.Event.Class is not null))
        {
            var found = Hops(named, first.Event.Class!.Predicate, events);
            if (found.Count > 0)
            {
                return found;
            }
        }

        return events.Select(one => one.Envelope);
    }

    /// <summary>One event for each further port, until the class follows; none where it never does.</summary>
    private static List<Envelope> Hops(
        FlowPredicate named, FlowPredicate first, List<(Envelope Envelope, QualityEvent Event)> events)
    {
        List<Envelope> chosen = [];
        HashSet<ushort> ports = [];
        foreach (var (envelope, quality) in events)
        {
            if (quality.Class is { } own && ScopeGrounds.AreHops(first, own.Predicate)
                && own.Predicate.RemotePorts.Any(port => IsWanted(port) && !ports.Contains(port)))
            {
                ports.UnionWith(own.Predicate.RemotePorts);
                chosen.Add(envelope);
                if (ports.Count > ScopeGrounds.SingleHops && named.IsWithin(ScopeGrounds.Hopped(ports, first)))
                {
                    return chosen;
                }
            }
        }

        return [];

        bool IsWanted(ushort port) => named.RemotePorts.IsEmpty || named.RemotePorts.Contains(port);
    }
}
