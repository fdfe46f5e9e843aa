// SPDX-License-Identifier: Apache-2.0
//
// Gives the networks of a case's line, for a block that routers match on. On record before the answer, without the
// networks: which line it was stays between the vault and the routers (rules.md R9, R12).
using Weir.Contracts.Clients;
using Weir.Contracts.Grounds;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Serving;
using Weir.Vault.Chain;
using Weir.Vault.Sealing;
using Weir.Wire;

namespace Weir.Vault.Gardening;

/// <summary>The vault's answers about where a line is. Safe for any thread.</summary>
internal sealed class SubscriberLineLocator(
    CaseGrounds grounds, SubscriberLineNetworks lines, IProtectedSubjects shielded, IAuditLog audit,
    VaultRefusals refusals, TimeProvider time)
{
    public Task<LineReply> NetworksAsync(PeerCall call, LineAsk ask, CancellationToken cancel) =>
        refusals.AnswerAsync(call, ask.Number, async asker => new LineReply(
            [.. (await NetworksAsync(CaseGrounds.Read(ask.Order), ask.V6, asker, cancel))
                .Select(network => network.ToString())]));

    public Task<ProtectedReply> ProtectedAsync(PeerCall call, ProtectedAsk ask, CancellationToken cancel) =>
        refusals.AnswerAsync(call, ask.Number, async asker => new ProtectedReply(
            await IsProtectedAsync(CaseGrounds.Read(ask.Order), asker, cancel)));

    /// <summary>The networks the line of a case has now; empty where it has none.</summary>
    /// <param name="order">The scope that allows the block.</param>
    /// <param name="v6">IPv6 alone, or IPv4 alone; null for both, and then nothing of either may be shared.</param>
    /// <param name="asker">Who asks.</param>
    /// <param name="cancel">Ends the wait for the record.</param>
    /// <exception cref="VaultRefusedException">The order does not follow, or the line shares its address.</exception>
    internal async Task<IReadOnlyList<Prefix>> NetworksAsync(
        ScopeOrder order, bool? v6, Asker asker, CancellationToken cancel)
    {
        var entry = Entry(AuditActions.GiveLine, order, asker);
        try
        {
            var held = lines.Find(grounds.Require(order), time.GetUtcNow().ToUnixTimeMilliseconds());
            if ((held.SharesV4 && v6 != true) || (held.SharesV6 && v6 != false))
            {
                throw new VaultRefusedException(
                    DenyCode.TooWide, $"the line of {order.Case} shares its address with others (CGNAT): a route on it "
                        + "would hit them; block the endpoint for all, or use the garden");
            }

            List<Prefix> networks = [.. held.Own.Where(network => v6 is null || network.IsV4 != v6)];
            _ = await audit.AppendAsync(entry with { Rows = networks.Count }, cancel);
            return networks;
        }
        catch (VaultRefusedException refused)
        {
            _ = await audit.AppendAsync(entry with { Outcome = refused.Word }, cancel);
            throw;
        }
    }

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
