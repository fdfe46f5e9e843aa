// SPDX-License-Identifier: Apache-2.0
//
// What collectors, the store, the desk and people ask of the vault. Nobody has to be believed: what makes something
// leave carries its grounds, which the vault verifies itself, and a number that stands on both chains. No answer to the
// desk holds an address or a line's name, but the disclosure that two people ordered.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Contracts.Protocol;

/// <summary>Routes of the vault, and who may call them.</summary>
public static class VaultRoutes
{
    /// <summary>Collector. GET <c>?epoch=N</c> → 32 octets, the key that names subjects in that epoch.</summary>
    public const string EpochKey = "epoch-key";

    /// <summary>Store. GET <c>?epoch=N</c> → 8 octets, little end first: the key of that epoch's cohort draw.</summary>
    public const string CohortKey = "cohort-key";

    /// <summary>Store. GET <c>?from=DAY&amp;until=DAY</c>, days since the UNIX epoch, the second exclusive, both in one
    /// epoch → 32 octets: the key of the noise of what is published of that window.</summary>
    public const string NoiseKey = "noise-key";

    /// <summary>Collector. GET <c>?instance=…&amp;after=N</c> → octets of <see cref="IntakeRows"/>.</summary>
    public const string Intake = "intake";

    /// <summary>Collector. POST <see cref="HeardTime"/> → <see cref="Done"/>: what exporters say the time is.</summary>
    public const string HeardTime = "heard-time";

    /// <summary>Collector. POST <see cref="LineActivityReport"/> → <see cref="Done"/>: whether lines under a check were
    /// active, a boolean each.</summary>
    public const string LineActivity = "line-activity";

    /// <summary>Desk. POST <see cref="WasActiveAsk"/> → <see cref="WasActiveReply"/>.</summary>
    public const string WasActive = "line-activity/ask";

    /// <summary>Desk. POST <see cref="SealAsk"/> → <see cref="Done"/>.</summary>
    public const string Seal = "seal";

    /// <summary>Desk. POST <see cref="DestroyAsk"/> → <see cref="Done"/>.</summary>
    public const string Destroy = "destroy";

    /// <summary>Desk. POST <see cref="ReissueAsk"/> → <see cref="ReissuedNames"/>.</summary>
    public const string Reissue = "reissue";

    /// <summary>Desk. POST <see cref="ComplaintAsk"/> → <see cref="AttributedSubject"/>.</summary>
    public const string Complaint = "complaint";

    /// <summary>Desk. POST <see cref="GrantAsk"/> → <see cref="SignedGrant"/>.</summary>
    public const string Grant = "grant";

    /// <summary>Desk. POST <see cref="DiscloseAsk"/> → <see cref="DisclosedLine"/>; the one answer that names
    /// somebody.</summary>
    public const string Disclose = "disclose";

    /// <summary>Desk. POST <see cref="ApprovalAsk"/> → <see cref="ApprovalStanding"/>.</summary>
    public const string OpenApproval = "approvals/open";

    /// <summary>Desk. GET <c>?leave=a-…</c> → <see cref="ApprovalStanding"/>.</summary>
    public const string Approval = "approvals";

    /// <summary>Desk. POST <see cref="ApprovalSignAsk"/> → <see cref="ApprovalStanding"/>.</summary>
    public const string SignApproval = "approvals/sign";

    /// <summary>Desk. POST <see cref="NetworkDecision"/> → <see cref="Done"/>: two people released or dropped what the
    /// brake holds.</summary>
    public const string DecideNetwork = "held-networks/decide";

    /// <summary>Desk. POST <see cref="NoticeAsk"/> → <see cref="NoticeProof"/>.</summary>
    public const string Notice = "notice";

    /// <summary>Desk. GET <c>?step=…&amp;language=…</c> → <see cref="NoticeExample"/>.</summary>
    public const string NoticePreview = "notice/preview";

    /// <summary>Desk. POST <see cref="ProtectedAsk"/> → <see cref="ProtectedReply"/>.</summary>
    public const string Protected = "protected";

    /// <summary>Desk. POST <see cref="LineRouteAsk"/> → <see cref="Done"/>.</summary>
    public const string LineRoute = "line-routes/announce";

    /// <summary>Desk. POST <see cref="LineRouteWithdrawal"/> → <see cref="Done"/>.</summary>
    public const string WithdrawLineRoute = "line-routes/withdraw";

    /// <summary>Desk, operator, monitor. GET → <see cref="LineRoutesReply"/>.</summary>
    public const string LineRoutes = "line-routes";

    /// <summary>Desk. POST <see cref="GardenAsk"/> → <see cref="GardenReply"/>.</summary>
    public const string Garden = "garden";

    /// <summary>Desk. GET → <see cref="ConsentKeyReply"/>.</summary>
    public const string ConsentKey = "consents/key";

    /// <summary>Desk. POST <see cref="ConsentUse"/> → <see cref="AttributedSubject"/>.</summary>
    public const string UseConsent = "consents/use";

    /// <summary>Desk. POST <see cref="ConsentIds"/> → <see cref="ConsentIds"/>: those that were withdrawn.</summary>
    public const string WithdrawnConsents = "consents/withdrawn";

    /// <summary>Desk. GET → <see cref="CustomerNews"/>; waits up to 25 s for news, then 204.</summary>
    public const string CustomerNews = "customers/news";

    /// <summary>Desk. POST <see cref="CustomerActIds"/> → <see cref="Done"/>: those it took.</summary>
    public const string CustomerActs = "customers/acts";

    /// <summary>Desk. POST <see cref="CustomerCaseAsk"/> → <see cref="Done"/>.</summary>
    public const string CustomerCase = "customers/case";

    /// <summary>Operator. POST <see cref="ConsentAsk"/> → <see cref="ConsentTokenReply"/>.</summary>
    public const string GiveConsent = "consents/give";

    /// <summary>Operator. POST <see cref="ConsentWithdrawal"/> → <see cref="ConsentCount"/>.</summary>
    public const string WithdrawConsents = "consents/withdraw";

    /// <summary>Operator. POST <see cref="SubjectAsk"/> → <see cref="Subjects.SubjectAccessReport"/>.</summary>
    public const string Subject = "subject";

    /// <summary>Desk, operator, monitor. GET → <see cref="VaultHoldings"/>.</summary>
    public const string Retention = "retention";

    /// <summary>Everyone on the list. GET → <see cref="VaultStatus"/>.</summary>
    public const string Status = "status";
}

/// <summary>Codes of the vault's refusals beside those that every process has, those of
/// <see cref="Policy.DenyCodes"/> and those of <see cref="Grounds.GroundsFaults"/>, which stand as they are.</summary>
public static class VaultCodes
{
    /// <summary>410: the key of that epoch is no more, or not yet.</summary>
    public const string NoEpochKey = "no-epoch-key";

    /// <summary>503: a file or a folder of the vault fails; the same again later.</summary>
    public const string VaultDown = "vault-down";

    /// <summary>403: the case was never sealed on grounds, so nothing may come of it.</summary>
    public const string NotSealed = "not-sealed";

    /// <summary>403: the scope is over, and the time in which something may still come of it, too.</summary>
    public const string ScopeOver = "scope-over";

    /// <summary>403: what is asked is not what the grounds are about.</summary>
    public const string OtherThanGrounds = "other-than-grounds";

    /// <summary>403: the reporter is on no list of the vault.</summary>
    public const string UnknownReporter = "unknown-reporter";

    /// <summary>403: the time of a complaint has not come, or is longer ago than anything is kept.</summary>
    public const string TimeOutOfBounds = "time-out-of-bounds";

    /// <summary>429: the reporter's complaints of this day are used up.</summary>
    public const string TooManyComplaints = "too-many-complaints";

    /// <summary>409: the vault knows this number, and it stands for something else.</summary>
    public const string OtherGrant = "other-grant";

    /// <summary>403: the vault never found what the grant would say.</summary>
    public const string NothingToGrant = "nothing-to-grant";

    /// <summary>403: no router is configured that could hold a route of a line.</summary>
    public const string NoRouter = "no-router";

    /// <summary>429: as many routes of lines as may be begin in an hour.</summary>
    public const string TooManyRoutes = "too-many-routes";

    /// <summary>403: the vault serves no page of customers.</summary>
    public const string NoPage = "no-page";

    /// <summary>403: nobody saw the line active after what is told of, so it cannot be called clean.</summary>
    public const string NotSeenActive = "not-seen-active";

    /// <summary>429: as many requests wait for signatures as may.</summary>
    public const string TooManyApprovals = "too-many-approvals";

    /// <summary>403: somebody who is said to have ordered is on no list of the vault in that role.</summary>
    public const string UnknownPerson = "unknown-person";
}

/// <summary>JSON of what is said to the vault and by it.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(HeardTime))]
[JsonSerializable(typeof(LineActivityReport))]
[JsonSerializable(typeof(WasActiveAsk))]
[JsonSerializable(typeof(WasActiveReply))]
[JsonSerializable(typeof(SealAsk))]
[JsonSerializable(typeof(DestroyAsk))]
[JsonSerializable(typeof(ReissueAsk))]
[JsonSerializable(typeof(ReissuedNames))]
[JsonSerializable(typeof(ComplaintAsk))]
[JsonSerializable(typeof(AttributedSubject))]
[JsonSerializable(typeof(GrantAsk))]
[JsonSerializable(typeof(SignedGrant))]
[JsonSerializable(typeof(DiscloseAsk))]
[JsonSerializable(typeof(DisclosedLine))]
[JsonSerializable(typeof(ApprovalAsk))]
[JsonSerializable(typeof(ApprovalSignAsk))]
[JsonSerializable(typeof(ApprovalStanding))]
[JsonSerializable(typeof(NetworkDecision))]
[JsonSerializable(typeof(NoticeAsk))]
[JsonSerializable(typeof(NoticeProof))]
[JsonSerializable(typeof(NoticeExample))]
[JsonSerializable(typeof(ProtectedAsk))]
[JsonSerializable(typeof(ProtectedReply))]
[JsonSerializable(typeof(LineRouteAsk))]
[JsonSerializable(typeof(LineRouteWithdrawal))]
[JsonSerializable(typeof(LineRoutesReply))]
[JsonSerializable(typeof(GardenAsk))]
[JsonSerializable(typeof(GardenReply))]
[JsonSerializable(typeof(ConsentKeyReply))]
[JsonSerializable(typeof(ConsentUse))]
[JsonSerializable(typeof(ConsentIds))]
[JsonSerializable(typeof(ConsentAsk))]
[JsonSerializable(typeof(ConsentTokenReply))]
[JsonSerializable(typeof(ConsentWithdrawal))]
[JsonSerializable(typeof(ConsentCount))]
[JsonSerializable(typeof(CustomerNews))]
[JsonSerializable(typeof(CustomerActIds))]
[JsonSerializable(typeof(CustomerCaseAsk))]
[JsonSerializable(typeof(SubjectAsk))]
[JsonSerializable(typeof(Subjects.SubjectAccessReport))]
[JsonSerializable(typeof(VaultHoldings))]
[JsonSerializable(typeof(VaultStatus))]
[JsonSerializable(typeof(Done))]
public sealed partial class VaultJson : JsonSerializerContext;
