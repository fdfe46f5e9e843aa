// SPDX-License-Identifier: Apache-2.0
//
// What was found in digests rests on a promotion that two people signed, and the store's word that there was one is
// not enough: its key would open any line about anything. So the event carries both signatures, and whoever acts on it
// verifies them against the governance in force: for the one endpoint that the event names, in the time that may be
// looked back at.
using System.Text.Json;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;

namespace Weir.Contracts.Approvals;

/// <summary>Verifies promotions in events. Safe for any thread.</summary>
/// <param name="people">Whose keys count.</param>
public sealed class PromotionProof(CurrentPeople people)
{
    /// <summary>The code of an event in digests, or of an order on one, without the promotion of two.</summary>
    public const string Missing = "not-promoted";

    /// <summary>How far before the promotion may be looked: digests are kept no longer (R10).</summary>
    private static readonly TimeSpan Reach = TimeSpan.FromDays(7);

    /// <summary>Digests are of whole hours, and of flows that were on their way.</summary>
    private static readonly TimeSpan Around = TimeSpan.FromHours(3);

    /// <summary>One search gives many events with the same promotion.</summary>
    private Looked? _last;

    private sealed record Looked(People People, string Promotion, Endpoint Endpoint, ApprovalRequest? Request);

    /// <summary>Whether each event of an order that was found in digests has its promotion.</summary>
    /// <param name="order">An order that follows from its grounds.</param>
    public bool Holds(ScopeOrder order) => order.Grounds.All(
        envelope => !EventDocument.TryRead(envelope, out var quality) || Holds(quality));

    /// <summary>Whether an event, if it was found in digests, has its promotion. Where nobody has keys, in a lab, none
    /// is asked for.</summary>
    public bool Holds(QualityEvent quality)
    {
        if (quality.Origin != EventOrigin.Digests || !people.Current.NeedsKeys)
        {
            return true;
        }

        return quality.Class?.Predicate is { Remotes: [var remote], RemotePorts: [var port] } named
            && Find(new Endpoint(remote, port, named.Protocol), quality.Promotion) is { } request
            && quality.FromMs >= (request.NotBefore - Reach - Around).ToUnixTimeMilliseconds()
            && quality.UntilMs <= (request.Expires + Around).ToUnixTimeMilliseconds();
    }

    /// <summary>What two people signed; null where they did not.</summary>
    private ApprovalRequest? Find(Endpoint endpoint, string promotion)
    {
        var current = people.Current;
        if (Volatile.Read(ref _last) is { } last && ReferenceEquals(last.People, current)
            && last.Promotion == promotion && last.Endpoint == endpoint)
        {
            return last.Request;
        }

        var request = Verify(endpoint, promotion, current);
        Volatile.Write(ref _last, new(current, promotion, endpoint, request));
        return request;
    }

    private static ApprovalRequest? Verify(Endpoint endpoint, string promotion, People people)
    {
        try
        {
            return SignedApproval.FromJson(promotion)?.Verify(
                new(ApprovalAct.Promotion, endpoint.ToString()), people, null) is
                { Fault: ApprovalFault.None, Request: { } request } ? request : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
