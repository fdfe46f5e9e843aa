// SPDX-License-Identifier: Apache-2.0
//
// What two people decided of a listed network that the brake holds (rules.md R21): the store looks at their signatures
// itself, and from then on evidence of more lines of the network is read, or of none.
using Weir.Contracts.Approvals;
using Weir.Contracts.Braking;
using Weir.Contracts.Protocol;
using Weir.Hosting.Auditing;
using Weir.Hosting.Braking;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.Releases;

namespace Weir.Store.Braking;

/// <summary>Takes decisions. Safe for any thread.</summary>
internal sealed class EvidenceBrakeGate(OrderBrake brake, ReleaseChain chain, CurrentPeople people, TimeProvider time)
{
    public async Task<Done> DecideAsync(PeerCall call, NetworkDecision ask, CancellationToken cancel)
    {
        chain.RequireNumber(ask.Number);
        if (!ListedNetwork.TryParse(ask.Network, out var network))
        {
            throw PeerRefusalException.Malformed("a listed network is written 198.51.100.0/24 or 2001:db8:1::/48");
        }

        var entry = ReleaseChain.EntryOf(
            call, ask.Number, ask.IsReleased ? AuditActions.ReleaseHeld : AuditActions.DropHeld) with
        {
            Reason = ask.Network,
        };
        if (people.Current.NeedsKeys)
        {
            var verdict = (ask.Signed ?? new([])).Verify(
                new(ask.IsReleased ? ApprovalAct.HeldRelease : ApprovalAct.HeldDrop, ask.Network), people.Current,
                time.GetUtcNow());
            if (verdict.Fault != ApprovalFault.None)
            {
                throw await chain.RefuseAsync(
                    entry, ApprovalFaults.Word(verdict.Fault), ApprovalFaults.Sentence(verdict.Fault));
            }

            await chain.RecordBeforeAsync(SignedEntries.From(ask.Signed!, people.Current), cancel);
            entry = entry with { Approval = verdict.Request!.Number };
        }

        _ = await chain.RecordAsync(call, entry, cancel);
        try
        {
            brake.Decide(network, ask.IsReleased);
        }
        catch (IOException fault)
        {
            throw chain.Down(StoreCodes.StoreDown, fault.Message);
        }

        return Done.It;
    }
}
