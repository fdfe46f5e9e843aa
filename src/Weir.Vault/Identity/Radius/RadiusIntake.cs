// SPDX-License-Identifier: Apache-2.0
//
// One RADIUS packet, from its octets to its effect. A packet that is malformed, from a stranger or wrongly signed is
// thrown away without an answer, as the protocol wants it; one that was taken before is answered and not applied again.
using Weir.Vault.Identity.Records;
using Weir.Wire;

namespace Weir.Vault.Identity.Radius;

/// <summary>Takes packets of a socket or of a file. One thread.</summary>
internal sealed class RadiusIntake(
    RadiusSessions sessions, RadiusOptions terms, SubscriberLineNamer naming, RadiusCounters counters,
    RadiusSecrets? secrets, AccountingRefusalLog? refusals = null)
{
    private static readonly Prefix Everyone = new(default, 0);

    private readonly RecentRequests _recent = new(terms.ReplayWindow);

    /// <summary>The fault of the last packet that was thrown away as malformed.</summary>
    public Malformed LastFault { get; private set; }

    /// <summary>Takes one packet; true where it is to be answered once what it told is durable.</summary>
    /// <param name="datagram">UDP payload.</param>
    /// <param name="source">Who sent it.</param>
    /// <param name="arrivedAtMs">When, milliseconds since the UNIX epoch.</param>
    /// <param name="packet">The packet, to be answered.</param>
    public bool Handle(ReadOnlySpan<byte> datagram, IpKey source, long arrivedAtMs, out RadiusPacket packet)
    {
        counters.Received++;
        if (!RadiusPacket.TryRead(datagram, out packet, out var fault))
        {
            return Drop(fault, RealmOf(source));
        }

        if (packet.Code != RadiusPacket.AccountingRequest)
        {
            counters.Unsupported++;
            refusals?.Count(RealmOf(source), AccountingRefusalKind.Unsupported);
            return false;
        }

        // Files are read with or without secrets: who may write into the capture could as well write the answer.
        var realm = Everyone;
        if (secrets is not null && !IsGenuine(in packet, source, secrets, out realm))
        {
            return false;
        }

        if (_recent.IsKnown(source, in packet, arrivedAtMs))
        {
            counters.Duplicates++;
            refusals?.Count(realm, AccountingRefusalKind.Replayed);
            return true;
        }

        var request = AccountingRequest.Read(
            in packet, new(realm, source), terms.LineFrom, naming, out fault, out var skipped);
        counters.FieldsSkipped += skipped;
        if (request is null)
        {
            return Drop(fault, realm);
        }

        if (terms.Identifications is not null)
        {
            request = request with { Identification = SessionIdentification.From(in packet, source) };
        }

        var jumped = counters.ClockRefused;
        var outcome = sessions.Apply(request, arrivedAtMs);
        if (counters.ClockRefused > jumped)
        {
            refusals?.Count(realm, AccountingRefusalKind.ClockJumped, counters.ClockRefused - jumped);
        }

        if (!Count(outcome, realm))
        {
            return false;
        }

        _recent.Remember(source, in packet, arrivedAtMs);
        return true;
    }

    private bool IsGenuine(in RadiusPacket packet, IpKey source, RadiusSecrets known, out Prefix realm)
    {
        if (!known.TryFind(source, out var secret, out realm))
        {
            counters.UnknownNas++;
            refusals?.Count(Everyone, AccountingRefusalKind.UnknownNas);
            return false;
        }

        if (!RadiusDigest.IsGenuine(in packet, secret))
        {
            counters.Forged++;
            refusals?.Count(realm, AccountingRefusalKind.Forged);
            return false;
        }

        return true;
    }

    /// <returns>False where there was no room for it.</returns>
    private bool Count(AccountingOutcome outcome, Prefix realm)
    {
        switch (outcome)
        {
            case AccountingOutcome.Applied:
                counters.Applied++;
                return true;
            case AccountingOutcome.Stale:
                counters.Stale++;
                return true;
            case AccountingOutcome.TooOld:
                counters.TooOld++;
                refusals?.Count(realm, AccountingRefusalKind.Late);
                return true;
            default:
                counters.Refused++;
                return false;
        }
    }

    private Prefix RealmOf(IpKey source) =>
        secrets is not null && secrets.TryFind(source, out _, out var realm) ? realm : Everyone;

    private bool Drop(Malformed fault, Prefix realm)
    {
        counters.Malformed++;
        refusals?.Count(realm, AccountingRefusalKind.Malformed);
        LastFault = fault;
        return false;
    }
}
