// SPDX-License-Identifier: Apache-2.0
//
// An exchange with a confirmed control server is an event too (statistics.md B.11), but no counter raises it: the
// matcher saw it.
using System.Security.Cryptography;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Segments;
using Weir.Wire;

namespace Weir.Contracts.Events;

/// <summary>Events of rule <c>cnc-contact</c>, made from sightings. Pure: the same sightings make
/// the same events.</summary>
public static class CncContactEvents
{
    private const int RuleVersion = 1;

    /// <summary>The rule and its version, as scopes and the audit name it.</summary>
    public static readonly string Trigger =
        $"{RuleId.CncContact}/{RuleVersion.ToString(System.Globalization.CultureInfo.InvariantCulture)}";

    /// <summary>One event for each subject and endpoint with an exchange; attempts and answered
    /// probes make none.</summary>
    public static IReadOnlyList<QualityEvent> From(IEnumerable<Sighting> sightings) =>
    [
        .. from sighting in sightings
           where sighting is { Kind: ContactKind.Exchange or ContactKind.OneSided,
               Role: ListRole.C2 or ListRole.Sinkhole }
           group sighting by (sighting.Subject, sighting.Endpoint) into contacts
           orderby contacts.Min(s => s.FirstMs), contacts.Key.Subject
           select From(contacts.Key.Subject, contacts.Key.Endpoint, [.. contacts]),
    ];

    private static QualityEvent From(SubjectKey subject, Endpoint endpoint, Sighting[] contacts)
    {
        var first = contacts.Min(s => s.FirstMs);
        return new QualityEvent
        {
            Number = NumberOf(subject, endpoint, first),
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
            WindowSeconds = 600,
            SamplingInterval = 1,
            Exporter = contacts.MaxBy(s => s.LastMs).Exporter is var told && told != default ? told : IpKey.FromV4(0),
            Detail = "listed by "
                + string.Join(", ", contacts.Select(s => s.List).Distinct().Order(StringComparer.Ordinal))
                + (contacts.All(s => s.Kind == ContactKind.OneSided) ? "; one direction seen, sampled" : ""),
        };
    }

    private static ulong NumberOf(SubjectKey subject, Endpoint endpoint, long firstMs) =>
        BitConverter.ToUInt64(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{subject} {endpoint} {firstMs}")));
}
