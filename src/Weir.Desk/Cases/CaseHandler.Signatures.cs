// SPDX-License-Identifier: Apache-2.0
//
// Two people are two keys (trust.md R23). The vault draws up what both sign and keeps their signatures; whoever carries
// it out verifies them, and so does the desk before it goes on. In the lab nothing is signed.
using Weir.Contracts.Approvals;
using Weir.Contracts.Clients;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;

namespace Weir.Desk.Cases;

public sealed partial class CaseHandler
{
    /// <summary>Whether two people are two keys; false in the lab alone.</summary>
    public bool NeedsKeys => _parts.People.Current.NeedsKeys;

    /// <summary>The number of what waits, by itself or by the planned block it is about; 0 where there is none.
    /// </summary>
    public ulong NumberOf(string id) => TryParseApproval(id, out var number) ? number
        : LeaseId.TryParse(id, out var lease)
            ? Asked.LastOrDefault(asked => asked.Deed == Permission.Block && asked.Lease == lease)?.Number ?? 0
        : 0;

    /// <summary>How what two people sign stands.</summary>
    /// <exception cref="VaultDownException">The vault does not answer.</exception>
    /// <exception cref="VaultRefusedException">It knows none of that number.</exception>
    public Task<ApprovalStanding> StandingAsync(ulong number, CancellationToken cancel) =>
        Book.FindAsync(Name(number), cancel);

    /// <summary>Puts a signature under it; the vault alone says whether it counts.</summary>
    /// <exception cref="VaultDownException">The vault does not answer.</exception>
    /// <exception cref="VaultRefusedException">It does not count.</exception>
    public Task<ApprovalStanding> SignAsync(ulong number, string signature, CancellationToken cancel) =>
        Book.SignAsync(Name(number), signature, cancel);

    private IApprovalBook Book => _parts.Approvals ?? throw new VaultRefusedException(
        DenyCode.ActionNotAllowed, "nothing is signed in a lab; give leave as it is, by --approve");

    /// <summary>Has what both sign drawn up.</summary>
    private async Task DrawUpAsync(StoredApproval asked, TimeSpan? lasts, CancellationToken cancel)
    {
        if (_parts.People.Current.NeedsKeys)
        {
            var wanted = ExpectedOf(asked);
            _ = await Book.OpenAsync(
                new(Name(asked.Number), wanted.Act, asked.Case, asked.Scope, wanted.Target, asked.Reason)
                {
                    AskedBy = asked.AskedBy, Lasts = lasts,
                },
                cancel);
        }
    }

    /// <summary>Both signatures, where they hold and are of the two who asked and gave.</summary>
    private async Task<(SignedApproval? Signed, ApprovalFault Fault)> SignedAsync(
        StoredApproval given, TimeSpan length, DateTimeOffset now, CancellationToken cancel)
    {
        var people = _parts.People.Current;
        if (!people.NeedsKeys)
        {
            return (null, ApprovalFault.None);
        }

        var signed = new SignedApproval((await StandingAsync(given.Number, cancel)).Signatures);
        var verdict = signed.Verify(ExpectedOf(given), people, now);
        return verdict.Fault != ApprovalFault.None ? (null, verdict.Fault)
            : given.Deed == Permission.Block
                && ApprovalParameters.LastsOf(verdict.Request!.Parameters) is { } most && length > most
                ? (null, ApprovalFault.OtherText)
            : IsBy(verdict, given.AskedBy, given.AskedRole) && IsBy(verdict, given.GivenBy, given.GivenRole)
                ? (signed, ApprovalFault.None)
            : (null, ApprovalFault.SecondPersonNeeded);
    }

    private static bool IsBy(ApprovalVerdict verdict, string user, Role role) =>
        verdict.Signers.Any(one => one.User == user && one.Role == role);

    /// <summary>What an approval is about, as the vault and the store will look for it.</summary>
    private static ExpectedApproval ExpectedOf(StoredApproval asked)
    {
        var isForLine = asked.Deed == Permission.Block && asked.Scope.Number != 0;
        var act = WhoSigns.ActOf(asked.Deed, isForLine);
        var target = act is ApprovalAct.Disclosure or ApprovalAct.StrictGarden ? ""
            : isForLine && MitigationTarget.TryParse(asked.Target, out var rule, out _) ? rule!.WithoutLine().ToString()
            : asked.Target;
        return new(act, target) { Case = asked.Case.Number == 0 ? "" : asked.Case.ToString(), Reason = asked.Reason };
    }
}
