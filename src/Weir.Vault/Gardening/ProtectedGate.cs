// SPDX-License-Identifier: Apache-2.0
//
// Whether a line is protected: a boolean alone, on record before the answer (rules.md R12, R14).
using Weir.Contracts.Clients;
using Weir.Contracts.Grounds;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Serving;
using Weir.Vault.Chain;
using Weir.Vault.Sealing;

namespace Weir.Vault.Gardening;

/// <summary>Tells whether lines are protected. Safe for any thread.</summary>
internal sealed class ProtectedGate(
    CaseGrounds grounds, IProtectedSubjects shielded, IAuditLog audit, VaultRefusals refusals)
{
    public Task<ProtectedReply> ProtectedAsync(PeerCall call, ProtectedAsk ask, CancellationToken cancel) =>
        refusals.AnswerAsync(call, ask.Number, async asker => new ProtectedReply(
            await IsProtectedAsync(CaseGrounds.Read(ask.Order), asker, cancel)));

    /// <summary>Whether a medical device or an alarm hangs on the line of a case. A boolean alone, and on record
    /// before the answer.</summary>
    /// <exception cref="VaultRefusedException">The order does not follow.</exception>
    internal async Task<bool> IsProtectedAsync(ScopeOrder order, Asker asker, CancellationToken cancel)
    {
        var entry = Entry(AuditActions.TellProtected, order, asker);
        try
        {
            var subject = grounds.Require(order);
            _ = await audit.AppendAsync(entry, cancel);
            return shielded.IsProtected(subject);
        }
        catch (VaultRefusedException refused)
        {
            _ = await audit.AppendAsync(entry with { Outcome = refused.Word }, cancel);
            throw;
        }
    }

    private static AuditEntry Entry(string act, ScopeOrder order, Asker asker) => asker.Entry(act) with
    {
        Purpose = Purposes.ToName(order.Purpose), Case = order.Case.ToString(), Scope = order.Id.ToString(),
    };
}
