// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Tests.Support;
using Weir.Vault.Chain;
using Weir.Vault.Complaints;
using Weir.Vault.Disclosing;
using Weir.Vault.Sealing;
using Weir.Wire;

namespace Weir.Tests.Vault.Support;

/// <summary>What an asker may have of a vault, without a socket between: every request on grounds that hold, unless a
/// test brings others.</summary>
internal sealed class VaultKeeper(SmallVault vault, string name)
{
    public static readonly ScopeId Scope = new(5);

    private Asker Asker => new(name, RequestNumber.Create());

    /// <summary>Seals a subject in force now.</summary>
    public Task SealAsync(CaseId id, SubjectKey subject, CancellationToken cancel = default) =>
        SealAsync(vault.Order(id, subject, Scope), cancel);

    public Task SealAsync(ScopeOrder order, CancellationToken cancel = default) =>
        vault.Get<SealGate>().SealAsync(order, Asker, cancel);

    public Task DestroyAsync(CaseId id) => vault.Get<SealGate>().DestroyAsync(id, Asker, default);

    public Task<IReadOnlyDictionary<CaseId, SubjectKey>> ReissueAsync(
        IReadOnlyCollection<CaseId> cases, uint epoch) => vault.Get<SealGate>().ReissueAsync(cases, epoch, Asker, default);

    /// <summary>A complaint of its own about an address.</summary>
    public Task<SubjectKey?> AttributeAsync(IpKey address, ushort? port, DateTimeOffset at) => AttributeAsync(
        Report(address, port, at));

    public Task<SubjectKey?> AttributeAsync(ReportedTraffic report) =>
        vault.Get<ComplaintGate>().AttributeAsync(report, Asker, default);

    public static ReportedTraffic Report(IpKey address, ushort? port, DateTimeOffset at) => new(
        new ScopeId((ulong)HashCode.Combine(address, port, at) & 0xFFFF_FFFF).ToString(), "peer", address, port, at,
        SignedOrders.Class, at.ToUnixTimeMilliseconds() - 300_000, at.ToUnixTimeMilliseconds() + 300_000);

    public Task<Disclosure> DiscloseAsync(DisclosureOrder order, SubjectKey subject, string? number = null) =>
        vault.Get<DisclosureGate>().DiscloseAsync(
            vault.Order(order.Case, subject, order.Scope, Weir.Contracts.Networks.Epochs.BeginOf(SmallVault.Now)),
            order, number is null ? Asker : new(name, number), default);
}
