// SPDX-License-Identifier: Apache-2.0
namespace Weir.Cli.SelfTesting.Rules;

/// <summary>One worked example of the rules, or one attack on them, as it was played.</summary>
/// <param name="Number">Of the example, 1 to 19; of the attack as it was first told.</param>
/// <param name="Situation">What was asked or what happened.</param>
/// <param name="Decisions">Every decision that came back, in order: <c>allow</c> or the code of a refusal.</param>
/// <param name="Passed">Whether all of it came back, and stands in the audit, as the rules want.</param>
/// <param name="Seen">What was seen instead; empty where it passed.</param>
internal sealed record RuleCheckResult(
    int Number, string Situation, IReadOnlyList<string> Decisions, bool Passed, string Seen)
{
    /// <summary>Who attacks; empty for a worked example.</summary>
    public string Attacker { get; init; } = "";
}

/// <summary>An attack on the promise that has to be refused.</summary>
/// <param name="Number">Several rows may be tries of one attack.</param>
/// <param name="Attacker">Who.</param>
/// <param name="Attack">What is tried.</param>
/// <param name="Play">Tries it, and says what came back.</param>
internal sealed record AttackRow(int Number, string Attacker, string Attack, Func<ScenarioRunner, Task> Play);
