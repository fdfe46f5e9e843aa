// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Cli.SelfTesting.Rules;
using Weir.Contracts.Flows;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Mitigation;
using Weir.Desk.Policy;
using Weir.Hosting.Configuration;
using Weir.Wire;

namespace Weir.Cli.SelfTesting.Attacks;

/// <summary>Blocks by one person, of what no list names, of the provider's own lines, of everything, for
/// ever.</summary>
internal static class BlockAttacks
{
    private const string Operator = "operator";

    private static readonly MitigationOptions Options = new() { Own = [Prefix.Parse("10.0.0.0/14")] };

    public static IEnumerable<AttackRow> Rows { get; } =
    [
        new(6, Operator, "approves the own block", play =>
            BlockAsync(play, RulesTestHost.Olaf, "second-person-needed")),
        new(6, Operator, "approves a block with a second operator", play => BlockAsync(
            play, new Actor("otto", Role.Operator), "second-person-needed")),
        new(6, Operator, "blocks what no list names", play =>
        {
            var isListed = new ListedForBlocks(play.Place.Lists, play.Place.Clock)
                .Names(MitigationTarget.Parse("blackhole 203.0.113.77"));
            play.Came(isListed ? "allow" : "not-listed", "not-listed", "the list");
            return Task.CompletedTask;
        }),
        new(6, Operator, "blocks a subscriber of the provider's own", play => RailAsync(
            play, "blackhole 10.0.0.7", target => Guardrails.Never(target, Options), MitigationRefusal.NeverBlock)),
        new(6, Operator, "blocks a /8", play => RailAsync(
            play, "blackhole 203.0.0.0/8", target => Guardrails.Width(target, Options), MitigationRefusal.TooWide)),
        new(6, Operator, "blocks 0.0.0.0/0", play => RailAsync(
            play, "blackhole 0.0.0.0/0", target => Guardrails.Width(target, Options), MitigationRefusal.TooWide)),
        new(6, Operator, "has blocks last 400 days", play =>
        {
            var faults = ConfigurationReader.Read<WeirConfiguration>("blocking:\n  lease: 400d\n", _ => null).Faults;
            play.Came(
                faults.Any(fault => fault.Path == "blocking.lease") ? "refused"
                    : "allow", "refused", "the configuration");
            return Task.CompletedTask;
        }),
        new(11, "analyst with forged flows", "closes all web of a line by the scope of its flood", play =>
            play.DecideAsync(
                RulesTestHost.Olaf,
                new Request.ActOnScope(
                    Purpose.DdosSource, Flood(play), ScopeActions.Block,
                    ScenarioRunner.Predicate(Direction.Out, ScenarioRunner.Tcp, [443]), RulesTestHost.Ana),
                "out-of-scope")),
    ];

    private static Task<Decision> BlockAsync(ScenarioRunner play, Actor second, string wanted) => play.DecideAsync(
        RulesTestHost.Olaf,
        new Request.ActOnScope(
            Purpose.DdosSource, Flood(play), ScopeActions.Block,
            play.Place.ScopeOf(1, Purpose.DdosSource).Scope.Class.Predicate, second),
        wanted);

    private static Task RailAsync(
        ScenarioRunner play, string text, Func<MitigationTarget, MitigationRefusal?> rail, string wanted)
    {
        play.Came(rail(MitigationTarget.Parse(text))?.Code ?? "allow", wanted, text);
        return Task.CompletedTask;
    }

    private static ScopeId Flood(ScenarioRunner play) => play.Place.ScopeOf(1, Purpose.DdosSource).Scope.Id;
}
