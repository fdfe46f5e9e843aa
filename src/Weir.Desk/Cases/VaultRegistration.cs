// SPDX-License-Identifier: Apache-2.0
//
// The vault as the desk's components ask it: one client, whose requests go with the orders of their scopes and stand on
// the desk's chain first. In a lab that has none, nothing is sealed, nobody is disclosed, and an address is its own
// subject.
using Microsoft.Extensions.DependencyInjection;
using Weir.Contracts.AccessControl;
using Weir.Contracts.Clients;
using Weir.Contracts.Consents;
using Weir.Contracts.Customers;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Networks;
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Desk.Orders;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.VaultClient;
using Weir.Wire;

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
    IAccessControlGateway? Lines, ICustomerPages? Pages, ILineActivity? Activity,
    IApprovalBook? Approvals)
{
    /// <summary>Has to be told what two people decided of what the brake holds; null where there is no vault.</summary>
    public IBrakeKeeper? Brake { get; init; }
}

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
                    new NoVault(tie.Networks), new LabGrantSource(tie.LabKey), null, null, null, null, null, null);
            }

            var vault = new DeskVaultClient(
                tie.Vault, provider.GetRequiredService<IAuditLog>(),
                provider.GetRequiredService<OrderLookup>().Find);
            return new DeskVault(
                vault, tie.IsLab ? new LabGrantSource(tie.LabKey) : vault, tie.IsLab ? null
                    : vault, vault, vault, vault,
                vault, vault)
            {
                Brake = vault,
            };
        });
    }
}

/// <summary>A vault's part in the lab profile.</summary>
internal sealed class NoVault(NetworkTable networks) : IVault
{
    public Task SealAsync(ScopeOrder order, CancellationToken cancel) => Task.CompletedTask;

    public Task DestroyAsync(CaseId id, CancellationToken cancel) => Task.CompletedTask;

    public Task<IReadOnlyDictionary<CaseId, SubjectKey>> ReissueAsync(
        IReadOnlyCollection<CaseId> cases, uint epoch, CancellationToken cancel) =>
            Task.FromResult<IReadOnlyDictionary<CaseId, SubjectKey>>(new Dictionary<CaseId, SubjectKey>());

    public Task<SubjectKey?> AttributeAsync(ReportedTraffic report, CancellationToken cancel) =>
        Task.FromResult<SubjectKey?>(
            networks.Find(report.Address) is { Excluded: false, Attribution: SubscriberMapping.Static } network
                ? new SubjectKey(new IpKey(report.Address.Bits & network.SubjectMask).Bits)
                : null);

    public Task<Disclosure> DiscloseAsync(DisclosureOrder order, CancellationToken cancel) =>
        throw new VaultDownException(
            "no vault is configured, so nobody can be disclosed; run `weir vault` and set vault.socket");
}
