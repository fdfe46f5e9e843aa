// SPDX-License-Identifier: Apache-2.0
//
// A customer is told what the grounds say, and nothing else: purpose, class, time and what was measured are taken from
// the grounds of a scope that follows from them. The desk says which step it is and what was done;
// of the line's own restrictions the vault tells what its own router and access system hold.
using Weir.Contracts.Clients;
using Weir.Contracts.Grounds;
using Weir.Contracts.Notices;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Serving;
using Weir.Vault.Chain;
using Weir.Vault.Customers;
using Weir.Vault.LineRoutes;
using Weir.Vault.Remediation;
using Weir.Vault.Sealing;

namespace Weir.Vault.Notifying;

/// <summary>What the gate works with.</summary>
internal sealed record NoticeGateDependencies(
    NoticeDelivery Delivery, CaseGrounds Grounds, ICaseLinks Links, ILineMeasures Lines, LineActivities Activities);

/// <summary>Takes notices. Safe for any thread.</summary>
internal sealed class NoticeGate(
    NoticeGateDependencies parts, IAuditLog audit, VaultRefusals refusals, TimeProvider time)
{
    /// <summary>What the desk is told of a restriction that it is too early to tell a customer of.</summary>
    public const string NotInForce = "the vault's own router or access system does not hold it yet";

    public Task<NoticeProof> AnswerAsync(PeerCall call, NoticeAsk ask, CancellationToken cancel) =>
        refusals.AnswerAsync(call, ask.Number, async asker =>
        {
            var step = NoticeNames.TryParse(ask.Step, out NoticeStep named)
                ? named
                : throw new FormatException($"'{ask.Step}' is not a step");
            var proof =
                await DeliverAsync(CaseGrounds.Read(ask.Order), step, ActionFields.Read(ask.Done), asker, cancel);
            return new NoticeProof(
                NoticeNames.ToName(proof.Outcome), proof.Channel, proof.Reply, proof.Digest, proof.Language, proof.At);
        });

    internal async Task<NoticeReceipt> DeliverAsync(
        ScopeOrder order, NoticeStep step, IReadOnlyList<ActionTaken> done, Asker asker, CancellationToken cancel)
    {
        CustomerFacts facts;
        try
        {
            _ = parts.Grounds.Require(order);
            facts = CustomerFacts.From(order) ?? throw new VaultRefusedException(
                DenyCode.OutOfScope, $"nobody is told of scope {order.Id}: it is a check")
            {
                Word = VaultCodes.OtherThanGrounds,
            };
            if (step == NoticeStep.Clean && !parts.Activities.WasActiveAfter(order.Case, facts.Last))
            {
                throw new VaultRefusedException(
                    DenyCode.OutOfScope,
                    $"no collector saw the line of {order.Case} active after what is told of, so it is not called clean")
                {
                    Word = VaultCodes.NotSeenActive,
                };
            }
        }
        catch (VaultRefusedException refused)
        {
            _ = await audit.AppendAsync(
                asker.Entry(AuditActions.Notify, NoticeNames.ToName(step)) with
                {
                    Outcome = refused.Word, Case = order.Case.ToString(), Scope = order.Id.ToString(),
                },
                CancellationToken.None);
            throw;
        }

        var confirmed = parts.Lines.Confirm(order.Case, done);
        return ClaimOf(step) is { } claim && !confirmed.Any(action => action.Kind == claim)
            ? new(NoticeOutcome.Later, "", NotInForce, "", "", time.GetUtcNow())
            : await parts.Delivery.DeliverAsync(
                new CustomerNotice(order.Case, order.Id, step, facts, confirmed, parts.Links.Create(order.Case)),
                asker, cancel);
    }

    /// <summary>What the text of a step says is in force, or over; null where it says neither.</summary>
    private static ActionKind? ClaimOf(NoticeStep step) => step switch
    {
        NoticeStep.EndpointBlocked => ActionKind.ClosedForLine,
        NoticeStep.LeakyGarden => ActionKind.LeakyGarden,
        NoticeStep.StrictGarden => ActionKind.StrictGarden,
        NoticeStep.Released => ActionKind.Released,
        _ => null,
    };
}
