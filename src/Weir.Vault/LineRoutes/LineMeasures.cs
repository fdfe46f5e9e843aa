// SPDX-License-Identifier: Apache-2.0
//
// What is in force for a line the vault knows itself: it announces the line's routes and orders its gardens. Whatever
// the desk says of them is told to a customer only as far as the vault's own router and access system hold it.
using Weir.Contracts.AccessControl;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;
using Weir.Vault.Gardening;
using Weir.Vault.Sealing;

namespace Weir.Vault.LineRoutes;

/// <summary>Confirms what is said to be in force for a line.</summary>
internal interface ILineMeasures
{
    /// <summary>What of these is so; what is not the line's alone stays as it was said.</summary>
    IReadOnlyList<ActionTaken> Confirm(CaseId id, IReadOnlyList<ActionTaken> said);
}

/// <summary>Looks at the vault's own routes and gardens. Safe for any thread.</summary>
/// <param name="routes">Routes that should stand.</param>
/// <param name="ledger">How they stand; null without a router.</param>
/// <param name="seals">Cases.</param>
internal sealed class LineMeasures(LineRouteStore routes, LineRouteLedger? ledger, CaseSealStore seals) : ILineMeasures
{
    private readonly WalledGardenStore _gardens = new(seals);

    public IReadOnlyList<ActionTaken> Confirm(CaseId id, IReadOnlyList<ActionTaken> said) =>
        [.. said.Where(action => IsSo(id, action))];

    private bool IsSo(CaseId id, ActionTaken action) => action.Kind switch
    {
        // Held without a neighbour that is sent it is not in force.
        ActionKind.ClosedForLine => routes.All.Any(route =>
            route.Case == id && ledger?.Find(route.Lease).State == LeaseState.Verified),
        ActionKind.LeakyGarden => IsIn(id, WalledGarden.Leaky),
        ActionKind.StrictGarden => IsIn(id, WalledGarden.Strict),
        ActionKind.Released => routes.All.All(route => route.Case != id)
            && (seals.Open(id) is null || _gardens.GetState(id).Garden == WalledGarden.None),
        _ => true,
    };

    private bool IsIn(CaseId id, WalledGarden garden) =>
        seals.Open(id) is not null && _gardens.GetState(id).Garden == garden;
}
