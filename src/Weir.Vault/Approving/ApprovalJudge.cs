// SPDX-License-Identifier: Apache-2.0
//
// Whether two people approved what is to be carried out. The vault looks at its own requests and at their signatures;
// what the desk says of people counts for nothing. A request is used up by one act.
using Weir.Contracts.Approvals;
using Weir.Contracts.Clients;
using Weir.Contracts.Policy;

namespace Weir.Vault.Approving;

/// <summary>Judges approvals. Safe for any thread.</summary>
internal sealed class ApprovalJudge(ApprovalLedger ledger, CurrentPeople people, TimeProvider time)
{
    /// <summary>Whether two people are two keys here; false in the lab alone.</summary>
    public bool NeedsKeys => people.Current.NeedsKeys;

    /// <summary>Two people approved just this.</summary>
    /// <param name="expected">What is to be done.</param>
    /// <param name="leave">Number of the leave at the desk; null where any request of this act will do.</param>
    /// <param name="usedFor">What it is used up for; the same again is the same act.</param>
    /// <returns>The request, whose number is for the record; and who signed.</returns>
    /// <exception cref="VaultRefusedException">They did not.</exception>
    public (ApprovalRequest Request, IReadOnlyList<Person> Signers) Require(
        ExpectedApproval expected, string? leave, string usedFor)
    {
        var fault = ApprovalFault.SecondPersonNeeded;
        foreach (var record in leave is null
            ? ledger.Matching(expected)
            : ledger.Find(leave) is { } one ? (IReadOnlyList<ApprovalRecord>)[one] : [])
        {
            var verdict = new SignedApproval(record.Signatures).Verify(expected, people.Current, time.GetUtcNow());
            if (verdict.Fault == ApprovalFault.None)
            {
                if (TryUse(record.Leave, usedFor))
                {
                    return (record.Request, verdict.Signers);
                }

                fault = ApprovalFault.Replayed;
            }
            else if (fault == ApprovalFault.SecondPersonNeeded)
            {
                fault = verdict.Fault;
            }
        }

        throw Refuse(fault);
    }

    /// <summary>What an approval was used for is over: a further act needs another.</summary>
    public void Close(ApprovalAct act, string usedFor) =>
        ledger.Close(record => record.Request.Act == act && record.UsedFor == usedFor);

    /// <summary>The refusal of a fault.</summary>
    public static VaultRefusedException Refuse(ApprovalFault fault) =>
        new(DenyCode.SecondPersonNeeded, ApprovalFaults.Sentence(fault)) { Word = ApprovalFaults.Word(fault) };

    private bool TryUse(string leave, string usedFor)
    {
        var isUsed = false;
        _ = ledger.Change(leave, record =>
        {
            isUsed = !record.IsClosed && (record.UsedFor.Length == 0 || record.UsedFor == usedFor);
            return isUsed && record.UsedFor.Length == 0 ? record with { UsedFor = usedFor } : record;
        });
        return isUsed;
    }
}
