// SPDX-License-Identifier: Apache-2.0
//
// The vault as the desk's components ask it: one client, whose requests go with the orders of their scopes and stand on
// the desk's chain first.
using Microsoft.Extensions.DependencyInjection;
using Weir.Contracts.AccessControl;
using Weir.Contracts.Clients;
using Weir.Contracts.Consents;
using Weir.Contracts.Customers;
using Weir.Contracts.Grounds;
using Weir.Contracts.Networks;
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Desk.Orders;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.VaultClient;

namespace Weir.Desk.Cases;

/// <summary>Where the vault is.</summary>
public sealed record VaultTie
{
    /// <summary>The vault; null in a lab that has none. Not disposed with the process.</summary>
    public PeerClient? Vault { get; init; }

    /// <summary>Signs grants of the lab, where nobody is behind an address.</summary>
    public required SigningKey LabKey { get; init; }

    /// <summary>The lab profile: subjects stand in clear.</summary>
    public required bool IsLab { get; init; }

    /// <summary>Networks, for the lab.</summary>
    public required NetworkTable Networks { get; init; }
}

/// <summary>Orders of scopes for who is made before the cases are open.</summary>
internal sealed class OrderLookup
{
    private CaseHandler? _cases;

    public void Follow(CaseHandler cases) => _cases = cases;

    public ScopeOrder? Find(ScopeId scope) => _cases?.FindOrder(scope);
}

/// <summary>What the vault does for the desk; parts of it are null where there is no vault.</summary>
internal sealed record DeskVault(
    IVault Cases, IGrantSource Grants, IConsentGateway? Consents, INoticeGateway? Notices,
    IAccessControlGateway? Lines, ICustomerPages? Pages, ILineActivity? Activity);

/// <summary>Puts the vault's client into the desk's host.</summary>
internal static class VaultRegistration
{
    public static IServiceCollection AddVault(this IServiceCollection services, VaultTie tie)
    {
        services.AddSingleton<OrderLookup>();
        services.AddSingleton(provider => provider.GetRequiredService<DeskVault>().Cases);
        return services.AddSingleton(provider =>
        {
            if (tie.Vault is null)
            {
                return new DeskVault(
                    new NoVault(tie.Networks), new LabGrantSource(tie.LabKey), null, null, null, null, null);
            }

            var vault = new DeskVaultClient(
                tie.Vault, provider.GetRequiredService<IAuditLog>(),
                provider.GetRequiredService<OrderLookup>().Find);
            return new DeskVault(
                vault, tie.IsLab ? new LabGrantSource(tie.LabKey) : vault, tie.IsLab ? null : vault, vault, vault, vault,
                vault);
        });
    }
}
