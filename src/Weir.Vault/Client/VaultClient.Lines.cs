// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.AccessControl;
using Weir.Contracts.Scopes;
using Weir.Vault.Gardening;
using Weir.Vault.Serving;
using Weir.Wire;

namespace Weir.Vault.Client;

/// <content>What restrictions of a line need.</content>
public sealed partial class VaultClient
{
    /// <summary>For what waits for a NAS or a program of the provider: its patience is at most a minute.</summary>
    private readonly VaultChannel _slow = new(socket, TimeSpan.FromMinutes(2));

    /// <summary>The network the line of a case has now, IPv4 before IPv6; null where it has none.</summary>
    public async Task<Prefix?> PrefixAsync(CaseId id, ScopeId scope, CancellationToken cancel) =>
        (await NetworksAsync(id, scope, null, cancel)).Select(network => (Prefix?)network).FirstOrDefault();

    public Task<IReadOnlyList<Prefix>> PrefixesAsync(CaseId id, ScopeId scope, bool v6, CancellationToken cancel) =>
        NetworksAsync(id, scope, v6, cancel);

    public async Task<bool> IsProtectedAsync(CaseId id, ScopeId scope, CancellationToken cancel) =>
        (await Channel.SendAsync(
            Post(
                "v1/protected", new ProtectionRequest(id.ToString(), scope.ToString()),
                SubscriberLineJsonContext.Default.ProtectionRequest),
            SubscriberLineJsonContext.Default.ProtectionResponse, cancel)).IsProtected;

    /// <summary>Puts the line of a case in a garden, or out of it; the same order again is answered with
    /// the proof it had.</summary>
    public async Task<WalledGardenResult> GardenAsync(WalledGardenOrder order, CancellationToken cancel)
    {
        var asked = new WalledGardenRequest(
            order.Case.ToString(), order.Scope.ToString(), WalledGardenNames.ToName(order.Garden), order.By,
            order.Reason, order.Exempt);
        var told = await _slow.SendAsync(
            Post("v1/garden", asked, SubscriberLineJsonContext.Default.WalledGardenRequest),
            SubscriberLineJsonContext.Default.WalledGardenResponse, cancel);
        return new WalledGardenResult(told.IsDone, told.Way, told.Reply, told.At);
    }

    private async Task<IReadOnlyList<Prefix>> NetworksAsync(
        CaseId id, ScopeId scope, bool? v6, CancellationToken cancel)
    {
        var told = await Channel.SendAsync(
            Post(
                "v1/line", new SubscriberLineRequest(id.ToString(), scope.ToString(), v6),
                SubscriberLineJsonContext.Default.SubscriberLineRequest),
            SubscriberLineJsonContext.Default.SubscriberLineResponse, cancel);
        return [.. told.Networks.Select(Prefix.Parse)];
    }
}
