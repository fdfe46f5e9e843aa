// SPDX-License-Identifier: Apache-2.0
//
// What a promotion means for the last days (worked example 8): the store searches its pair digests for exchanges with
// the endpoint and makes events of them, which it signs. They are handed back as envelopes, which open scopes as any
// contact does; who or how many is told to nobody beside them, not to a log. On the chain before an event leaves.
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.Releases;
using Weir.Store.Engine;
using Weir.Store.Runs;
using Weir.Wire.Native;
using Endpoint = Weir.Contracts.Flows.Endpoint;

namespace Weir.Store.LookBack;

/// <summary>Looks back when a promotion allows it.</summary>
internal sealed class LookBackGate(
    LookBackOptions options, EngineHost engine, FoundEndpoints found, ReleaseChain chain, TimeProvider time)
{
    public async Task<LookBackEvents> AnswerAsync(PeerCall call, LookBackAsk ask, CancellationToken cancel)
    {
        chain.RequireNumber(ask.Number);
        var leave = ask.Promotion;
        var entry = ReleaseChain.EntryOf(call, ask.Number, AuditActions.LookBack) with
        {
            Purpose = Purposes.ToName(Purpose.CncContact),
            Rule = CncContactEvents.Trigger,
            PredicateDigest = ReleaseChain.Digest(string.Create(
                CultureInfo.InvariantCulture, $"{leave.Endpoint} {ask.FromMs}..{ask.UntilMs}")),
            Reason = string.Create(
                CultureInfo.InvariantCulture,
                $"approval {leave.Approval} by {Cut(leave.AskedBy)} "
                    + $"and {Cut(leave.GivenBy)}"),
        };
        if (PromotionCheck.Read(ask, options, time.GetUtcNow(), out var code, out var sentence) is not { } promotion)
        {
            throw await chain.RefuseAsync(
                entry, code, sentence, code == "malformed" ? StatusCodes.Status400BadRequest
                    : StatusCodes.Status403Forbidden);
        }

        if (options.FoundOnly && !(Endpoint.TryParse(promotion.Target, out var endpoint) && found.Has(endpoint)))
        {
            throw await chain.RefuseAsync(
                entry, StoreCodes.NotFoundHere, "no comparison of this store found that endpoint to be a candidate");
        }

        try
        {
            var met = await new PromotedContacts(engine.Store.Client).WhoMetAsync(
                promotion, ask.FromMs, ask.UntilMs, LookBackEvents.Max, cancel);
            Envelope[] events =
            [
                .. CncContactEvents.From(met.Contacts).Select(
                    contact => EventDocument.Sign(
                        contact with { Origin = EventOrigin.Digests, Promotion = promotion.Given.Signed },
                        options.Key)),
            ];
            if (leave.Signed is { } signed)
            {
                await chain.RecordBeforeAsync(SignedEntries.From(signed, options.People.Current), cancel);
            }

            _ = await chain.RecordAsync(
                call, entry with { Approval = SignedEntries.NumberOf(leave.Signed), Rows = events.Length,
                    ResultDigest = DigestOf(events) }, cancel);
            return new(events, met.IsCut);
        }
        catch (StoreException fault)
        {
            throw chain.EngineDown(fault);
        }
    }

    private static string DigestOf(Envelope[] events)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var one in events)
        {
            hash.AppendData(one.SignedOctets());
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Cut(string name) => name.Length > 64 ? name[..64] : name;
}
