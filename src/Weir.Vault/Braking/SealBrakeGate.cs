// SPDX-License-Identifier: Apache-2.0
//
// What two people decided of a listed network that the brake holds (rules.md R21). The vault looks at its own request
// and their signatures; from then on it seals and tells of more lines of the network, or of none.
using Weir.Contracts.Approvals;
using Weir.Contracts.Braking;
using Weir.Contracts.Clients;
using Weir.Contracts.Protocol;
using Weir.Hosting.Auditing;
using Weir.Hosting.Braking;
using Weir.Hosting.Peers.Serving;
using Weir.Vault.Approving;
using Weir.Vault.Chain;

namespace Weir.Vault.Braking;

/// <summary>Takes decisions. Safe for any thread.</summary>
internal sealed class SealBrakeGate(OrderBrake brake, ApprovalJudge approvals, IAuditLog audit, VaultRefusals refusals)
{
    public Task<Done> DecideAsync(PeerCall call, NetworkDecision ask, CancellationToken cancel) =>
        refusals.AnswerAsync(call, ask.Number, async asker =>
        {
            await DecideAsync(ask, asker, cancel);
            return Done.It;
        });

    internal async Task DecideAsync(NetworkDecision ask, Asker asker, CancellationToken cancel)
    {
        if (!ListedNetwork.TryParse(ask.Network, out var network))
        {
            throw new FormatException("a listed network is written 198.51.100.0/24 or 2001:db8:1::/48");
        }

        var entry = asker.Entry(ask.IsReleased ? AuditActions.ReleaseHeld : AuditActions.DropHeld, ask.Network);
        try
        {
            entry = entry with { Approval = Approve(ask) };
        }
        catch (VaultRefusedException refused)
        {
            _ = await audit.AppendAsync(entry with { Outcome = refused.Word }, cancel);
            throw;
        }

        _ = await audit.AppendAsync(entry, cancel);
        brake.Decide(network, ask.IsReleased);
    }

    /// <summary>Both signed just this; the number of what they signed. Empty in the lab.</summary>
    private string Approve(NetworkDecision ask) => !approvals.NeedsKeys ? "" : approvals.Require(
        new(ask.IsReleased ? ApprovalAct.HeldRelease : ApprovalAct.HeldDrop, ask.Network), ask.Leave, ask.Network)
        .Request.Number;
}
