// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.SelfTesting.Rules;
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.Desk.Policy;

namespace Weir.Cli.SelfTesting.Attacks;

/// <summary>Flows that somebody invents: of a stream that is not corroborated, and of one that is but whose class would
/// hold what the line does besides.</summary>
internal static class InputAttacks
{
    private const string Outsider = "outsider";
    private const string Server = "203.0.113.200";
    private const uint Idle = 201;
    private const uint Browsing = 202;
    private const uint Visiting = 203;
    private const uint Busy = 204;

    /// <summary>An event is told, and closed: so long after what it is about.</summary>
    private const int Over = 330;

    /// <summary>A window of contacts is closed: so long after the contact.</summary>
    private const int ContactsClosed = 1_230;

    public static IEnumerable<AttackRow> Rows { get; } =
    [
        new(10, Outsider, "forges a flood of a chosen line, to have its traffic read", play =>
            SealedAsync(play, Idle, Purpose.DdosSource, Over, place => place.Send(
                Idle, ScenarioRunner.Udp, new(Server, 7703), 30, packets: 80_000))),
        new(10, Outsider, "forges a flood of a line that sends by itself", play =>
        {
            play.Place.Converse(Busy, Server, 443, 40);
            return SealedAsync(play, Busy, Purpose.DdosSource, Over, place => place.Send(
                Busy, ScenarioRunner.Udp, new(Server, 7703), 30, packets: 80_000, afterSeconds: 5));
        }),
        new(11, "analyst with forged flows", "reads the web visits of a line by a scan of tcp/443", ReadVisitsAsync),
        new(50, "list editor", "forges visitors of a true C&C", play =>
            SealedAsync(play, Visiting, Purpose.CncContact, ContactsClosed, place => place.Converse(
                Visiting, RulesSelfTest.Cnc, 443, 12))),
    ];

    /// <summary>What is not corroborated is recorded, and nothing comes of it.</summary>
    private static async Task SealedAsync(
        ScenarioRunner play, uint line, Purpose purpose, int seconds, Action<RulesTestHost> forged)
    {
        play.Place.Forge(() => forged(play.Place));
        await play.Place.PassAsync(seconds, play.Cancel);
        var scope = play.Place.ScopeOf(line, purpose);
        play.Check(scope.Doubt == EvidenceDoubt.NewStream, $"the doubt about its grounds is {scope.Doubt}");
        await play.ReadAsync(RulesTestHost.Ana, ScenarioRunner.All(scope), "not-corroborated");
        foreach (var action in (ScopeActions[])[ScopeActions.Notify, ScopeActions.Block])
        {
            await play.DecideAsync(
                action == ScopeActions.Notify ? RulesTestHost.Ana : RulesTestHost.Olaf,
                new Request.ActOnScope(
                    purpose, scope.Scope.Id, action, scope.Scope.Class.Predicate,
                    action == ScopeActions.Block ? RulesTestHost.Ana : null),
                "not-corroborated");
        }
    }

    /// <summary>The scan itself is corroborated, by whatever means; the scope holds the scan, and no visit.</summary>
    private static async Task ReadVisitsAsync(ScenarioRunner play)
    {
        play.Place.Converse(Browsing, Server, 443, 60);
        play.Place.Scan(Browsing, 443, seconds: 60, eachSecond: 10);
        await play.Place.PassAsync(Over, play.Cancel);
        var scope = play.Place.ScopeOf(Browsing, Purpose.ScanSource);
        var read = await play.ReadAsync(RulesTestHost.Ana, ScenarioRunner.All(scope), "allow");
        var visits = read.Rows.Count(row => row.Remote.Address.ToString() == Server);
        play.Check(visits == 0, $"{visits} web visits were read");
        play.Check(read.Rows.Count == 600, $"{read.Rows.Count} attempts were read, 600 were made");
    }
}
