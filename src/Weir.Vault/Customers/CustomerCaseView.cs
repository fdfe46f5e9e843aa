// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Customers;
using Weir.Contracts.Events;
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;

namespace Weir.Vault.Customers;

/// <summary>What a customer sees of a case. Scopes stand side by side and are never merged (rules.md R4); one that was
/// renewed while its event lasted is told once.</summary>
/// <param name="Id">Its number, for a talk with the provider.</param>
/// <param name="IsClean">Nothing was seen for the whole time of its check.</param>
/// <param name="KeptUntil">When everything is erased; null while the case is open.</param>
/// <param name="KeptDays">Days from its close until then.</param>
/// <param name="Scopes">One for each reason.</param>
internal sealed record CustomerCaseView(
    CaseId Id, bool IsClean, DateTimeOffset? KeptUntil, int KeptDays, IReadOnlyList<CustomerScopeView> Scopes)
{
    /// <summary>Whether a check runs now.</summary>
    public bool IsChecking => Scopes.Any(s => s.Check is { IsRunning: true });

    /// <summary>Whether the customer could have a check begun: who is attacked has nothing to fix.</summary>
    public bool IsCheckable => !IsChecking && Scopes.Any(s =>
        DetectionRules.Find(s.Facts.Finding) is not { IsOfVictim: true } && s.Facts.Purpose != Purpose.CustomerDiagnosis);

    /// <summary>The view of scopes as they stand: those of one finding and class, which only renew each other, are one
    /// with the time of all.</summary>
    public static IReadOnlyList<CustomerScopeView> Combine(IEnumerable<CustomerScopeView> scopes) =>
    [
        .. scopes.GroupBy(scope => (scope.Facts.Finding, scope.Facts.Purpose, Class: scope.Facts.Class.ToString()))
            .Select(same => same.MaxBy(scope => scope.Facts.Last)! is var latest && same.Count() == 1 ? latest : latest with
            {
                Facts = latest.Facts with { First = same.Min(scope => scope.Facts.First) },
                Done = [.. same.SelectMany(scope => scope.Done).Distinct()],
                Check = same.Select(scope => scope.Check).OfType<CustomerCheck>().MaxBy(check => check.From),
            }),
    ];
}

/// <summary>One scope.</summary>
/// <param name="Facts">Its facts, as a notice tells them.</param>
/// <param name="Done">What stands now because of it.</param>
/// <param name="Check">The latest check of its class; null where there was none.</param>
internal sealed record CustomerScopeView(CustomerFacts Facts, IReadOnlyList<ActionTaken> Done, CustomerCheck? Check);
