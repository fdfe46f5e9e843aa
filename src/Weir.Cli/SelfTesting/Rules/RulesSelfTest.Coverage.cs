// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Customers;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Policy;

namespace Weir.Cli.SelfTesting.Rules;

internal sealed partial class RulesSelfTest
{
    /// <summary>A line of its own, so that nothing of the other examples is in its silence.</summary>
    private const uint Silent = 12;

    /// <summary>The nineteenth: silence is clean only where exporters delivered and the line was active.</summary>
    private async Task<string> CoverageAsync(ScenarioRunner play)
    {
        play.Place.Converse(Silent, Cnc, 443, 12);
        await play.Place.PassAsync(ContactsClosed, play.Cancel);
        var id = play.Place.ScopeOf(Silent, Purpose.CncContact).Scope.Case;
        await play.Place.Desk.RunOnceAsync(play.Cancel);
        _ = await play.Place.Desk.FixedAsync(
            new(CustomerAct.NewId(), CustomerActKind.Fixed, id, play.Place.Clock.GetUtcNow(), ""), null, play.Cancel);
        var since = WholeMinute(play.Place.Clock.GetUtcNow());
        play.Place.Clock.Advance(TimeSpan.FromHours(2) + (since - play.Place.Clock.GetUtcNow()));
        var check = play.Place.Desk.Find(id)!.Scopes.Single(scope => scope.Scope.Purpose == Purpose.RemediationCheck);
        var seen = await play.CountAsync(
            Actor.Weir, new Request.CountFlows(Purpose.RemediationCheck, check.Scope.Id), "allow");
        play.Check(seen.Total == 0, "the line was not silent");

        await DoubtedAsync("no collector wrote down what it heard", DoubtKind.TooShort);
        await play.Place.CoverAsync(since, 20, 10, play.Cancel);
        await play.Place.CoverAsync(since.AddMinutes(20), 100, 0, play.Cancel);
        await DoubtedAsync("its exporter died after twenty minutes", DoubtKind.ExporterSilent);
        await play.Place.CoverAsync(since.AddMinutes(20), 100, 10, play.Cancel);
        await DoubtedAsync("its exporter delivered, and nobody saw the line active", DoubtKind.LineNotActive);
        await play.Place.ActiveAsync(id, play.Cancel);
        var known = await JudgeAsync();
        play.Check(known.IsProven, $"it is watched and active, and yet not known: {known}");
        return "clean needs coverage: silence of a dead exporter or a dead line is not clean";

        async Task DoubtedAsync(string situation, DoubtKind kind)
        {
            var verdict = await JudgeAsync();
            play.Check(
                !verdict.IsProven && verdict.Doubts.Any(doubt => doubt.Kind == kind),
                $"{situation}, and the verdict is {(verdict.IsProven ? "clean" : verdict.ToString())}");
        }

        Task<RemediationVerdict> JudgeAsync() =>
            play.Place.Desk.JudgeAsync(id, since, TimeSpan.FromHours(1), play.Cancel);
    }

    private static DateTimeOffset WholeMinute(DateTimeOffset at) =>
        new((at.UtcTicks / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute) + TimeSpan.TicksPerMinute, TimeSpan.Zero);
}
