// SPDX-License-Identifier: Apache-2.0
//
// What vault and desk say to each other about the customer's page. The vault asks nobody: what it wants of the desk
// waits until the desk's question for news takes it.
using Weir.Contracts.Customers;
using Weir.Contracts.Grounds;
using Weir.Contracts.Signing;

namespace Weir.Contracts.Protocol;

/// <summary>What customers did, and which cases are looked at.</summary>
/// <param name="Acts">Envelopes of <see cref="CustomerActDocument"/>.</param>
/// <param name="Wanted">Numbers of cases.</param>
public sealed record CustomerNews(IReadOnlyList<Envelope> Acts, IReadOnlyList<string> Wanted);

/// <summary>Acts that the desk took.</summary>
public sealed record CustomerActIds(IReadOnlyList<string> Ids);

/// <summary>How a case stands, for its page.</summary>
/// <param name="Number">The request's own.</param>
/// <param name="Case">Which.</param>
/// <param name="IsClean">Nothing was seen for the whole time of its check.</param>
/// <param name="KeptUntil">When everything is erased; null while it is open.</param>
/// <param name="Terms">What holds for every case.</param>
/// <param name="Scopes">What it is about, newest first.</param>
public sealed record CustomerCaseAsk(
    string Number, string Case, bool IsClean, DateTimeOffset? KeptUntil, CustomerTerms Terms,
    IReadOnlyList<CustomerScopeFields> Scopes);

/// <summary>One scope of it.</summary>
public sealed record CustomerScopeFields(
    ScopeOrderFields Order, IReadOnlyList<ActionFields> Done, CustomerCheckFields? Check);

/// <summary>A check: three booleans, two times and a count.</summary>
public sealed record CustomerCheckFields(
    bool IsRunning, DateTimeOffset From, DateTimeOffset Until, long? Count, bool IsClean, bool IsUnwatched)
{
    /// <summary>The fields of a check.</summary>
    public static CustomerCheckFields Create(CustomerCheck check) =>
        new(check.IsRunning, check.From, check.Until, check.Count, check.IsClean, check.IsUnwatched);

    /// <summary>The check they write down.</summary>
    public CustomerCheck ToCheck() => new(IsRunning, From, Until, Count, IsClean, IsUnwatched);
}
