// SPDX-License-Identifier: Apache-2.0
//
// A customer is told what the grounds say, and nothing else: purpose, class and time of what is told must be those of a
// scope that follows from its grounds.
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Notices;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Serving;
using Weir.Vault.Chain;
using Weir.Vault.Remediation;
using Weir.Vault.Sealing;

namespace Weir.Vault.Notifying;

/// <summary>Takes notices. Safe for any thread.</summary>
internal sealed class NoticeGate(
    NoticeDelivery delivery, CaseGrounds grounds, LineActivities activities, IAuditLog audit, VaultRefusals refusals)
{
    public Task<NoticeProof> AnswerAsync(PeerCall call, NoticeAsk ask, CancellationToken cancel) =>
        refusals.AnswerAsync(call, ask.Number, async asker =>
        {
            var step = NoticeNames.TryParse(ask.Step, out NoticeStep named)
                ? named
                : throw new FormatException($"'{ask.Step}' is not a step");
            var facts = ask.Facts.ToFacts() ?? throw new FormatException($"'{ask.Facts.Purpose}' is not a purpose");
            var proof = await DeliverAsync(CaseGrounds.Read(ask.Order), step, (facts, ask.Link), asker, cancel);
            return new NoticeProof(
                NoticeNames.ToName(proof.Outcome), proof.Channel, proof.Reply, proof.Digest, proof.Language, proof.At);
        });

    internal async Task<NoticeReceipt> DeliverAsync(
        ScopeOrder order, NoticeStep step, (NoticeFacts Facts, string Link) told, Asker asker,
        CancellationToken cancel)
    {
        try
        {
            _ = grounds.Require(order);
            if (Fault(order, told.Facts) is { } fault)
            {
                throw new VaultRefusedException(
                    DenyCode.OutOfScope, $"the {fault} that is told is not that of scope {order.Id}")
                {
                    Word = VaultCodes.OtherThanGrounds,
                };
            }

            if (step == NoticeStep.Clean
                && !activities.WasActiveAfter(order.Case, told.Facts.Last.ToUnixTimeMilliseconds()))
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

        return await delivery.DeliverAsync(
            new Notice(order.Case, order.Id, step, told.Facts, told.Link), asker, cancel);
    }

    private static string? Fault(ScopeOrder order, NoticeFacts facts) =>
        facts.Purpose != order.Purpose ? "purpose"
        : facts.Class != new TrafficClass(order.Class).ToString() ? "class"
        : facts.First.ToUnixTimeMilliseconds() < order.FromMs || facts.Last.ToUnixTimeMilliseconds() > order.ExpiresMs
            || facts.First > facts.Last ? "time"
        : facts.Endpoint.Length > 0 && !(Endpoint.TryParse(facts.Endpoint, out var endpoint)
            && order.Class.Remotes.Contains(endpoint.Address) && order.Class.RemotePorts.Contains(endpoint.Port))
            ? "endpoint"
        : null;
}
