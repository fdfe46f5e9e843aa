// SPDX-License-Identifier: Apache-2.0
namespace Weir.Cli.SelfTesting.Rules;

/// <summary>One worked example of the rules, as it was played.</summary>
/// <param name="Number">Of the example, 1 to 18.</param>
/// <param name="Situation">What was asked or what happened.</param>
/// <param name="Decisions">Every decision that came back, in order: <c>allow</c> or the code of a refusal.</param>
/// <param name="Passed">Whether all of it came back, and stands in the audit, as the rules want.</param>
/// <param name="Seen">What was seen instead; empty where it passed.</param>
internal sealed record RuleCheckResult(
    int Number, string Situation, IReadOnlyList<string> Decisions, bool Passed, string Seen);
