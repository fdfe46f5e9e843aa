// SPDX-License-Identifier: Apache-2.0
//
// Evidence leaves for one scope whose order follows from its grounds. The store checks that itself, makes the row
// filter itself, and has the release on its chain, with the digest of the rows, before a row leaves. Nobody has to
// believe the desk: an order that does not follow is refused by its code, counted, and an entry; and of the scope it
// names only the rows are given that a collector recorded for the same subject, class, purpose and begin.
using System.Globalization;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Hosting.Braking;
using Weir.Hosting.Erasing;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.Releases;
using Weir.Store.Engine;
using Weir.Wire.Native;

namespace Weir.Store.Evidence;

/// <summary>Answers questions about evidence. Calls may run side by side.</summary>
internal sealed class EvidenceGate(
    EngineHost engine, IPendingRows pending, ErasedScopes erased, ReleaseChain chain, EvidenceOptions options,
    TimeProvider time, ErasureClock clock, OrderBrake brake)
{
    /// <summary>Rows inside the scope and inside the question.</summary>
    public async Task<EvidenceRelease> ReadAsync(PeerCall call, EvidenceAsk ask, CancellationToken cancel)
    {
        if (ask.Limit is < 1 or > EvidenceAsk.MaxRows)
        {
            throw PeerRefusalException.Malformed($"limit is 1 to {EvidenceAsk.MaxRows}");
        }

        var (filter, entry) = await GrantAsync(call, ask, AuditActions.ReadEvidence);
        try
        {
            var rows = await Store().ReadAsync(filter, ask.Limit, cancel);
            var total = rows.Count < ask.Limit ? rows.Count : await Store().CountAsync(filter, cancel);
            var octets = EvidenceRowCodec.Write(rows);
            var digest = ReleaseChain.Digest(octets);
            var number = await chain.RecordAsync(
                call, entry with { Rows = rows.Count, ResultDigest = digest }, cancel);
            return new(octets, total, digest, number);
        }
        catch (StoreException fault)
        {
            throw chain.EngineDown(fault);
        }
    }

    /// <summary>How many rows there are; the only answer for a check after a clean-up.</summary>
    public async Task<EvidenceCount> CountAsync(PeerCall call, EvidenceAsk ask, CancellationToken cancel)
    {
        var (filter, entry) = await GrantAsync(call, ask, AuditActions.CountEvidence);
        try
        {
            var total = await Store().CountAsync(filter, cancel);
            return new(total, await chain.RecordAsync(call, entry with { Rows = total }, cancel));
        }
        catch (StoreException fault)
        {
            throw chain.EngineDown(fault);
        }
    }

    /// <summary>Erases, for good: what of it is still on its way is erased when it comes.</summary>
    public async Task<Done> EraseAsync(PeerCall call, EvidenceErasure ask, CancellationToken cancel)
    {
        chain.RequireNumber(ask.Number);
        List<ScopeId> scopes = [];
        foreach (var name in ask.Scopes)
        {
            scopes.Add(ScopeId.TryParse(name, out var scope)
                ? scope
                : throw PeerRefusalException.Malformed($"'{name}' is no scope"));
        }

        if (scopes.Count is 0 or > EvidenceErasure.MaxScopes)
        {
            throw PeerRefusalException.Malformed($"1 to {EvidenceErasure.MaxScopes} scopes are erased at once");
        }

        var entry = ReleaseChain.EntryOf(call, ask.Number, AuditActions.EraseEvidence) with
        {
            Scope = scopes is [var only] ? only.ToString() : "",
            PredicateDigest = ReleaseChain.Digest(string.Join('\n', scopes)),
            Rows = scopes.Count,
        };
        _ = await chain.RecordAsync(call, entry, cancel);
        try
        {
            erased.Add(scopes);
            await Store().EraseAsync(scopes, cancel);
            return Done.It;
        }
        catch (StoreException fault)
        {
            throw chain.EngineDown(fault);
        }
        catch (IOException fault)
        {
            throw chain.EngineDown(new StoreException(0, fault.Message, retryable: true, fault));
        }
    }

    private EvidenceStore Store() => new(engine.Store, pending, time);

    /// <summary>The filter of a question that lies inside an order that follows from its grounds.</summary>
    private async Task<(RowFilter Filter, AuditEntry Entry)> GrantAsync(PeerCall call, EvidenceAsk ask, string act)
    {
        chain.RequireNumber(ask.Number);
        if (ask.Order.ToOrder() is not { } order || !TryRead(ask.Class, out var asked)
            || ask.Fields is < 0 or > (int)ScopeFields.All)
        {
            throw PeerRefusalException.Malformed("the order, the class or the fields are none");
        }

        var entry = EntryOf(call, ask, (order, asked), act);
        var verdict = ScopeGrounds.Verify(order, options.Ring, options.Limits);
        if (!verdict.Follows)
        {
            throw await chain.RefuseAsync(
                entry, verdict.Code, $"scope {order.Id} does not follow from its grounds: {verdict.Code}");
        }

        if (options.Retention is { } kept && clock.Latest - kept > DateTimeOffset.FromUnixTimeMilliseconds(order.ExpiresMs))
        {
            throw await chain.RefuseAsync(
                entry, StoreCodes.ScopeOver,
                $"scope {order.Id} is over, and the time in which something may come of it is too");
        }

        if (!verdict.IsCorroborated && order.Purpose != Purpose.RemediationCheck)
        {
            throw await chain.RefuseAsync(
                entry, DenyCodes.ToName(DenyCode.NotCorroborated),
                $"scope {order.Id} is sealed: {EvidenceDoubts.ToSentence(verdict.Doubt)}");
        }

        if (verdict.IsCorroborated && !Admits(order))
        {
            throw await chain.RefuseAsync(entry, DenyCodes.ToName(DenyCode.EntryHeld), OrderBrake.Sentence(order));
        }

        if (order.Purpose == Purpose.RemediationCheck && act == AuditActions.ReadEvidence)
        {
            throw await chain.RefuseAsync(
                entry, StoreCodes.CountOnly, $"scope {order.Id} is a check after a clean-up: it is counted, not read");
        }

        if (!asked.IsWithin(order.Class) || ask.FromMs < order.FromMs || ask.UntilMs > order.ExpiresMs
            || ask.FromMs > ask.UntilMs)
        {
            throw await chain.RefuseAsync(
                entry, StoreCodes.OutOfScope, $"what is asked lies outside scope {order.Id}; ask for a part of it");
        }

        return (FilterOf(order, asked, ask), entry);
    }

    private static AuditEntry EntryOf(
        PeerCall call, EvidenceAsk ask, (ScopeOrder Order, FlowPredicate Asked) of, string act)
    {
        return ReleaseChain.EntryOf(call, ask.Number, of.Order.Purpose == Purpose.RemediationCheck
            && act == AuditActions.CountEvidence ? AuditActions.CheckRemediation : act) with
        {
            Purpose = Purposes.ToName(of.Order.Purpose),
            Case = of.Order.Case.ToString(),
            Scope = of.Order.Id.ToString(),
            Subject = of.Order.Subject.ToString(),
            // All that was asked: under one number nothing else may be asked later (audit verify --beside).
            PredicateDigest = ReleaseChain.Digest(string.Create(
                CultureInfo.InvariantCulture, $"{of.Asked} {ask.FromMs}..{ask.UntilMs} {ask.Fields} {ask.Limit}")),
        };
    }

    private static RowFilter FilterOf(ScopeOrder order, FlowPredicate asked, EvidenceAsk ask)
    {
        return new RowFilter(order.Id, asked, ask.FromMs, ask.UntilMs, (ScopeFields)ask.Fields)
        {
            Bases = ScopeBasis.AllOf(order),
        };
    }

    private static bool TryRead(ClassFields fields, out FlowPredicate predicate)
    {
        try
        {
            predicate = fields.ToPredicate();
            return true;
        }
        catch (FormatException)
        {
            predicate = null!;
            return false;
        }
    }

    private bool Admits(ScopeOrder order)
    {
        try
        {
            return brake.Admits(order);
        }
        catch (IOException fault)
        {
            throw chain.Down(StoreCodes.StoreDown, fault.Message);
        }
    }
}
