// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;

namespace Weir.Desk.Policy;

/// <summary>
/// Leave of the rules for what Weir does without a person (rules.md R14). Only the handler of cases makes one,
/// after the policy in force named the act as automatic and the policy engine allowed it for the scope.
/// </summary>
public sealed record AutomaticAuthorization
{
    internal AutomaticAuthorization(
        CaseId forCase, ScopeId scope, ScopeActions action, FlowPredicate target, string grounds,
        DateTimeOffset endsAt) =>
            (Case, Scope, Action, Target, Grounds, EndsAt) = (forCase, scope, action, target, grounds, endsAt);

    public CaseId Case { get; }

    /// <summary>The scope that allows it.</summary>
    public ScopeId Scope { get; }

    public ScopeActions Action { get; }

    /// <summary>What may be closed; nothing wider.</summary>
    public FlowPredicate Target { get; }

    /// <summary>What confirmed it and whom it would hit.</summary>
    public string Grounds { get; }

    public DateTimeOffset EndsAt { get; }
}
