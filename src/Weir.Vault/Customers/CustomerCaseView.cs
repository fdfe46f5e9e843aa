// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Consents;
using Weir.Contracts.Customers;
using Weir.Contracts.Events;
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;
using Weir.Vault.Consenting;

namespace Weir.Vault.Customers;

/// <summary>What a customer sees of a case. Scopes stand side by side and are never merged (rules.md R4); one that was
/// renewed while its event lasted is told once.</summary>
/// <param name="Id">Its number, for a talk with the provider.</param>
/// <param name="IsClean">Nothing was seen for the whole time of its check.</param>
/// <param name="KeptUntil">When everything is erased; null while the case is open.</param>
/// <param name="Terms">What holds for every case.</param>
/// <param name="Scopes">One for each reason.</param>
internal sealed record CustomerCaseView(
    CaseId Id, bool IsClean, DateTimeOffset? KeptUntil, CustomerTerms Terms,
    IReadOnlyList<CustomerScopeView> Scopes)
{
    /// <summary>Whether a check runs now.</summary>
    public bool IsChecking => Scopes.Any(s => s.Check is { IsRunning: true });

    /// <summary>Whether the customer could have a check begun: who is attacked has nothing to fix.</summary>
    public bool IsCheckable => !IsChecking && Scopes.Any(s =>
        DetectionRules.Find(s.Facts.Finding) is not { IsOfVictim: true }
            && s.Facts.Purpose != Purpose.CustomerDiagnosis);

    /// <summary>For how many hours the customer may agree that a scope's class is looked at; 0 where not: the class is
    /// too wide, a look runs, or the case is over.</summary>
    public int ConsentHours(CustomerScopeView scope, DateTimeOffset now)
    {
        var hours = Math.Min(Terms.DiagnosisHours, ConsentHandler.LongestHours);
        var consent = new Consent
        {
            Id = default, Desk = "", Line = "", Class = scope.Facts.Class, From = now, Until = now.AddHours(hours),
        };
        return KeptUntil is null && hours > 0 && !Scopes.Any(one => one.IsLookedAt(now))
            && ConsentValidator.Fault(consent, hours, now) is null
            ? hours
            : 0;
    }

    /// <summary>The view of scopes as they stand: those of one finding and class, which only renew each other, are one
    /// with the time of all.</summary>
    public static IReadOnlyList<CustomerScopeView> Combine(IEnumerable<CustomerScopeView> scopes) =>
    [
        .. scopes.GroupBy(scope => (scope.Facts.Finding, scope.Facts.Purpose, Class: scope.Facts.Class.ToString()))
            .Select(same => same.MaxBy(scope => scope.Facts.Last)! is var latest && same.Count() == 1 ? latest
                : latest with
            {
                Facts = latest.Facts with { First = same.Min(scope => scope.Facts.First) },
                Done = [.. same.SelectMany(scope => scope.Done).Distinct()],
                Check = same.Select(scope => scope.Check).OfType<CustomerCheck>().MaxBy(check => check.From),
            }),
    ];
}

/// <summary>One scope.</summary>
/// <param name="Id">Its number, of the latest where several are told as one.</param>
/// <param name="Facts">Its facts, as a notice tells them.</param>
/// <param name="Done">What stands now because of it.</param>
/// <param name="Check">The latest check of its class; null where there was none.</param>
internal sealed record CustomerScopeView(
    ScopeId Id, CustomerFacts Facts, IReadOnlyList<ActionTaken> Done, CustomerCheck? Check)
{
    /// <summary>Whether a look runs that the customer agreed to.</summary>
    public bool IsLookedAt(DateTimeOffset now) => Facts.Purpose == Purpose.CustomerDiagnosis && now < Facts.Last;
}
