// SPDX-License-Identifier: Apache-2.0
//
// What stands in where the lab has no vault: nothing is sealed, nobody is disclosed, and an address is its own subject.
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Networks;
using Weir.Contracts.Scopes;
using Weir.Wire;

namespace Weir.Desk.Cases;

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
