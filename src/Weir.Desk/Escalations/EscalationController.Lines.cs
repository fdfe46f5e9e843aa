// SPDX-License-Identifier: Apache-2.0
//
// Routes of lines: what should stand is told to the vault, what should not is withdrawn there, and what the vault read
// back is how the block stands. The vault is asked what it has, so that a stop on either side leaves nothing behind.
using Weir.Contracts.AccessControl;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;

namespace Weir.Desk.Escalations;

public sealed partial class EscalationController
{
    private bool _hasNoRoutes;

    private async Task RouteLinesAsync(CancellationToken cancel)
    {
        var wanted = _parts.Blocks.LineRoutes.ToDictionary(lease => lease.Id);
        if (wanted.Count == 0 && _hasNoRoutes)
        {
            return;
        }

        await WithVaultAsync(
            async () =>
            {
                var routes = await _parts.Lines.RoutesAsync(cancel);
                foreach (var lease in routes.Keys.Where(id => !wanted.ContainsKey(id)))
                {
                    await _parts.Lines.WithdrawRouteAsync(_parts.Blocks.Find(lease)?.Case ?? default, lease, cancel);
                }

                var missing = wanted.Values.Where(lease => !routes.ContainsKey(lease.Id)).ToList();
                foreach (var lease in missing)
                {
                    await AnnounceAsync(lease, cancel);
                }

                routes = missing.Count > 0 ? await _parts.Lines.RoutesAsync(cancel) : routes;
                await _parts.Blocks.SeenAsync(routes, cancel);
                _hasNoRoutes = routes.Count == 0 && wanted.Count == 0;
            },
            refused =>
            {
                _parts.Log.VaultDown(refused);
                return Task.CompletedTask;
            });
    }

    private async Task AnnounceAsync(Lease lease, CancellationToken cancel)
    {
        if (_parts.Cases.Find(lease.Case) is not { } file || ScopeOf(file, ScopeActions.Block) is not { } scope)
        {
            return;
        }

        try
        {
            await _parts.Lines.AnnounceAsync(
                new(lease.Case, scope.Scope.Id, lease.Id, lease.Target, lease.EndsAt), cancel);
        }
        catch (Weir.Contracts.Clients.VaultRefusedException refused)
        {
            await _parts.Blocks.WithdrawAsync(
                [lease.Id], new(LeaseReasonCode.VaultRefused, refused.Message), Actor.Weir.Name,
                Actor.Weir.RoleWord, cancel);
        }
    }
}
