// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Events;

namespace Weir.Desk.Cases.Records;

/// <summary>How pressing a case is: the gravest of its scopes. A scope has its rule's severity, one step more where
/// what was measured is ten times the threshold; a complaint is medium, what the customer asked for low.</summary>
internal static class CaseSeverities
{
    private const double Outstanding = 10;

    public static CaseSeverity Of(CaseFile file) =>
        file.Scopes.Select(scope => Of(scope.Scope.Trigger, scope.Facts)).DefaultIfEmpty(CaseSeverity.Low).Max();

    /// <param name="trigger">Of the scope, such as <c>scan/1</c>.</param>
    /// <param name="facts">What it told.</param>
    public static CaseSeverity Of(string trigger, TriggerFacts facts) => facts switch
    {
        MeasuredTrigger measured when DetectionRules.Find(DetectionRules.IdOf(trigger)) is { } rule =>
            !rule.IsOfVictim && measured.Value >= Outstanding * measured.Threshold
                ? (CaseSeverity)Math.Min((int)rule.Severity + 1, (int)CaseSeverity.High)
                : rule.Severity,
        ConsentTrigger or CleanUpTrigger => CaseSeverity.Low,
        _ => CaseSeverity.Medium,
    };

    public static string ToName(CaseSeverity severity) => severity switch
    {
        CaseSeverity.Low => "low",
        CaseSeverity.High => "high",
        _ => "medium",
    };
}
