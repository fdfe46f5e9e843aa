// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.AccessControl;
using Weir.Contracts.Approvals;
using Weir.Contracts.Clients;
using Weir.Contracts.Grounds;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Serving;
using Weir.Vault.Approving;
using Weir.Vault.Chain;
using Weir.Vault.Sealing;

namespace Weir.Vault.Gardening;

/// <summary>Takes orders for gardens. Putting a line in needs grounds; letting it out needs nobody's leave. Safe for
/// any thread.</summary>
/// <param name="gardens">Null where none is configured.</param>
/// <param name="grounds">Judges orders.</param>
/// <param name="approvals">Judges what two people signed.</param>
/// <param name="audit">The vault's chain.</param>
/// <param name="refusals">Answers.</param>
internal sealed class GardenGate(
    WalledGardenController? gardens, CaseGrounds grounds, ApprovalJudge approvals, IAuditLog audit,
    VaultRefusals refusals)
{
    /// <summary>Counts; null where no garden is configured.</summary>
    public GardenCounts? Counts => gardens?.Counts is { } counts
        ? new(
            gardens.Standing, counts.Asked, counts.Done, counts.Again, counts.Failed, counts.Refused, counts.Reapplied,
            counts.Sent, counts.Forged)
        : null;

    public Task<GardenReply> AnswerAsync(PeerCall call, GardenAsk ask, CancellationToken cancel) =>
        refusals.AnswerAsync(call, ask.Number, async asker =>
        {
            // Not cut off with the connection: what was sent must come into the book, so that a repeat knows of it.
            var proof = await ApplyAsync(ask, asker);
            return new GardenReply(proof.IsDone, proof.Way, proof.Reply, proof.At);
        });

    internal async Task<WalledGardenResult> ApplyAsync(GardenAsk ask, Asker asker)
    {
        var (id, garden) = (VaultText.Case(ask.Case), WalledGardenNames.Parse(ask.Garden));
        var scope = ask.Order is { } fields ? CaseGrounds.Read(fields) : null;
        var order = new WalledGardenOrder(id, scope?.Id ?? default, garden, ask.By, ask.Reason) { Exempt = ask.Exempt };
        try
        {
            if (gardens is null)
            {
                throw new VaultRefusedException(
                    DenyCode.ActionNotAllowed, "no garden is configured; write vault.garden in the vault's "
                        + "configuration (docs/27-garden.md) and start the vault again");
            }

            if (garden != WalledGarden.None)
            {
                RequireGrounds(id, scope);
            }

            if (garden != WalledGarden.Strict)
            {
                approvals.Close(ApprovalAct.StrictGarden, id.ToString());
            }
            else if (approvals.NeedsKeys)
            {
                order = order with
                {
                    Approval = approvals.Require(
                        new(ApprovalAct.StrictGarden, "") { Case = id.ToString() }, null, id.ToString()).Request.Number,
                };
            }
        }
        catch (VaultRefusedException refused)
        {
            _ = await audit.AppendAsync(
                asker.Entry(AuditActions.Garden, ask.Garden) with
                {
                    Outcome = refused.Word, Case = ask.Case, Scope = order.Scope.ToString(),
                },
                CancellationToken.None);
            throw;
        }

        return await gardens.ApplyAsync(order, asker, CancellationToken.None);
    }

    private void RequireGrounds(CaseId id, ScopeOrder? scope)
    {
        _ = grounds.Require(scope is not null && scope.Case == id ? scope : throw new VaultRefusedException(
            DenyCode.NoTrigger, $"an order for a garden names a scope of {id} that allows it"));
        if (scope.Purpose == Purpose.RemediationCheck)
        {
            throw new VaultRefusedException(
                DenyCode.ActionNotAllowed,
                $"scope {scope.Id} is a check after a clean-up: it is counted, and no line is restricted because of "
                    + $"it; name the scope of {id} that is checked");
        }

        if (!scope.Class.MayRestrict)
        {
            throw new VaultRefusedException(
                DenyCode.TooWide,
                $"scope {scope.Id} names no far end and nothing that its flows have to show, so no line is "
                    + "restricted because of it");
        }
    }
}
