// SPDX-License-Identifier: Apache-2.0
//
// Draws up what two people sign, shows it, and takes signatures (rules.md R23). The number and the times are the
// vault's; a signature is taken only from a key of the governance in force, over the text that the vault holds for that
// person's role. Each signature stands on the vault's chain with its exact octets before it counts.
using Weir.Contracts.Approvals;
using Weir.Contracts.Clients;
using Weir.Contracts.Grounds;
using Weir.Contracts.Passkeys;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Ssh;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Serving;
using Weir.Vault.Chain;
using Weir.Vault.Sealing;

namespace Weir.Vault.Approving;

/// <summary>What requests are drawn up from.</summary>
/// <param name="Ledger">The requests.</param>
/// <param name="People">Whose keys count.</param>
/// <param name="Grounds">What scopes rest on.</param>
/// <param name="Passkeys">Looks at signatures of passkeys.</param>
/// <param name="Page">Where they are made.</param>
internal sealed record ApprovalDependencies(
    ApprovalLedger Ledger, CurrentPeople People, CaseGrounds Grounds, PasskeyCheck Passkeys, ApprovalPageOptions Page);

/// <summary>Draws up, shows, takes signatures. Safe for any thread.</summary>
internal sealed class ApprovalGate(
    ApprovalDependencies parts, IAuditLog audit, VaultRefusals refusals, TimeProvider time)
{
    private const int LongestLeave = 64;

    private People People => parts.People.Current;

    public Task<ApprovalStanding> OpenAsync(PeerCall call, ApprovalAsk ask, CancellationToken cancel) =>
        refusals.AnswerAsync(call, ask.Number, asker => OpenAsync(ask, asker, cancel));

    public Task<ApprovalStanding?> ShowAsync(PeerCall call, CancellationToken cancel) => refusals.AnswerAsync(
        call, () => Task.FromResult<ApprovalStanding?>(StandingOf(Find(call.Query("leave") ?? ""))));

    public Task<ApprovalStanding> SignAsync(PeerCall call, ApprovalSignAsk ask, CancellationToken cancel) =>
        refusals.AnswerAsync(call, ask.Number, asker => SignAsync(ask, asker, cancel));

    internal async Task<ApprovalStanding> OpenAsync(ApprovalAsk ask, Asker asker, CancellationToken cancel)
    {
        var scope = ask.Order is { } fields ? CaseGrounds.Read(fields) : null;
        if (ask.Leave.Length > LongestLeave)
        {
            throw new FormatException($"a leave has at most {LongestLeave} characters");
        }

        // One that is too long is refused below, and the chain has no room for it.
        var reason = ask.Reason.Length > ApprovalRequest.MaxValue ? "a reason that is too long" : ask.Reason;
        var entry = asker.Entry(AuditActions.DrawUpApproval, $"{ask.Leave}: {reason}") with
        {
            Case = ask.Case.Length == 0 ? "" : VaultText.Case(ask.Case).ToString(), Scope = scope?.Id.ToString() ?? "",
        };
        ApprovalRequest request;
        try
        {
            request = Draw(ask, scope);
        }
        catch (VaultRefusedException refused)
        {
            _ = await audit.AppendAsync(entry with { Outcome = refused.Word }, cancel);
            throw;
        }

        if (parts.Ledger.Find(ask.Leave) is { } known)
        {
            return request with
            {
                Number = known.Request.Number, NotBefore = known.Request.NotBefore, Expires = known.Request.Expires,
            } == known.Request
                ? StandingOf(known)
                : throw ApprovalJudge.Refuse(ApprovalFault.OtherText);
        }

        _ = await audit.AppendAsync(entry with { Approval = request.Number }, cancel);
        var record = new ApprovalRecord(ask.Leave, request) { AskedBy = ask.AskedBy.Trim() };
        return parts.Ledger.Add(record) is not { } full
            ? StandingOf(record)
            : throw new VaultRefusedException(DenyCode.ActionNotAllowed, full)
            {
                Word = VaultCodes.TooManyApprovals,
            };
    }

    internal async Task<ApprovalStanding> SignAsync(ApprovalSignAsk ask, Asker asker, CancellationToken cancel)
    {
        var record = Find(ask.Leave);
        var entry = asker.Entry(AuditActions.SignApproval, ask.Leave) with
        {
            Case = record.Request.Case, Approval = record.Request.Number,
        };
        var (signed, fault) = Judge(record, ask.Signature);
        if (fault != ApprovalFault.None)
        {
            _ = await audit.AppendAsync(entry with { Outcome = ApprovalFaults.Word(fault) }, cancel);
            throw ApprovalJudge.Refuse(fault);
        }

        var (person, signature) = signed!.Value;
        if (record.SignedBy.Contains(person.Name))
        {
            return StandingOf(record);
        }

        fault = PasskeyFaultOf(signature);
        if (fault != ApprovalFault.None)
        {
            _ = await audit.AppendAsync(
                entry with { Actor = person.Name, Role = person.RoleWord, Outcome = ApprovalFaults.Word(fault) }, cancel);
            throw ApprovalJudge.Refuse(fault);
        }

        _ = await audit.AppendAsync(
            entry with
            {
                Actor = person.Name, Role = person.RoleWord, Text = signature.Text, Signature = signature.Signature,
            },
            cancel);
        return StandingOf(parts.Ledger.Change(ask.Leave, now =>
            now.SignedBy.Contains(person.Name) || now.Signatures.Count >= 2
                ? now
                : now with
                {
                    Signatures = [.. now.Signatures, signature], SignedBy = [.. now.SignedBy, person.Name],
                })!);
    }

    private ApprovalRequest Draw(ApprovalAsk ask, ScopeOrder? scope)
    {
        if (!WhoSigns.TryParse(ask.Act, out var act) || WhoSigns.Of(act) is not
            { Needed: SignersNeeded.Two, Deed: not null })
        {
            throw new FormatException($"'{ask.Act}' is no act that two people sign");
        }

        if (!ApprovalReason.IsSaid(ask.Reason) || ask.Reason.Length > ApprovalRequest.MaxValue
            || ask.Target.Length > ApprovalRequest.MaxValue)
        {
            throw new VaultRefusedException(
                DenyCode.ActionNotAllowed, $"a reason has at least {ApprovalReason.FewestWords} different words, of "
                    + $"{ApprovalReason.FewestLetters} letters together, and at most {ApprovalRequest.MaxValue} "
                    + "characters: write what is to be done, and why");
        }

        if (ask.LastsSeconds < 0 || ask.LastsSeconds > (long)ApprovalParameters.Longest.TotalSeconds)
        {
            throw new FormatException("what is given holds for no time, or for longer than anything may");
        }

        if (scope is not null)
        {
            if (scope.Case.ToString() != ask.Case)
            {
                throw new VaultRefusedException(DenyCode.OutOfScope, "the scope is another case's")
                {
                    Word = VaultCodes.OtherThanGrounds,
                };
            }

            parts.Grounds.Verify(scope);
        }

        var now = ApprovalRequest.WholeSeconds(time.GetUtcNow());
        return new()
        {
            Instance = People.Instance, Act = act, Number = ApprovalRequest.CreateNumber(), Case = ask.Case,
            Scope = scope is null ? "" : ScopeDigest.Of(scope), Target = ask.Target,
            Parameters = ApprovalParameters.Write(ask.Leave, TimeSpan.FromSeconds(ask.LastsSeconds)),
            Reason = ask.Reason, NotBefore = now, Expires = now + ApprovalRequest.Longest,
        };
    }

    /// <summary>Requests that a role may have a part in, latest first.</summary>
    internal IReadOnlyList<ApprovalRecord> WaitingFor(Role role) =>
        parts.Ledger.Waiting(record => WhoSigns.RolesFor(record.Request.Act).Contains(role));

    /// <summary>What a passkey's signature needs beside the signature; none where it is no passkey's.</summary>
    private ApprovalFault PasskeyFaultOf(ApprovalSignature signature) =>
        !PasskeyAssertion.TryParse(signature.Signature, out var assertion) ? ApprovalFault.None
        : People.TryFindPasskey(assertion.Credential, out var found) ? parts.Passkeys.Take(
            assertion, found.Passkey, PasskeyAssertion.ChallengeOf(signature.Text))
        : ApprovalFault.UnknownKey;

    /// <summary>Whose key made it, whatever it is under.</summary>
    private (Person? Person, ApprovalFault Fault) MakerOf(string written)
    {
        if (PasskeyAssertion.TryParse(written, out var assertion))
        {
            return People.TryFindPasskey(assertion.Credential, out var found)
                ? (found.Person, ApprovalFault.None)
                : (null, ApprovalFault.UnknownKey);
        }

        return !SshSignature.TryParse(written, out var made) ? (null, ApprovalFault.Malformed)
            : People.TryFind(made.Key, out var person) ? (person, ApprovalFault.None)
            : (null, ApprovalFault.UnknownKey);
    }

    /// <summary>Whose signature it is, over the text of that person's role.</summary>
    private ((Person Person, ApprovalSignature Signature)? Signed, ApprovalFault Fault) Judge(
        ApprovalRecord record, string written)
    {
        var (person, unknown) = MakerOf(written);
        if (person is null)
        {
            return (null, unknown);
        }

        var signature = new ApprovalSignature(record.Request.TextFor(person.Role), written);
        var looked = signature.Verify(People, time.GetUtcNow());
        var fault = looked.Fault != ApprovalFault.None ? looked.Fault
            : record.SignedBy.Contains(person.Name) ? ApprovalFault.None
            : record.Signatures.Count >= 2 ? ApprovalFault.Replayed
            : record.Signatures is [var first]
                && !(ApprovalText.TryRead(first.Text, out _, out var role)
                    && WhoSigns.MayTogether(record.Request.Act, role, person.Role)) ? ApprovalFault.SecondPersonNeeded
            : ApprovalFault.None;
        return ((person, signature), fault);
    }

    private ApprovalRecord Find(string leave) => parts.Ledger.Find(leave) ?? throw new VaultRefusedException(
        DenyCode.Unknown, $"{leave} is no request that can be signed: it was not asked for, or its 24 hours are over");

    private ApprovalStanding StandingOf(ApprovalRecord record) => new(
        WhoSigns.RolesFor(record.Request.Act).ToDictionary(Actor.ToName, record.Request.TextFor), record.Signatures,
        record.SignedBy)
    {
        Page = parts.Page.AddressOf(record.Leave),
    };
}
