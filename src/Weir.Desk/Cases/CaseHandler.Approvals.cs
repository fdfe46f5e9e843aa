// SPDX-License-Identifier: Apache-2.0
//
// What needs two people (rules.md R9, R11): one asks, another in another role gives, and the giving is recorded before
// the approval exists. Outside the lab two people are two keys (rules.md R23): the vault draws up what both sign and
// keeps their signatures; whoever carries it out verifies them, and so does the desk before it goes on.
using System.Collections.Concurrent;
using System.Globalization;
using Weir.Contracts.Approvals;
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Cases;

/// <summary>What came of asking or giving: an approval, or a refusal.</summary>
/// <param name="Asked">The request, where one stands.</param>
/// <param name="Approval">The leave, once it is given.</param>
/// <param name="Refused">Why not, where it was refused.</param>
public sealed record ApprovalResult(StoredApproval? Asked, Approval? Approval, Decision.Deny? Refused);

/// <summary>What leave is asked about.</summary>
/// <param name="Case">The case; default where it is about none.</param>
/// <param name="Scope">The scope; default where it is about none.</param>
/// <param name="Target">What else names it: an endpoint, a report, a prefix.</param>
public readonly record struct ApprovalSubject(CaseId Case = default, ScopeId Scope = default, string Target = "")
{
    /// <summary>The planned block it is to put in force; default where it is none.</summary>
    public LeaseId Lease { get; init; }

    /// <summary>For how long what is given may hold; null where it is done at once.</summary>
    public TimeSpan? Lasts { get; init; }
}

public sealed partial class CaseHandler
{
    /// <summary>A request that nobody gave by then is void.</summary>
    private static readonly TimeSpan RequestValidFor = TimeSpan.FromHours(24);

    private readonly ConcurrentDictionary<ulong, StoredApproval> _approvals = [];

    /// <summary>Requests that wait for a second person.</summary>
    public IReadOnlyList<StoredApproval> Asked =>
        [.. _approvals.Values.Where(a => a.GivenAt is null && !IsOver(a)).OrderBy(a => a.AskedAt)];

    /// <summary>Asks for what a second person has to give. The request to the engine names no
    /// second person yet. Outside the lab the vault draws up what both sign.</summary>
    /// <exception cref="VaultDownException">The vault does not answer, so nothing can be drawn up.</exception>
    /// <exception cref="VaultRefusedException">It does not draw it up.</exception>
    public async Task<ApprovalResult> RequestAsync(
        Actor actor, Permission deed, ApprovalSubject about, string reason, CancellationToken cancel)
    {
        var asked = new StoredApproval
        {
            Number = FreshNumber(), Deed = deed, Case = about.Case, Scope = about.Scope, Target = about.Target,
            Lease = about.Lease,
            AskedBy = actor.Name, AskedRole = actor.Role, Reason = reason, AskedAt = _parts.Time.GetUtcNow(),
        };
        await DrawUpAsync(asked, about.Lasts, cancel);
        await ActAsync(
            draft =>
            {
                draft.Entries.Add(EntryOf(asked, actor, ActOf(deed, isGiven: false), reason));
                draft.Approvals.Add(asked);
                draft.Touch(asked.Case);
            },
            cancel);
        return new(asked, null, null);
    }

    /// <summary>Gives what another asked for; used up at once.</summary>
    /// <param name="actor">The second person.</param>
    /// <param name="number">Of the request.</param>
    /// <param name="request">What the engine is asked, given the first person.</param>
    /// <param name="length">How long the approval holds.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<ApprovalResult> ApproveAsync(
        Actor actor, ulong number, Func<StoredApproval, Request> request, TimeSpan length, CancellationToken cancel) =>
        ApproveAsync(actor, number, request, length, (_, _) => true, cancel);

    /// <summary>The same, with what follows from it in the same step: both are on record and durable, or neither.
    /// </summary>
    /// <param name="actor">The second person.</param>
    /// <param name="number">Of the request.</param>
    /// <param name="request">What the engine is asked, given the first person.</param>
    /// <param name="length">How long the approval holds.</param>
    /// <param name="follow">Plans what follows; false where nothing can follow any more, and nothing is given.</param>
    /// <param name="cancel">Gives up.</param>
    private async Task<ApprovalResult> ApproveAsync(
        Actor actor, ulong number, Func<StoredApproval, Request> request, TimeSpan length,
        Func<CaseUnitOfWork, StoredApproval, bool> follow, CancellationToken cancel)
    {
        if (!_approvals.TryGetValue(number, out var asked) || asked.GivenAt is not null
            || IsOver(asked) || !IsAbout(request(asked), asked.Deed))
        {
            return new(null, null, await RefuseAsync(
                actor, new Request.ShowCase(null), DenyCode.Unknown,
                $"{Name(number)} is no request that waits; a request holds for "
                    + $"{RequestValidFor.TotalHours:0} hours and is given once.",
                cancel));
        }

        var decision = await Engine.DecideAsync(actor, request(asked), cancel);
        if (decision is Decision.Deny deny)
        {
            return new(asked, null, deny);
        }

        var now = _parts.Time.GetUtcNow();
        var given = asked with { GivenBy = actor.Name, GivenRole = actor.Role, GivenAt = now };
        var (signed, fault) = await SignedAsync(given, length, now, cancel);
        if (fault != ApprovalFault.None)
        {
            return new(asked, null, await RefuseAsync(
                actor, request(asked), DenyCode.SecondPersonNeeded,
                SentenceOf(fault, given),
                cancel));
        }

        given = given with { Signed = signed?.ToJson() ?? "" };
        var first = false;
        await ActAsync(
            draft =>
            {
                // Nothing is used up before it is on record and durable.
                first = _approvals.GetValueOrDefault(number) == asked && follow(draft, given);
                if (first)
                {
                    draft.Entries.AddRange(signed is null ? [] : SignedEntries.From(signed, _parts.People.Current));
                    draft.Entries.Add(EntryOf(
                        given, actor, ActOf(given.Deed, isGiven: true),
                        $"asked by {given.AskedBy}: {given.Reason}") with
                    {
                        Approval = SignedEntries.NumberOf(signed),
                    });
                    draft.Approvals.Add(given);
                    draft.Touch(given.Case);
                }
            },
            cancel);
        return first
            ? new(given, new Approval(given, now + length), null)
            : new(asked, null, await RefuseAsync(
                actor, request(asked), DenyCode.Unknown,
                $"{Name(number)} was given already, or what it is about is not as it was.", cancel));
    }

    /// <summary>What is wrong, who has to sign what, and how.</summary>
    private static string SentenceOf(ApprovalFault fault, StoredApproval given)
    {
        var roles = $"{Actor.ToName(given.AskedRole)} {given.AskedBy} and "
            + $"{Actor.ToName(given.GivenRole)} {given.GivenBy}";
        return fault == ApprovalFault.SecondPersonNeeded
            ? $"{roles} both have to sign it, each with a key of their own: weir approve {Name(given.Number)}."
            : $"{ApprovalFaults.Sentence(fault)} ({ApprovalFaults.Word(fault)}); {roles} sign with weir approve "
                + $"{Name(given.Number)}.";
    }

    /// <summary>What two people gave leave for, of one kind.</summary>
    public IReadOnlyList<StoredApproval> GetApprovals(Permission deed) =>
        [.. _approvals.Values.Where(a => a.Deed == deed && a.GivenAt is not null)];

    /// <summary>A request by its number.</summary>
    public StoredApproval? FindAsked(ulong number) => _approvals.GetValueOrDefault(number);

    /// <summary>Whether two people gave leave for this once.</summary>
    public bool WasApproved(Permission deed, string target) =>
        _approvals.Values.Any(a => a.Deed == deed && a.Target == target && a.GivenAt is not null);

    /// <summary>The leave of a promotion that was given and not carried out to its end: what a stop came between is
    /// taken up with it.</summary>
    /// <returns>Null where no such leave was given, or its time is over.</returns>
    public Approval? Promotion(ulong number, TimeSpan length) =>
        _approvals.TryGetValue(number, out var given)
        && given is { Deed: Permission.Promote, GivenAt: { } at } && at + length > _parts.Time.GetUtcNow()
            ? new Approval(given, at + length)
            : null;

    /// <summary>A request's number as people write it.</summary>
    public static string Name(ulong number) => string.Create(CultureInfo.InvariantCulture, $"a-{number:x16}");

    public static bool TryParseApproval(string text, out ulong number)
    {
        number = 0;
        return text.Length == 18 && text.StartsWith("a-", StringComparison.Ordinal)
            && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
    }

    internal async Task<Decision.Deny> RefuseAsync(
        Actor actor, Request request, DenyCode code, string why, CancellationToken cancel) =>
            (Decision.Deny)await Engine.RefuseAsync(actor, request, code, why, cancel);

    /// <summary>Leave for one deed is not given by asking for another.</summary>
    private static bool IsAbout(Request request, Permission deed) => request switch
    {
        Request.Disclose => deed == Permission.Disclose,
        Request.Promote => deed == Permission.Promote,
        Request.ReviewCandidate => deed == Permission.ReviewCandidate,
        Request.DecideHeld held => deed == held.Deed,
        Request.ReleaseEndpoint => deed == Permission.ReleaseEndpoint,
        Request.BlockEndpoint or Request.ActOnScope => deed == Permission.Block,
        _ => true,
    };

    private bool IsOver(StoredApproval asked) => asked.AskedAt + RequestValidFor < _parts.Time.GetUtcNow();

    private void Remember(StoredApproval approval) => _approvals[approval.Number] = approval;

    private static string ActOf(Permission deed, bool isGiven) => deed switch
    {
        Permission.Disclose => isGiven ? AuditActions.ApproveDisclosure : AuditActions.AskDisclosure,
        Permission.Block => AuditActions.ApproveBlock,
        Permission.Promote => isGiven ? AuditActions.ApprovePromotion : AuditActions.AskPromotion,
        Permission.ReleaseHeld => isGiven ? AuditActions.ReleaseHeld : AuditActions.AskHeld,
        Permission.DropHeld => isGiven ? AuditActions.DropHeld : AuditActions.AskHeld,
        Permission.ReleaseEndpoint => isGiven ? AuditActions.ReleaseEndpoint : AuditActions.AskEndpointRelease,
        Permission.StrictGarden => isGiven ? AuditActions.ApproveGarden : AuditActions.AskGarden,
        _ => AuditActions.Review,
    };

    private AuditEntry EntryOf(StoredApproval approval, Actor actor, string act, string reason) => new()
    {
        Actor = actor.Name,
        Role = actor.RoleWord,
        Act = act,
        Outcome = AuditActions.Allow,
        Case = approval.Case.Number == 0 ? "" : approval.Case.ToString(),
        Scope = approval.Scope.Number == 0 ? "" : approval.Scope.ToString(),
        Subject = _book.Get(approval.Case)?.Subject.ToString() ?? "",
        PredicateDigest = approval.Target.Length == 0 ? "" : CaseUnitOfWork.Digest(approval.Target),
        Reason = $"{Name(approval.Number)}: {reason}",
    };

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
            : isForLine && MitigationTarget.TryParse(asked.Target, out var rule, out _) ? rule!.Shown
            : asked.Target;
        return new(act, target) { Case = asked.Case.Number == 0 ? "" : asked.Case.ToString(), Reason = asked.Reason };
    }
}
