// SPDX-License-Identifier: Apache-2.0
//
// What is done on the approvals page: somebody shows who they are by a passkey and is shown what the vault holds for
// their role; a second touch signs one text. Nothing is remembered between the two, so there is no cookie and no
// session that somebody else could ride on.
using Weir.Contracts.Approvals;
using Weir.Contracts.Clients;
using Weir.Contracts.Passkeys;
using Weir.Contracts.Policy;
using Weir.Hosting.Auditing;
using Weir.Hosting.Browsers;
using Weir.Vault.Approving;
using Weir.Vault.Chain;

namespace Weir.Vault.ApprovalPages;

/// <summary>What it works with.</summary>
internal sealed record ApprovalDeskDependencies(
    ApprovalGate Gate, CurrentPeople People, PasskeyCheck Passkeys, PasskeyChallenges Challenges,
    ApprovalPageOptions Page);

/// <summary>Shows, takes signatures, enrols. Safe for any thread.</summary>
internal sealed class ApprovalDesk(ApprovalDeskDependencies parts, IAuditLog audit, RepeatedRefusals strangers)
{
    private const string Stranger = "none";

    private readonly PasskeyEnrolment _enrolment = new(parts.Challenges, parts.Page.Origin!);

    public PasskeyChallenge Challenge() => new(parts.Challenges.Create());

    /// <summary>What waits for whoever the passkey is; that they came is on record first.</summary>
    /// <exception cref="VaultRefusedException">It is nobody's, or does not count.</exception>
    /// <exception cref="AuditException">It could not be put on record.</exception>
    public async Task<PageShown> ShowAsync(PageShowAsk ask, CancellationToken cancel)
    {
        var (person, passkey) = await IdentifyAsync(ask.Assertion, cancel);
        _ = await audit.AppendAsync(EntryOf(person.Name, person.RoleWord, AuditActions.Allow), cancel);
        var requests = parts.Gate.WaitingFor(person.Role)
            .Where(one => ask.Leave.Length == 0 || one.Leave == ask.Leave)
            .Select(one => new PageRequest(
                one.Leave, one.Request.TextFor(person.Role), one.SignedBy, one.SignedBy.Contains(person.Name)));
        return new(person.Name, person.RoleWord, passkey.Credential, [.. requests]);
    }

    /// <summary>Puts a signature under one; whether it counts is the gate's to say.</summary>
    /// <exception cref="VaultRefusedException">It does not count.</exception>
    public async Task<PageSigned> SignAsync(PageSignAsk ask, CancellationToken cancel)
    {
        // Who holds no passkey of anybody's costs the record little; who does is on record with each try.
        if (!PasskeyAssertion.TryParse(ask.Assertion, out var assertion))
        {
            throw await StrangerAsync(ApprovalFault.Malformed, cancel);
        }

        if (!parts.People.Current.TryFindPasskey(assertion.Credential, out var found))
        {
            throw await StrangerAsync(ApprovalFault.UnknownKey, cancel);
        }

        if (!assertion.IsMadeBy(found.Passkey))
        {
            throw await StrangerAsync(ApprovalFault.BadSignature, cancel);
        }

        var standing = await parts.Gate.SignAsync(new("", ask.Leave, ask.Assertion), Asker.Itself, cancel);
        return new(standing.SignedBy, standing.Signatures.Count >= 2);
    }

    /// <summary>The line for the governance of a passkey that was just made. Nothing is kept: two people sign the line
    /// into the governance, or it is nobody's.</summary>
    /// <exception cref="VaultRefusedException">It is none that can be used here.</exception>
    public PasskeyLine Enrol(NewPasskey made)
    {
        try
        {
            return _enrolment.Enrol(made);
        }
        catch (PasskeyException none)
        {
            throw new VaultRefusedException(DenyCode.ActionNotAllowed, none.Message)
            {
                Word = ApprovalFaults.Word(none.Fault == PasskeyFault.OtherChallenge
                    ? ApprovalFault.Stale : ApprovalFaults.Of(none.Fault)),
            };
        }
    }

    private async Task<(Person Person, Passkey Passkey)> IdentifyAsync(string written, CancellationToken cancel)
    {
        if (!PasskeyAssertion.TryParse(written, out var assertion))
        {
            throw await StrangerAsync(ApprovalFault.Malformed, cancel);
        }

        if (!parts.People.Current.TryFindPasskey(assertion.Credential, out var found))
        {
            throw await StrangerAsync(ApprovalFault.UnknownKey, cancel);
        }

        var fault = !parts.Challenges.TryRead(assertion.ClientData, out var challenge) ? ApprovalFault.Stale
            : ApprovalFaults.Of(assertion.Verify(found.Passkey, challenge, parts.Page.Origin!.Name)) is
                not ApprovalFault.None and var bad ? bad
            : !parts.Challenges.TryUse(challenge) ? ApprovalFault.Replayed
            : parts.Passkeys.Take(assertion, found.Passkey, challenge);
        if (fault != ApprovalFault.None)
        {
            await strangers.NoteAsync(
                EntryOf(found.Person.Name, found.Person.RoleWord, ApprovalFaults.Word(fault)), cancel);
            throw ApprovalJudge.Refuse(fault);
        }

        return found;
    }

    private async Task<VaultRefusedException> StrangerAsync(ApprovalFault fault, CancellationToken cancel)
    {
        await strangers.NoteAsync(EntryOf(Stranger, Stranger, ApprovalFaults.Word(fault)), cancel);
        return ApprovalJudge.Refuse(fault);
    }

    private static AuditEntry EntryOf(string actor, string role, string outcome) => new()
    {
        Actor = actor, Role = role, Act = AuditActions.SignIn, Outcome = outcome, Reason = "approvals",
    };
}
