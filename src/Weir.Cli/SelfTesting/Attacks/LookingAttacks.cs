// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.SelfTesting.Rules;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;

namespace Weir.Cli.SelfTesting.Attacks;

/// <summary>Looking without a right, wider than the right, and by what was made up.</summary>
internal static class LookingAttacks
{
    private const string Analyst = "analyst";

    private static readonly Actor Aud = new("aud", Role.Auditor);

    public static IEnumerable<AttackRow> Rows { get; } =
    [
        new(1, "administrator", "reads evidence", play =>
            play.ReadAsync(RulesTestHost.Adam, ScenarioRunner.All(Flood(play)), "role-may-not")),
        new(1, "auditor", "reads evidence", play =>
            play.ReadAsync(Aud, ScenarioRunner.All(Flood(play)), "role-may-not")),
        new(1, "service user", "looks a subject up", play =>
            play.DecideAsync(Actor.Weir, new Request.LookUpSubject(), "no-trigger")),
        new(2, Analyst, "another class of an open scope", play => play.ReadAsync(
            RulesTestHost.Ana,
            ScenarioRunner.All(Flood(play)) with
            {
                Predicate = ScenarioRunner.Predicate(Direction.Out, ScenarioRunner.Tcp, [443]),
            },
            "out-of-scope")),
        new(2, Analyst, "a wider time", play => play.ReadAsync(
            RulesTestHost.Ana, ScenarioRunner.All(Flood(play)) with { FromMs = Flood(play).Scope.FromMs - 1 },
            "out-of-scope")),
        new(2, Analyst, "another purpose", play => play.ReadAsync(
            RulesTestHost.Ana, ScenarioRunner.All(Flood(play)) with { Purpose = Purpose.SpamSource }, "out-of-scope")),
        new(2, Analyst, "a scope opened because one wants it", play => play.DecideAsync(
            RulesTestHost.Ana,
            new Request.OpenScope(
                play.Place.GetPseudonym(77), ScenarioRunner.Predicate(Direction.Out, ScenarioRunner.Tcp, [443])),
            "no-trigger")),
        new(3, Analyst, "the number of a scope, made up", play => play.ReadAsync(
            RulesTestHost.Ana, new Request.ReadFlows(Purpose.DdosSource, new ScopeId(0xDEAD), null, null), "unknown")),
        new(3, Analyst, "the number of a case, made up", play => play.DecideAsync(
            RulesTestHost.Ana, new Request.ShowCase(new CaseId(0xDEAD)), "unknown")),
        new(3, Analyst, "numbers with .. and %00", play =>
        {
            foreach (var text in (string[])["c-../../key.pem", "c-00%00", "c-0011223344556677/..", ""])
            {
                play.Came(CaseId.TryParse(text, out _) ? "taken" : "refused", "refused", text);
            }

            return Task.CompletedTask;
        }),
        new(3, Analyst, "looks an address up", play =>
            play.DecideAsync(RulesTestHost.Ana, new Request.LookUpSubject(), "no-trigger")),
    ];

    private static CaseScope Flood(ScenarioRunner play) =>
        play.Place.ScopeOf(1, Purpose.DdosSource);
}
