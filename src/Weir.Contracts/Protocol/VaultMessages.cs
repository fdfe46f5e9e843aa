// SPDX-License-Identifier: Apache-2.0
//
// What the desk says to the vault. Every request that makes something leave has the number that stands on both chains.
using Weir.Contracts.Events;
using Weir.Contracts.Grounds;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Notices;
using Weir.Contracts.Signing;

namespace Weir.Contracts.Protocol;

/// <summary>Limits of requests to the vault.</summary>
public static class VaultLimits
{
    /// <summary>Most octets of a request that carries grounds.</summary>
    public const int MaxOctets = 2 << 20;

    /// <summary>Most cases, or consents, of one request.</summary>
    public const int MaxAtOnce = 10_000;
}

/// <summary>What a collector's mechanical counters say of lines under a check, and of no others: whether each was
/// active in an interval. How much, when in it and with whom is not asked and not said.</summary>
/// <param name="FromMs">Begin of the interval, ms since the UNIX epoch.</param>
/// <param name="UntilMs">Its end.</param>
/// <param name="Lines">One for each case.</param>
public sealed record LineActivityReport(long FromMs, long UntilMs, IReadOnlyList<LineActivity> Lines);

/// <summary>One line.</summary>
/// <param name="Case">The case whose line it is.</param>
/// <param name="WasActive">It sent something.</param>
public sealed record LineActivity(string Case, bool WasActive);

/// <summary>Whether a line under a check was active in every part of a silence.</summary>
/// <param name="Number">The request's own.</param>
/// <param name="Order">The check, with its grounds.</param>
/// <param name="FromMs">Begin of the silence, no earlier than the check's.</param>
/// <param name="UntilMs">Its end.</param>
public sealed record WasActiveAsk(string Number, ScopeOrderFields Order, long FromMs, long UntilMs);

/// <summary>A boolean alone.</summary>
public sealed record WasActiveReply(bool WasActive);

/// <summary>A subject is to be sealed under a case's own key.</summary>
/// <param name="Number">The request's own: see <see cref="RequestNumber"/>.</param>
/// <param name="Order">A scope of the case with its grounds; it names case, subject and epoch.</param>
public sealed record SealAsk(string Number, ScopeOrderFields Order);

/// <summary>A case's key is to be destroyed.</summary>
public sealed record DestroyAsk(string Number, string Case);

/// <summary>Names of sealed cases under the key of another epoch.</summary>
public sealed record ReissueAsk(string Number, IReadOnlyList<string> Cases, uint Epoch);

/// <summary>Names by case.</summary>
public sealed record ReissuedNames(IReadOnlyDictionary<string, string> Names);

/// <summary>A complaint, told by somebody whom the desk authenticated.</summary>
/// <param name="Number">The request's own.</param>
/// <param name="Id">The complaint's own number, the same for the same reporter and reference.</param>
/// <param name="Reporter">Who, as the vault's own list names them.</param>
/// <param name="Address">Address reported; it goes to the vault and does not come back.</param>
/// <param name="Port">Source port, where lines share the address.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Class">Traffic it is about.</param>
/// <param name="FromMs">First flow start that is to be looked at.</param>
/// <param name="UntilMs">First flow start that is not.</param>
public sealed record ComplaintAsk(
    string Number, string Id, string Reporter, string Address, ushort? Port, DateTimeOffset At, ClassFields Class,
    long FromMs, long UntilMs);

/// <summary>A subject by its pseudonym; null where nobody can be told.</summary>
public sealed record AttributedSubject(string? Subject);

/// <summary>A grant that the vault is to sign, if it is what the vault found.</summary>
/// <param name="Number">The request's own.</param>
/// <param name="Wanted">What it should say.</param>
public sealed record GrantAsk(string Number, GrantFields Wanted);

/// <summary>The vault's word.</summary>
public sealed record SignedGrant(Envelope Grant);

/// <summary>An order to disclose.</summary>
/// <param name="Number">The request's own.</param>
/// <param name="Order">The scope that allows it, with its grounds.</param>
/// <param name="AskedBy">Who asked.</param>
/// <param name="AskedRole">In which role.</param>
/// <param name="GivenBy">Who gave leave.</param>
/// <param name="GivenRole">In which role.</param>
/// <param name="Reason">Why.</param>
/// <param name="Leave">Number of the leave at the desk: one opens one view.</param>
public sealed record DiscloseAsk(
    string Number, ScopeOrderFields Order, string AskedBy, string AskedRole, string GivenBy, string GivenRole,
    string Reason, string Leave);

/// <summary>Who it is, until a time.</summary>
public sealed record DisclosedLine(string Line, DateTimeOffset Until);

/// <summary>A notice to the customer of a case. The facts of it are the order's grounds.</summary>
/// <param name="Number">The request's own.</param>
/// <param name="Order">The scope it tells of, with its grounds.</param>
/// <param name="Step">Which step.</param>
/// <param name="Done">What was done, as it stands.</param>
public sealed record NoticeAsk(string Number, ScopeOrderFields Order, string Step, IReadOnlyList<ActionFields> Done);

/// <summary>Something that was done, as JSON has it.</summary>
/// <param name="Kind">A word of <see cref="ActionTaken.ToName"/>.</param>
/// <param name="What">The endpoint or name; empty for a garden.</param>
/// <param name="At">When it ends or began.</param>
public sealed record ActionFields(string Kind, string What, DateTimeOffset At)
{
    /// <summary>Most of one scope.</summary>
    public const int Max = 64;

    /// <summary>The fields of an action.</summary>
    public static ActionFields From(ActionTaken action) => new(ActionTaken.ToName(action.Kind), action.What, action.At);

    /// <summary>The action they write down; null where they are none.</summary>
    public ActionTaken? ToAction() =>
        ActionTaken.TryParse(Kind, out ActionKind kind) && What.Length <= ActionTaken.MaxWhat
        && !What.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))
        && new ActionTaken(kind, What, At) is var action && action.Ends == What.Length > 0
            ? action
            : null;

    /// <summary>The actions of a request.</summary>
    /// <exception cref="FormatException">One of them is none, or there are too many.</exception>
    public static IReadOnlyList<ActionTaken> Read(IReadOnlyList<ActionFields> done) => done.Count > Max
        ? throw new FormatException($"at most {Max} things that were done are told at once")
        : [.. done.Select(fields => fields.ToAction()
            ?? throw new FormatException($"'{fields.Kind}' is nothing that is done, or lacks what it is about"))];
}

/// <summary>What became of a notice.</summary>
public sealed record NoticeProof(
    string Outcome, string Channel, string Reply, string Digest, string Language, DateTimeOffset At);

/// <summary>A notice with invented facts, as a customer would get it.</summary>
/// <param name="Language">Of its text.</param>
/// <param name="Languages">Languages there are texts for.</param>
/// <param name="Subject">Its subject.</param>
/// <param name="Plain">Its plain text.</param>
public sealed record NoticeExample(string Language, IReadOnlyList<string> Languages, string Subject, string Plain);

/// <summary>Whether a line is protected.</summary>
public sealed record ProtectedAsk(string Number, ScopeOrderFields Order);

/// <summary>A boolean alone.</summary>
public sealed record ProtectedReply(bool IsProtected);

/// <summary>A route that matches a case's line.</summary>
/// <param name="Number">The request's own.</param>
/// <param name="Order">The scope that allows it, with its grounds.</param>
/// <param name="Lease">The block's number.</param>
/// <param name="Target">Its one line, as <see cref="Mitigation.MitigationTarget"/> writes it, without the
/// subscriber's.</param>
/// <param name="EndsAt">When it ends whatever happens, UTC.</param>
public sealed record LineRouteAsk(
    string Number, ScopeOrderFields Order, string Lease, string Target, DateTimeOffset EndsAt);

/// <summary>A route goes, without anybody's leave.</summary>
public sealed record LineRouteWithdrawal(string Number, string Case, string Lease);

/// <summary>Every route that the vault has for a line.</summary>
public sealed record LineRoutesReply(IReadOnlyList<LineRouteFields> Routes);

/// <summary>One of them.</summary>
/// <param name="Lease">The block's number.</param>
/// <param name="State"><c>waiting</c>, <c>held</c> or <c>sent</c>.</param>
/// <param name="Reason">Name of a <see cref="LeaseReasonCode"/>; empty for none.</param>
/// <param name="Detail">What the router said of it, never an address; empty for nothing.</param>
/// <param name="SentTo">Neighbours that are sent it.</param>
/// <param name="Neighbours">Neighbours there are.</param>
public sealed record LineRouteFields(string Lease, string State, string Reason, string Detail, int SentTo,
    int Neighbours)
{
    private static readonly (LeaseState State, string Name)[] States =
    [
        (LeaseState.Approved, "waiting"), (LeaseState.Announced, "held"), (LeaseState.Verified, "sent"),
    ];

    /// <summary>The fields of a standing.</summary>
    public static LineRouteFields From(LeaseId lease, LeaseStanding standing) => new(
        lease.ToString(), Array.Find(States, one => one.State == standing.State).Name,
        LeaseReason.ToName(standing.Reason.Code), standing.Reason.Detail, standing.Confirmed.Held,
        standing.Confirmed.Asked);

    /// <summary>The standing they write down; null where they do not.</summary>
    public LeaseStanding? ToStanding() =>
        Array.Find(States, one => one.Name == State) is { Name: not null } known
        && LeaseReason.TryParse(Reason, out var code)
            ? new(known.State, new(code, Detail), new(SentTo, Neighbours))
            : null;
}

/// <summary>An order to put a line into a garden, or out of it.</summary>
/// <param name="Number">The request's own.</param>
/// <param name="Case">Whose line.</param>
/// <param name="Order">The scope that allows it, with its grounds; null is allowed only for letting out.</param>
/// <param name="Garden">Which.</param>
/// <param name="By">Who asked, and who gave leave where two were needed.</param>
/// <param name="Reason">As they said.</param>
/// <param name="Exempt">What stays open.</param>
public sealed record GardenAsk(
    string Number, string Case, ScopeOrderFields? Order, string Garden, string By, string Reason,
    IReadOnlyList<string> Exempt);

/// <summary>What became of it.</summary>
public sealed record GardenReply(bool IsDone, string Way, string Reply, DateTimeOffset At);

/// <summary>Public half of the key that consents are signed with, PEM.</summary>
public sealed record ConsentKeyReply(string Pem);

/// <summary>A token that is to be used up.</summary>
public sealed record ConsentUse(string Number, string Token);

/// <summary>Consents by number.</summary>
public sealed record ConsentIds(IReadOnlyList<string> Ids);

/// <summary>What the vault keeps of who had an address; of nobody in particular.</summary>
/// <param name="Rows">Rows.</param>
/// <param name="Oldest">End of the one that ended longest ago.</param>
/// <param name="Newest">End of the one that ended last, or now.</param>
/// <param name="Octets">On disk.</param>
public sealed record VaultHoldings(long Rows, DateTimeOffset? Oldest, DateTimeOffset? Newest, long Octets);

/// <summary>How the vault is: counts, and nobody.</summary>
public sealed record VaultStatus
{
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Epoch of now.</summary>
    public required long Epoch { get; init; }

    /// <summary>Epochs whose key is kept.</summary>
    public required IReadOnlyList<uint> Epochs { get; init; }

    /// <summary>The key that grants are signed with, as configurations write it: <c>ed25519:…</c>.</summary>
    public required string GrantKey { get; init; }

    /// <summary>Cases that have a key.</summary>
    public required int Cases { get; init; }

    public required int Disclosed { get; init; }

    public required int Notified { get; init; }

    public required long IdentityVersion { get; init; }

    public required int Contacts { get; init; }

    public required int ContactsRefused { get; init; }

    /// <summary>Why the contacts as they are now are not in force; empty where they are.</summary>
    public required string ContactsFault { get; init; }

    /// <summary>Null where no garden is configured.</summary>
    public required GardenCounts? Gardens { get; init; }

    /// <summary>Refusals since the start, by code.</summary>
    public required IReadOnlyDictionary<string, long> Refused { get; init; }

    /// <summary>What left, since the start, by route.</summary>
    public required IReadOnlyDictionary<string, long> Released { get; init; }
}

/// <summary>Orders for gardens since the start: asked = done + again + failed + refused.</summary>
public sealed record GardenCounts(
    int Standing, long Asked, long Done, long Again, long Failed, long Refused, long Reapplied, long Sent, long Forged);
