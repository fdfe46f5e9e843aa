// SPDX-License-Identifier: Apache-2.0
//
// Gives the networks of a case's line, for a block that routers match on. On record before the answer, without the
// networks: which line it was stays between the vault and the routers (rules.md R9, R12).
using Weir.Contracts.Clients;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Vault.Sealing;
using Weir.Wire;

namespace Weir.Vault.Gardening;

/// <summary>The vault's answers about where a line is. Safe for any thread.</summary>
/// <param name="parts">What it works with.</param>
/// <param name="asker">User at the other end, for the record.</param>
/// <param name="time">The clock.</param>
internal sealed class SubscriberLineLocator(VaultDependencies parts, string asker, TimeProvider time)
{
    /// <summary>The networks the line of a case has now; empty where it has none.</summary>
    /// <param name="id">Whose.</param>
    /// <param name="scope">The scope that allows the block.</param>
    /// <param name="v6">IPv6 alone, or IPv4 alone; null for both, and then nothing of either may be shared.</param>
    /// <param name="cancel">Ends the wait for the record.</param>
    /// <exception cref="VaultRefusedException">No scope, no key of the case, or the line
    /// shares its address.</exception>
    public async Task<IReadOnlyList<Prefix>> NetworksAsync(CaseId id, ScopeId scope, bool? v6, CancellationToken cancel)
    {
        var entry = new AuditEntry
        {
            Actor = asker,
            Role = Actor.ToName(Role.Machine),
            Act = AuditActions.GiveLine,
            Outcome = AuditActions.Allow,
            Case = id.ToString(),
            Scope = scope.ToString()
        };
        var subject = scope.Number == 0 ? null : parts.Seals.Open(id);
        var held = subject is null ? null : new SubscriberLineNetworks(parts.Networks, parts.Identity).Find(
            subject, time.GetUtcNow().ToUnixTimeMilliseconds());
        if (Refusal(id, scope, held, v6) is { } refusal)
        {
            await parts.Audit.AppendAsync(entry with { Outcome = DenyCodes.ToName(refusal.Code) }, cancel);
            throw refusal;
        }

        List<Prefix> networks = [.. held!.Own.Where(network => v6 is null || network.IsV4 != v6)];
        await parts.Audit.AppendAsync(entry with { Rows = networks.Count }, cancel);
        return networks;
    }

    /// <summary>Whether a medical device or an alarm hangs on the line of a case. A boolean alone, and on record
    /// before the answer.</summary>
    /// <exception cref="VaultRefusedException">No scope, or no key of the case.</exception>
    public async Task<bool> IsProtectedAsync(CaseId id, ScopeId scope, CancellationToken cancel)
    {
        var entry = new AuditEntry
        {
            Actor = asker,
            Role = Actor.ToName(Role.Machine),
            Act = AuditActions.TellProtected,
            Outcome = AuditActions.Allow,
            Case = id.ToString(),
            Scope = scope.ToString()
        };
        var subject = scope.Number == 0 ? null : parts.Seals.Open(id);
        var refusal = scope.Number == 0 ? new(DenyCode.NoTrigger, "whether a line is protected is told for a scope")
            : subject is null ? new VaultRefusedException(
                DenyCode.Unknown, $"{id} has no key here: it was never sealed, or it is closed and its key destroyed")
            : null;
        await parts.Audit.AppendAsync(
            refusal is null ? entry : entry with { Outcome = DenyCodes.ToName(refusal.Code) }, cancel);
        return refusal is null ? parts.Protected.IsProtected(subject!) : throw refusal;
    }

    private static VaultRefusedException? Refusal(CaseId id, ScopeId scope, AssignedNetworks? held, bool? v6) =>
        scope.Number == 0 ? new(DenyCode.NoTrigger, "a block of a line names the scope that allows it")
        : held is null
            ? new(DenyCode.Unknown, $"{id} has no key here: it was never sealed, or it is closed and its key destroyed")
        : (held.SharesV4 && v6 != true) || (held.SharesV6 && v6 != false)
            ? new(DenyCode.TooWide, $"the line of {id} shares its address with others (CGNAT): a route on it would hit "
                + "them; block the endpoint for all, or use the garden")
        : null;
}
