// SPDX-License-Identifier: Apache-2.0
//
// What can be asked of the policy engine: a closed list. Some of it is never granted; it stands here so that the
// refusal has a code, a place in the audit and a count in the transparency report (rules.md R13).
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Policy;

/// <summary>One request. Who asks is told beside it.</summary>
public abstract record Request
{
    private Request()
    {
    }

    /// <summary>What it is called in the audit; one of <see cref="AuditActions"/>.</summary>
    public abstract string Act { get; }

    /// <summary>Rows of a scope. Without a scope the subject's own are searched for one that covers
    /// what is asked.</summary>
    /// <param name="Purpose">Why; must be the scope's own.</param>
    /// <param name="Scope">The scope, where it is known.</param>
    /// <param name="Subject">The subject, where no scope is named.</param>
    /// <param name="Predicate">Which flows; null = all of the scope.</param>
    /// <param name="FromMs">Flow starts from here; null = from the scope's begin.</param>
    /// <param name="UntilMs">And before here; null = to the scope's end.</param>
    public sealed record ReadFlows(
        Purpose Purpose, ScopeId? Scope, SubjectKey? Subject, FlowPredicate? Predicate, long? FromMs = null,
        long? UntilMs = null) : Request
    {
        /// <summary>What of each flow.</summary>
        public ScopeFields Fields { get; init; } = ScopeFields.All;

        /// <summary>Words of wanted fields that Weir never collects: <c>payload</c>, <c>dns</c>, <c>url</c>, …
        /// </summary>
        public string Uncollected { get; init; } = "";

        public override string Act => Scope is null ? AuditActions.Look : AuditActions.ReadEvidence;
    }

    /// <summary>Whether a scope's class was seen at all, and how often (R5, remediation).</summary>
    public sealed record CountFlows(Purpose Purpose, ScopeId Scope) : Request
    {
        public override string Act => AuditActions.CountEvidence;
    }

    /// <summary>Tell the customer, or close what a scope names.</summary>
    /// <param name="Purpose">Why; must be the scope's own.</param>
    /// <param name="Scope">The scope that allows it.</param>
    /// <param name="Action">One of <see cref="ScopeActions.Notify"/> and <see cref="ScopeActions.Block"/>.</param>
    /// <param name="Target">What is to be closed; must lie inside the scope's class.</param>
    /// <param name="Second">The second person of a block.</param>
    public sealed record ActOnScope(
        Purpose Purpose, ScopeId Scope, ScopeActions Action, FlowPredicate Target, Actor? Second = null)
        : Request
    {
        public override string Act => Action == ScopeActions.Block ? AuditActions.Block : AuditActions.Notify;
    }

    /// <summary>Who the subject of a case is.</summary>
    public sealed record Disclose(ScopeId Scope, string Reason, Actor? Second = null) : Request
    {
        public override string Act => Second is null ? AuditActions.AskDisclosure : AuditActions.Disclose;
    }

    /// <summary>A subject by name or address, out of nothing. What was typed is not kept.</summary>
    public sealed record LookUpSubject : Request
    {
        public override string Act => AuditActions.Look;
    }

    /// <summary>Where else a subject goes.</summary>
    public sealed record ListOtherDestinations(ScopeId? Scope) : Request
    {
        public override string Act => AuditActions.Look;
    }

    /// <summary>Who talks to an endpoint.</summary>
    public sealed record ListClients(Endpoint Endpoint) : Request
    {
        public override string Act => AuditActions.Look;
    }

    /// <summary>A scheduled run of the comparison, by the machine.</summary>
    public sealed record Compare : Request
    {
        public override string Act => AuditActions.Compare;
    }

    /// <summary>A person has a run begun now; the run itself is the machine's.</summary>
    public sealed record StartComparison : Request
    {
        public override string Act => AuditActions.Compare;
    }

    /// <summary>A fixed report of the population plane.</summary>
    /// <param name="Name">Of the report.</param>
    /// <param name="Base">Subjects it rests on.</param>
    /// <param name="OnlyCell">Subjects in the one cell that is asked for; null where the report suppresses its small
    /// cells itself.</param>
    public sealed record ReadPopulationReport(string Name, long Base, long? OnlyCell = null) : Request
    {
        public override string Act => AuditActions.PopulationReport;
    }

    /// <summary>Numbers for somebody outside.</summary>
    /// <param name="Pairs">Pairs of subject and endpoint are wanted, not aggregates.</param>
    public sealed record Export(bool Pairs) : Request
    {
        public override string Act => AuditActions.PopulationReport;
    }

    /// <summary>An authority's wish (R17).</summary>
    public sealed record AuthorityRequest : Request
    {
        public override string Act => AuditActions.Look;
    }

    /// <summary>More than a scope holds.</summary>
    public sealed record WidenScope(ScopeId Scope, FlowPredicate To) : Request
    {
        public override string Act => AuditActions.OpenScope;
    }

    /// <summary>A scope opened because somebody wants one.</summary>
    public sealed record OpenScope(SubjectKey? Subject, FlowPredicate Class) : Request
    {
        public override string Act => AuditActions.OpenScope;
    }

    /// <summary>The list of case files, or one; no flows.</summary>
    public sealed record ShowCase(CaseId? Case) : Request
    {
        public override string Act => AuditActions.ShowCase;
    }

    /// <summary>A step of a case: assign, comment, snooze, close.</summary>
    public sealed record WorkOnCase(CaseId Case, string Step) : Request
    {
        public override string Act => Step == "close" ? AuditActions.CloseCase : AuditActions.EditCase;
    }

    /// <summary>A scope that waits behind five others.</summary>
    public sealed record ReviewScope(ScopeId Scope) : Request
    {
        public override string Act => AuditActions.UnsealScope;
    }

    /// <summary>A withheld endpoint of a comparison (R11).</summary>
    public sealed record ReviewCandidate(string Candidate, Actor? Second = null) : Request
    {
        public override string Act => AuditActions.Review;
    }

    /// <summary>An endpoint becomes confirmed.</summary>
    public sealed record Promote(Endpoint Endpoint, Actor? Second = null) : Request
    {
        public override string Act => AuditActions.ApprovePromotion;
    }

    /// <summary>What the brake holds of a listed network becomes cases, or goes (R21).</summary>
    /// <param name="Network">/24, of IPv6 /48.</param>
    /// <param name="IsReleased">It becomes cases.</param>
    /// <param name="Second">The other person.</param>
    public sealed record DecideHeld(string Network, bool IsReleased, Actor? Second = null) : Request
    {
        /// <summary>What it takes.</summary>
        public Permission Deed => IsReleased ? Permission.ReleaseHeld : Permission.DropHeld;

        public override string Act => IsReleased ? AuditActions.ReleaseHeld : AuditActions.DropHeld;
    }

    /// <summary>What was promoted is taken back; one person is enough.</summary>
    public sealed record Demote(Endpoint Endpoint, string Why) : Request
    {
        public override string Act => AuditActions.Demote;
    }

    /// <summary>An endpoint is no C&amp;C: it makes no event any more, and cases that rest on it alone close.</summary>
    public sealed record AllowEndpoint(Endpoint Endpoint, string Why) : Request
    {
        public override string Act => AuditActions.AllowEndpoint;
    }

    /// <summary>An endpoint is doubted: it makes no event until two people let it go on.</summary>
    public sealed record HoldEndpoint(Endpoint Endpoint, string Why) : Request
    {
        public override string Act => AuditActions.HoldEndpoint;
    }

    /// <summary>One that is held goes on.</summary>
    /// <param name="Endpoint">Which.</param>
    /// <param name="Second">The first of the two; none while it is asked for.</param>
    public sealed record ReleaseEndpoint(Endpoint Endpoint, Actor? Second = null) : Request
    {
        public override string Act => Second is null ? AuditActions.AskEndpointRelease : AuditActions.ReleaseEndpoint;
    }

    /// <summary>Who met a promoted endpoint in the last days: the machine asks, and events come of it.</summary>
    /// <param name="Endpoint">Promoted by two people.</param>
    /// <param name="Approval">Their leave, by its number.</param>
    public sealed record RunLookBack(Endpoint Endpoint, string Approval) : Request
    {
        public override string Act => AuditActions.LookBack;
    }

    /// <summary>A block of a listed far end on the provider's own routers or resolvers (R15).</summary>
    /// <param name="Target">What is blocked, as its canonical line.</param>
    /// <param name="Case">The case it is for; null for a listed endpoint without one.</param>
    /// <param name="Second">The other person.</param>
    public sealed record BlockEndpoint(string Target, CaseId? Case, Actor? Second = null) : Request
    {
        public override string Act => AuditActions.ApproveBlock;
    }

    /// <summary>Blocks are taken back; one person is enough.</summary>
    /// <param name="What">Their numbers, or <c>all</c>.</param>
    /// <param name="Why">As the person says.</param>
    public sealed record WithdrawBlocks(string What, string Why) : Request
    {
        public override string Act => AuditActions.WithdrawBlocks;
    }

    /// <summary>A line goes into a garden, or out of it (R14).</summary>
    /// <param name="Case">Whose line.</param>
    /// <param name="IsStrict">Help and emergency services alone.</param>
    /// <param name="Why">As the person says.</param>
    /// <param name="Second">The first of the two whom the strict garden needs; none while it is asked for.</param>
    public sealed record Restrict(CaseId Case, bool IsStrict, string Why, Actor? Second = null) : Request
    {
        public override string Act => IsStrict && Second is null ? AuditActions.AskGarden : AuditActions.ApproveGarden;
    }

    /// <summary>A customer's consent to a diagnosis of the own line, brought by somebody (R20).</summary>
    /// <param name="Digest">SHA-256 of the token; the token itself is kept nowhere.</param>
    public sealed record UseConsent(string Digest) : Request
    {
        public override string Act => AuditActions.Consent;
    }

    /// <summary>The list of comparisons' reports, or one.</summary>
    public sealed record ReadReports : Request
    {
        public override string Act => AuditActions.PopulationReport;
    }
}
