// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;
using Weir.Vault.Gardening;

namespace Weir.Vault.Serving;

/// <summary>What restrictions ask of the vault about a line; for the desk alone.</summary>
internal sealed class LineRequests(VaultParts parts, TimeProvider time)
{
    public async Task NetworksAsync(HttpContext context, Peer peer)
    {
        var asked = await VaultRequests.ReadAsync(context, LineJson.Default.LineAsked);
        var networks = await new LineKeeper(parts, peer.Name, time)
            .NetworksAsync(VaultText.Case(asked.Case), VaultText.Scope(asked.Scope), asked.V6, context.RequestAborted);
        await VaultRequests.AnswerAsync(context, new LineTold([.. networks.Select(network => network.ToString())]), LineJson.Default.LineTold);
    }
}
