// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Notices;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;

namespace Weir.Desk.Escalations;

/// <summary>Notices as the ladder orders them; one for each case and step.</summary>
public interface INoticeScheduler
{
    /// <summary>Has a customer told. Once for each case and step, whoever asks again.</summary>
    /// <returns>Why not, where the rules refuse it.</returns>
    Task<Decision.Deny?> PlanAsync(
        Actor actor, CaseId id, ScopeId scope, NoticeStep step, IReadOnlyList<ActionTaken> done,
        CancellationToken cancel);

    /// <summary>When the customer's provider took a notice for delivery; null where none did yet.</summary>
    DateTimeOffset? DeliveredAt(CaseId id, NoticeStep step);

    /// <summary>Whether a case may be told of by itself for the first time, by its age and the span of its evidence. Null
    /// while that may still come; false where it never will, or was.</summary>
    bool? IsFoundDue(CaseId id);

    /// <summary>Whether the customer was told of a step, or a notice of it is on its way.</summary>
    bool IsTold(CaseId id, NoticeStep step);
}

/// <summary>What is known of an endpoint when Weir is to close it by itself.</summary>
/// <param name="Confirmed">What confirms it: two lists, a trusted one, two people; empty where nothing does.</param>
/// <param name="IsShared">The latest comparison found that too many others use it.</param>
/// <param name="Collateral">Whom a block of it would hit beside those with a case, counted now.</param>
public sealed record EndpointStatus(string Confirmed, bool IsShared, Collateral Collateral);

/// <summary>Looks an endpoint up in lists and counts.</summary>
public interface IEndpointStatusLookup
{
    Task<EndpointStatus> GetAsync(Endpoint endpoint, CancellationToken cancel);
}

/// <summary>Which lines need their connection for life or limb: medical devices, alarms.</summary>
public interface IProtectedSubscriberLines
{
    /// <summary>Whether the line of a case is one. Where it cannot be told, it is.</summary>
    Task<bool> IsProtectedAsync(CaseId id, ScopeId scope, CancellationToken cancel);
}
