// SPDX-License-Identifier: Apache-2.0
//
// An exchange with a confirmed control server is an event too (statistics.md B.11), but no counter raises it: the
// matcher saw it.
using System.Security.Cryptography;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Segments;

namespace Weir.Contracts.Events;

/// <summary>Events of rule <c>cnc-contact</c>, made from sightings. Pure: the same sightings make
/// the same events.</summary>
public static class CncContactEvents
{
    private const int RuleVersion = 1;
    private const int WindowSeconds = 600;

    /// <summary>The rule and its version, as scopes and the audit name it.</summary>
    public static readonly string Trigger =
        $"{RuleId.CncContact}/{RuleVersion.ToString(System.Globalization.CultureInfo.InvariantCulture)}";

    /// <summary>One event for each subject and endpoint with an exchange, what is not corroborated apart; attempts and
    /// answered probes make none.</summary>
    public static IReadOnlyList<QualityEvent> From(IEnumerable<Sighting> sightings) =>
    [
        .. from sighting in sightings
           where sighting is { Kind: ContactKind.Exchange or ContactKind.OneSided,
               Role: ListRole.C2 or ListRole.Sinkhole }
           group sighting by (sighting.Subject, sighting.Endpoint, sighting.Doubt) into contacts
           orderby contacts.Min(s => s.FirstMs), contacts.Key.Subject
           select From(contacts.Key.Subject, contacts.Key.Endpoint, [.. contacts]),
    ];

    /// <summary>The event of an exchange that is certain before its window is whole. It has the number that the event
    /// of that window will have.</summary>
    public static QualityEvent AtOnce(Sighting sighting) =>
        From(sighting.Subject, sighting.Endpoint, [sighting]) with { Phase = EventPhase.Opened };

    private static QualityEvent From(SubjectKey subject, Endpoint endpoint, Sighting[] contacts)
    {
        var first = contacts.Min(s => s.FirstMs);
        var source = contacts.MaxBy(s => s.LastMs).Source;
        return new QualityEvent
        {
            Number = NumberOf(subject, endpoint, ToldOf(contacts) ?? first, contacts.Max(s => s.Doubt)),
            Phase = EventPhase.Closed,
            Subject = subject,
            Rule = RuleId.CncContact,
            RuleVersion = RuleVersion,
            Class = TrafficClass.Create(
                Direction.Both, endpoint.Protocol, endpoint.Port == 0 ? [] : [endpoint.Port], [endpoint.Address]),
            FromMs = first,
            UntilMs = contacts.Max(s => s.LastMs),
            TriggeredMs = contacts.Min(s => s.LastMs),
            Measured = contacts.GroupBy(s => s.List, StringComparer.Ordinal)
                .Max(list => list.Sum(s => (double)s.Contacts)),
            Threshold = 1,
            Unit = "exchanges",
            WindowSeconds = WindowSeconds,
            SamplingInterval = 1,
            Exporter = source.Exporter,
            Domain = source.Domain,
            Interface = source.Interface,
            Doubt = contacts.Max(s => s.Doubt),
            Sources = contacts.Max(s => s.Sources),
            Detail = "listed by "
                + string.Join(", ", contacts.Select(s => s.List).Distinct().Order(StringComparer.Ordinal))
                + (contacts.All(s => s.Kind == ContactKind.OneSided) ? "; one direction seen, sampled" : ""),
        };
    }

    /// <summary>The first that was told at once; null where none was. A row may begin with a window before that one,
    /// which was doubtful then.</summary>
    private static long? ToldOf(Sighting[] contacts) =>
        contacts.Where(s => s.ToldMs > 0).Select(s => (long?)s.ToldMs).Min();

    /// <summary>By the window in which it began: what is told later of its first minutes does not make it
    /// another.</summary>
    private static ulong NumberOf(SubjectKey subject, Endpoint endpoint, long firstMs, EvidenceDoubt doubt) =>
        BitConverter.ToUInt64(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(
            $"{subject} {endpoint} {firstMs / (WindowSeconds * 1_000L)}"
            + (doubt == EvidenceDoubt.None ? "" : $" {EvidenceDoubts.ToName(doubt)}"))));
}
