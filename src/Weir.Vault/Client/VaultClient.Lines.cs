// SPDX-License-Identifier: Apache-2.0
using Weir.Flows;
using Weir.Vault.Serving;
using Weir.Wire;

namespace Weir.Vault.Client;

/// <content>What restrictions of a line need.</content>
public sealed partial class VaultClient
{
    /// <summary>The network the line of a case has now, IPv4 before IPv6; null where it has none.</summary>
    public async Task<Prefix?> PrefixAsync(CaseId id, ScopeId scope, CancellationToken cancel) => (await NetworksAsync(id, scope, null, cancel)).Select(network => (Prefix?)network).FirstOrDefault();

    public Task<IReadOnlyList<Prefix>> PrefixesAsync(CaseId id, ScopeId scope, bool v6, CancellationToken cancel) => NetworksAsync(id, scope, v6, cancel);

    private async Task<IReadOnlyList<Prefix>> NetworksAsync(CaseId id, ScopeId scope, bool? v6, CancellationToken cancel)
    {
        var told = await Channel.SendAsync(Post("v1/line", new LineAsked(id.ToString(), scope.ToString(), v6), LineJson.Default.LineAsked), LineJson.Default.LineTold, cancel);
        return [.. told.Networks.Select(Prefix.Parse)];
    }
}
