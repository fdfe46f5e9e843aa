// SPDX-License-Identifier: Apache-2.0
//
// A contact with a listed endpoint as an event (weir.md section 3: a sighting opens a case). Exchanges do, and one-sided
// contacts where traffic is sampled; attempts and answered probes are no infection and open nothing.
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Weir.Detecting;
using Weir.Flows;
using Weir.Matching;

namespace Weir.Cases;

/// <summary>Makes events of sightings; signs them as the detector does.</summary>
public sealed class ContactEvents(EventSigner signer)
{
    public const int RuleVersion = 1;

    /// <summary>The event of a sighting; null where it is none.</summary>
    public SignedEvent? Of(in Sighting sighting)
    {
        if (sighting.Kind is not (ContactKind.Exchange or ContactKind.OneSided) || sighting.Role is not (ListRole.C2 or ListRole.Sinkhole))
        {
            return null;
        }

        var named = new FlowPredicate
        {
            Direction = Direction.Both,
            Protocol = sighting.Endpoint.Protocol,
            RemotePorts = sighting.Endpoint.Port == 0 ? [] : [sighting.Endpoint.Port],
            Remotes = [sighting.Endpoint.Address],
        };
        return signer.Sign(new QualityEvent
        {
            Number = NumberOf(sighting),
            Phase = EventPhase.Closed,
            Subject = sighting.Subject,
            Rule = RuleNames.CncContact,
            RuleVersion = RuleVersion,
            Class = new TrafficClass(named),
            FromMs = sighting.FirstMs,
            UntilMs = Math.Max(sighting.FirstMs, sighting.LastMs),
            TriggeredMs = Math.Max(sighting.FirstMs, sighting.LastMs),
            Measured = sighting.Contacts,
            Threshold = 1,
            Unit = "contacts",
            WindowSeconds = 600,
            SamplingInterval = 1,
            Exporter = default,
            Detail = $"listed by {sighting.List}, confidence {sighting.Confidence}, {sighting.Sources} sources{(sighting.Family.Length > 0 ? $", {sighting.Family}" : "")}",
        });
    }

    /// <summary>The same for the same contact, so that a repetition is known.</summary>
    private static ulong NumberOf(in Sighting sighting)
    {
        Span<byte> octets = stackalloc byte[16 + 16 + 3 + 8];
        BinaryPrimitives.WriteUInt128BigEndian(octets, sighting.Subject.Pseudonym);
        sighting.Endpoint.Address.WriteTo(octets[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(octets[32..], sighting.Endpoint.Port);
        octets[34] = sighting.Endpoint.Protocol;
        BinaryPrimitives.WriteInt64BigEndian(octets[35..], sighting.FirstMs);
        Span<byte> digest = stackalloc byte[32];
        SHA256.HashData(octets, digest);
        return BinaryPrimitives.ReadUInt64BigEndian(digest);
    }
}
