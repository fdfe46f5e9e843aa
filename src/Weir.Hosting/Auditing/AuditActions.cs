// SPDX-License-Identifier: Apache-2.0
//
// The closed list of words that stand in an entry's act. The transparency report is made from them, so nobody writes a
// word that is not here.
namespace Weir.Hosting.Auditing;

/// <summary>What an audit entry can be about. An entry with the outcome <c>allow</c> says that it is done next, any
/// other that it was refused or failed.</summary>
public static class AuditActions
{
    /// <summary>A signed event of a rule asked for a scope: rule, purpose, subject, case and
    /// scope are filled.</summary>
    public const string OpenScope = "open-scope";

    /// <summary>Fresh evidence moved the end of a scope (R5).</summary>
    public const string RenewScope = "renew-scope";

    /// <summary>A collector or the store does not take a scope, whose grounds it checked; the outcome is
    /// its code.</summary>
    public const string RefuseOrder = "refuse-order";

    /// <summary>A scope ended by its time.</summary>
    public const string ExpireScope = "expire-scope";

    /// <summary>A sixth scope of a subject waits for review with its evidence sealed (R4).</summary>
    public const string SealScope = "seal-scope";

    /// <summary>A sealed scope was let in force by a person.</summary>
    public const string UnsealScope = "unseal-scope";

    /// <summary>A case file was opened for a subject's first event.</summary>
    public const string OpenCase = "open-case";

    /// <summary>A case file was closed; the reason says why.</summary>
    public const string CloseCase = "close-case";

    /// <summary>A person listed or opened case files; no flows.</summary>
    public const string ShowCase = "show-case";

    /// <summary>A person opened what the instance says of itself: settings, governance, what is held, what the officer
    /// is told, health, exporters, the overview, what changes; the reason names which.</summary>
    public const string ShowInstance = "show-instance";

    /// <summary>A case file was assigned, commented or snoozed.</summary>
    public const string EditCase = "edit-case";

    /// <summary>Rows of a scope were read; rows and result digest are filled.</summary>
    public const string ReadEvidence = "read-evidence";

    /// <summary>Rows of a scope were counted, not read.</summary>
    public const string CountEvidence = "count-evidence";

    /// <summary>Evidence of a scope was erased for good.</summary>
    public const string EraseEvidence = "erase-evidence";

    /// <summary>A boolean and a count after a clean-up; outcome <c>allow</c>, rows is the count (R5).</summary>
    public const string CheckRemediation = "check-remediation";

    /// <summary>A remediation check ended: the result is <see cref="Clean"/>, <see cref="NotClean"/> or
    /// <see cref="NotKnown"/>.</summary>
    public const string EndRemediation = "end-remediation";

    /// <summary>Somebody asks for a disclosure; it waits for a second person.</summary>
    public const string AskDisclosure = "ask-disclosure";

    /// <summary>Who a subject is was shown to two people (R9).</summary>
    public const string Disclose = "disclose";

    /// <summary>A customer is to be told, or the vault sends: nobody sees who it is (R9).</summary>
    public const string Notify = "notify";

    /// <summary>A customer was told: the next station took the notice. The reason names step and channel.</summary>
    public const string Notified = "notified";

    /// <summary>The vault showed a customer what is held about the own line (R19).</summary>
    public const string ShowSubject = "show-subject";

    /// <summary>A run of the differential engine; the result digest is the report's.</summary>
    public const string Compare = "compare";

    /// <summary>A fixed report of the population plane.</summary>
    public const string PopulationReport = "population-report";

    /// <summary>Subjects that a block would hit were counted; nobody is named (R15).</summary>
    public const string CountCollateral = "count-collateral";

    /// <summary>A complaint from outside was taken or refused.</summary>
    public const string Complaint = "complaint";

    /// <summary>A customer's consent to a diagnosis (R20): given, in the vault's record; brought to the desk,
    /// in the desk's.</summary>
    public const string Consent = "consent";

    /// <summary>A customer withdrew a consent.</summary>
    public const string WithdrawConsent = "withdraw-consent";

    /// <summary>A withheld endpoint was shown to two people (R11).</summary>
    public const string Review = "review";

    /// <summary>An endpoint was promoted to the watchlist by two people.</summary>
    public const string ApprovePromotion = "approve-promotion";

    /// <summary>Somebody asks that an endpoint be promoted; it waits for a second person.</summary>
    public const string AskPromotion = "ask-promotion";

    /// <summary>A promoted endpoint was taken off our own list.</summary>
    public const string Demote = "demote";

    /// <summary>A promoted endpoint lasts longer, since comparisons uphold it.</summary>
    public const string RenewPromotion = "renew-promotion";

    /// <summary>Pair digests were searched for contacts with a promoted endpoint; rows counts the contacts that become
    /// events (worked example 8).</summary>
    public const string LookBack = "look-back";

    /// <summary>A first person's leave for a disclosure.</summary>
    public const string ApproveDisclosure = "approve-disclosure";

    /// <summary>A person's leave for a block.</summary>
    public const string ApproveBlock = "approve-block";

    /// <summary>The vault drew up what two people are asked to sign.</summary>
    public const string DrawUpApproval = "draw-up-approval";

    /// <summary>A person signed an approval: text and signature are filled, and stand on the chain of each process that
    /// acts because of them.</summary>
    public const string SignApproval = "sign-approval";

    /// <summary>What is governed, at each start and change: the reason holds its digest, who signed it and the keys.
    /// </summary>
    public const string GovernanceInForce = "governance-in-force";

    /// <summary>A block was put in force.</summary>
    public const string Block = "block";

    /// <summary>A person took blocks back, or stopped all; each that ended has an entry of its own.</summary>
    public const string WithdrawBlocks = "withdraw-blocks";

    /// <summary>A router or resolver answered for the first time that it holds a block: from then on it is in
    /// force.</summary>
    public const string BlockInForce = "block-in-force";

    /// <summary>A block ended by time or because evidence stopped; the result says why, the lifetime how long it
    /// was in force.</summary>
    public const string Unblock = "unblock";

    /// <summary>A block was overturned on appeal or review.</summary>
    public const string OverturnBlock = "overturn-block";

    /// <summary>Somebody asks for the strict garden; it waits for a second person (R14).</summary>
    public const string AskGarden = "ask-garden";

    /// <summary>A person's leave for a garden, or for the way out of it.</summary>
    public const string ApproveGarden = "approve-garden";

    /// <summary>A line goes into the garden, or out of it (R14).</summary>
    public const string Garden = "garden";

    /// <summary>A customer said on the own page that it is fixed.</summary>
    public const string SayFixed = "say-fixed";

    /// <summary>An act of a customer came that the vault did not sign; nothing came of it.</summary>
    public const string RefuseAct = "refuse-act";

    /// <summary>The desk told the vault how a case stands, for its customer's page.</summary>
    public const string TellPage = "tell-page";

    /// <summary>A customer asks that a restriction be looked at again.</summary>
    public const string Appeal = "appeal";

    /// <summary>A closed case came back within its check.</summary>
    public const string ReopenCase = "reopen-case";

    /// <summary>A person tried a channel of alerts; the reason names it.</summary>
    public const string TestChannel = "test-channel";

    /// <summary>A person had a list fetched out of turn; the reason names it.</summary>
    public const string FetchList = "fetch-list";

    /// <summary>A list comes in force, at each start and change: the reason names it, where it came from and whose key
    /// signed it, the result digest is its SHA-256, rows counts its entries; text and signature are its owner's; added,
    /// removed and difference say what it changed.</summary>
    public const string ListInForce = "list-in-force";

    /// <summary>A copy of a list is not taken because of its owner's signature; the outcome says why, the reason which.
    /// </summary>
    public const string RefuseList = "refuse-list";

    /// <summary>A person had every list's source asked again, to compare it with what is in force.</summary>
    public const string VerifyLists = "verify-lists";

    /// <summary>The first person asks that a held copy of a list be put in force; the reason names it.</summary>
    public const string AskListRelease = "ask-list-release";

    /// <summary>A second person in another role puts a held copy of a list in force; the reason names it.</summary>
    public const string ReleaseList = "release-list";

    /// <summary>The brake holds a listed network, whose lines are too many: nothing comes of it until two people
    /// decided; the reason names it.</summary>
    public const string HoldNetwork = "hold-network";

    /// <summary>The brake holds all that one edit of a list brought, whose lines are too many together; the reason names
    /// it.</summary>
    public const string HoldUpdate = "hold-update";

    /// <summary>The first person asks that what the brake holds of a network be released or dropped.</summary>
    public const string AskHeld = "ask-held";

    /// <summary>Two people released what the brake holds of a network: it becomes cases.</summary>
    public const string ReleaseHeld = "release-held";

    /// <summary>Two people, or a fortnight, dropped what the brake holds of a network.</summary>
    public const string DropHeld = "drop-held";

    /// <summary>A person dropped a held copy of a list; the reason names it.</summary>
    public const string DropList = "drop-list";

    /// <summary>An endpoint was found to be no C&amp;C, and is allowed.</summary>
    public const string AllowEndpoint = "allow-endpoint";

    /// <summary>An endpoint is held: it makes no event until two people let it go on.</summary>
    public const string HoldEndpoint = "hold-endpoint";

    /// <summary>One person asked that a held endpoint go on.</summary>
    public const string AskEndpointRelease = "ask-endpoint-release";

    /// <summary>A second person let a held endpoint go on.</summary>
    public const string ReleaseEndpoint = "release-endpoint";

    /// <summary>Existing evidence was frozen by two people (R17).</summary>
    public const string Hold = "hold";

    /// <summary>A key of an epoch or a case was destroyed: what it closed can no longer be resolved.</summary>
    public const string KeyErased = "key-erased";

    /// <summary>The vault sealed the subject of a case under a key of the case (R8).</summary>
    public const string SealSubject = "seal-subject";

    /// <summary>The vault gave the pseudonyms of open cases under the key of another epoch; rows
    /// counts the cases.</summary>
    public const string Reissue = "reissue";

    /// <summary>The vault told whether a medical device or an alarm hangs on a case's line (R14).</summary>
    public const string TellProtected = "tell-protected";

    /// <summary>The vault told whether a case's line was active through a silence: a boolean.</summary>
    public const string TellActivity = "tell-activity";

    /// <summary>The vault told who had an address at a time, as a pseudonym.</summary>
    public const string Attribute = "attribute";

    /// <summary>The vault gave a collector the key of an epoch, to be held in memory.</summary>
    public const string GiveKey = "give-key";

    /// <summary>The desk asks the vault for something; the reason holds the request's number, which stands on the
    /// vault's chain too, and the route.</summary>
    public const string AskVault = "ask-vault";

    /// <summary>The desk asks the store for something that leaves it; the reason holds the request's number, which
    /// stands on the store's chain too, and the route.</summary>
    public const string AskStore = "ask-store";

    /// <summary>The vault announces or withdraws a route that matches one line; the reason names the lease.</summary>
    public const string LineRoute = "line-route";

    /// <summary>The vault signed a grant: a complaint it attributed, a consent it redeemed, a case's new
    /// name.</summary>
    public const string SignGrant = "sign-grant";

    /// <summary>The clock jumped; the reason says from when to when. Order follows the sequence,
    /// not the times.</summary>
    public const string ClockStepped = "clock-stepped";

    /// <summary>The vault does not answer, or answers again (outcome <c>allow</c>).</summary>
    public const string VaultDown = "vault-down";

    /// <summary>A user without a role, or with a role that may not, came to the control socket.</summary>
    public const string LoginRefused = "login-refused";

    /// <summary>A person asked for a link into the console over the people's socket.</summary>
    public const string AskSignIn = "ask-sign-in";

    /// <summary>Somebody showed who they are: by a link or a passkey at the console, by a passkey at the vault's page
    /// of approvals, by a token over TLS. The reason says where; the outcome is a code where it was none.</summary>
    public const string SignIn = "sign-in";

    /// <summary>A person had a token for scripts made; the reason names it, its life and its networks.</summary>
    public const string MakeToken = "make-token";

    /// <summary>A token for scripts was ended; the reason names it.</summary>
    public const string RevokeToken = "revoke-token";

    /// <summary>Somebody set a password for the console.</summary>
    public const string SetPassword = "set-password";

    /// <summary>A password for the console was removed.</summary>
    public const string RemovePassword = "remove-password";

    /// <summary>A session of the console was ended by its person; the reason names it.</summary>
    public const string SignOut = "sign-out";

    /// <summary>A request to look that no scope allows: somebody asked for a subject's flows.</summary>
    public const string Look = "look";

    /// <summary>A forged, replayed, malformed or late message about identity was refused (RADIUS, leases); the reason
    /// counts them.</summary>
    public const string IdentityRefused = "identity-refused";

    /// <summary>The privacy officer is told that an actor was refused often.</summary>
    public const string TellOfficer = "tell-officer";

    /// <summary>The policy in force, at each start: the reason holds its name and digest, and the
    /// retention it sets.</summary>
    public const string PolicyInForce = "policy-in-force";

    /// <summary>A start was refused because the policy file, or a setting beside it, is looser than the rules; the
    /// reason holds each fault.</summary>
    public const string PolicyRefused = "policy-refused";

    /// <summary>Retention dropped what was due; rows counts them where they are counted.</summary>
    public const string Drop = "drop";

    /// <summary>The log was opened; the reason names the program's version, the result the process.</summary>
    public const string AuditOpened = "audit-opened";

    /// <summary>The log was closed in order.</summary>
    public const string AuditClosed = "audit-closed";

    /// <summary>A last line that was never acknowledged was cut off after a crash; the reason holds its
    /// digest and length.</summary>
    public const string TornLineCut = "torn-line-cut";

    /// <summary>Part of the record was read, to be verified elsewhere; the reason says which.</summary>
    public const string ReadAudit = "read-audit";

    /// <summary>The auditor countersigned a head of this record: text and signature are filled, rows is what the head
    /// covers.</summary>
    public const string Countersign = "countersign";

    /// <summary>The process's state was put back from a backup; the reason says which, what was open and is void, and
    /// how the chain stands to heads kept elsewhere; rows counts entries that are lost.</summary>
    public const string Restore = "restore";

    /// <summary>The result of a restore behind which nothing is known to be lost.</summary>
    public const string RestoredWhole = "whole";

    /// <summary>The result of a restore after which heads kept elsewhere cover entries that are gone.</summary>
    public const string RestoredWithLoss = "entries-lost";

    /// <summary>Old segments were dropped behind a signed head.</summary>
    public const string AuditPruned = "audit-pruned";

    /// <summary>The outcome of what was granted.</summary>
    public const string Allow = "allow";

    /// <summary>The result of an entry that says that leave was given; what was done with it has an entry of its own,
    /// which alone is counted.</summary>
    public const string Granted = "granted";

    /// <summary>The result of what was given again as it was, a disclosure to the two who may or a published
    /// comparison: it is no further one.</summary>
    public const string Again = "again";

    /// <summary>The reason of an ended remediation check that found nothing.</summary>
    public const string Clean = "clean";

    /// <summary>The result of an ended remediation check that found nothing, in a time that nobody watched whole:
    /// whether it is clean cannot be told.</summary>
    public const string NotKnown = "not-known";

    /// <summary>The reason of an ended remediation check that found contacts.</summary>
    public const string NotClean = "not-clean";
}
