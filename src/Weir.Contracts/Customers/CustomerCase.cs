// SPDX-License-Identifier: Apache-2.0
//
// How a case stands, as the desk tells the vault for the customer's page: its scopes with their grounds, from which the
// vault takes the facts itself, and beside them what only the desk knows: what routers and resolvers hold, what a check
// counted, whether the case is closed.
using Weir.Contracts.Grounds;
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;

namespace Weir.Contracts.Customers;

/// <summary>A check after a clean-up: whether and how often, never what (worked example 13).</summary>
/// <param name="IsRunning">It is not over.</param>
/// <param name="From">Since when it counts, UTC.</param>
/// <param name="Until">Its end, UTC.</param>
/// <param name="Count">How often the class was seen; null while nobody can count.</param>
/// <param name="IsClean">It is known to be clean: it was silent, all of the silence was watched, and the line was
/// active (worked example 19).</param>
/// <param name="IsUnwatched">It was silent long enough, and not all of it was watched: nobody can tell yet.</param>
public sealed record CustomerCheck(
    bool IsRunning, DateTimeOffset From, DateTimeOffset Until, long? Count, bool IsClean, bool IsUnwatched);

/// <summary>One scope of a case.</summary>
/// <param name="Order">It, with its grounds.</param>
/// <param name="Done">What stands now because of it.</param>
/// <param name="Check">The latest check of its class; null where there was none.</param>
public sealed record CustomerScope(ScopeOrder Order, IReadOnlyList<ActionTaken> Done, CustomerCheck? Check);

/// <summary>What the policy in force has for customers.</summary>
/// <param name="KeptDays">Days from a case's close until all of it is erased.</param>
/// <param name="DiagnosisHours">How long a look that a customer agrees to may last; 0 where there is none.</param>
public sealed record CustomerTerms(int KeptDays, int DiagnosisHours);

/// <summary>A case as its customer may see it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="IsClean">Nothing was seen for the whole time of its check.</param>
/// <param name="KeptUntil">When everything is erased, UTC; null while the case is open.</param>
/// <param name="Terms">What holds for every case.</param>
/// <param name="Scopes">What it is about, newest first; checks are not among them.</param>
public sealed record CustomerCase(
    CaseId Id, bool IsClean, DateTimeOffset? KeptUntil, CustomerTerms Terms,
    IReadOnlyList<CustomerScope> Scopes)
{
    /// <summary>Most scopes that cross at once.</summary>
    public const int MaxScopes = 100;
}
