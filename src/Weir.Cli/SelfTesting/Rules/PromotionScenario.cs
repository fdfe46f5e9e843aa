// SPDX-License-Identifier: Apache-2.0
//
// Worked example 8 with the parts that a running Weir has: our own list in its file and in force, the desk of two
// people, the search over the store's digests. The candidate is given, as the example gives it.
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases.Records;
using Weir.Desk.Lists;
using Weir.Desk.Promotion;
using Weir.Hosting.Auditing;
using Weir.Store.LookBack;
using Endpoint = Weir.Contracts.Flows.Endpoint;

namespace Weir.Cli.SelfTesting.Rules;

/// <summary>A promotion being played.</summary>
internal sealed class PromotionScenario : IDisposable
{
    private readonly PromotedFile _file;
    private readonly CurrentWatchlist _lists = new(Watchlist.Empty);
    private readonly PromotionHandler _desk;
    private readonly LookBack _lookBack;

    private PromotionScenario(RulesTestHost place, Endpoint candidate)
    {
        _file = new(place.CasesFolder, place.Clock);
        var refresher = new ListRefresher(
            [_file.Open()], _lists, TimeSpan.FromHours(1), place.Clock, NullLogger<ListRefresher>.Instance);
        _ = refresher.Refresh();
        _file.RefreshWith(refresher);
        _desk = new(new()
        {
            Desk = place.Desk,
            Candidates = new GivenCandidates(candidate),
            Promoted = _file,
            Lists = _lists,
            Lifetime = TimeSpan.FromDays(90),
            Time = place.Clock
        });
        _lookBack = new(new()
        {
            Desk = place.Desk,
            Store = new InProcessLookBack(new(
                new PromotedContacts(place.Store.Client), place.SignedBy.Store, place.Keys.Has, LookBack.Longest,
                place.Clock)),
            Audit = place.Audit,
            Time = place.Clock,
        });
    }

    public static PromotionScenario Open(RulesTestHost place, Endpoint candidate) => new(place, candidate);

    public void Dispose() => _file.Dispose();

    /// <summary>One asks; for another endpoint he is refused, and the same person gives nothing.</summary>
    public async Task<ulong> RequestAsync(ScenarioRunner play, Endpoint candidate)
    {
        var other = await _desk.RequestAsync(
            RulesTestHost.Ana, candidate with { Port = 443 }, "", "out of interest", play.Cancel);
        play.Note(
            RulesTestHost.Ana, AuditActions.ApprovePromotion, other.Refused, "unknown",
            "promoting what no comparison found");
        var asked = await _desk.RequestAsync(
            RulesTestHost.Ana, candidate, "", "beacons of three families", play.Cancel);
        play.Note(
            RulesTestHost.Ana, AuditActions.AskPromotion, asked.Refused, AuditActions.Allow, "asking for a promotion");
        var twice = await _desk.ApproveAsync(RulesTestHost.Ana, asked.Asked!.Number, play.Cancel);
        play.Note(
            RulesTestHost.Ana, AuditActions.ApprovePromotion, twice.Refused, "second-person-needed", "promoting alone");
        return asked.Asked.Number;
    }

    /// <summary>The other gives: it is a confirmation of ours from then on.</summary>
    public async Task PromoteAsync(ScenarioRunner play, Endpoint candidate, ulong number)
    {
        await play.Place.People.SignAsync(
            play.Place.Desk, number, [RulesTestHost.Ana, RulesTestHost.Olaf], play.Cancel);
        var given = await _desk.ApproveAsync(RulesTestHost.Olaf, number, play.Cancel);
        play.Note(RulesTestHost.Olaf, AuditActions.ApprovePromotion, given.Refused, AuditActions.Allow, "promoting");
        play.Check(
            _lists.Current.IsOwnConfirmation(candidate, play.Place.Clock.GetUtcNow().ToUnixTimeMilliseconds()),
            "the promoted endpoint is not listed as a confirmation of ours");
    }

    /// <summary>The machine looks back, twice: scopes of that endpoint for who exchanged traffic with it, once, and for
    /// nobody else.</summary>
    public async Task LookBackAsync(ScenarioRunner play, Endpoint candidate, ulong number, uint[] met, uint[] others)
    {
        for (var i = 0; i < 2; i++)
        {
            _ = await _lookBack.RunAsync(play.Place.Desk.Promotion(number, LookBack.ValidFor)!, play.Cancel);
            play.Note(Actor.Weir, AuditActions.LookBack, null, AuditActions.Allow, "looking back");
        }

        foreach (var subject in met)
        {
            var scopes = Scopes(play, subject);
            play.Check(
                scopes is [{ Scope.Purpose: Purpose.CncContact } scope] && scope.Scope.Class == TrafficClass.Create(
                    Direction.Both, ScenarioRunner.Tcp, [candidate.Port], [candidate.Address]),
                $"who met the endpoint has {scopes.Count} scopes, and one of that endpoint is due");
        }

        play.Check(others.All(subject => Scopes(play, subject).Count == 0), "a bare attempt opened a scope");
    }

    private static List<CaseScope> Scopes(ScenarioRunner play, uint subject) =>
        [.. play.Place.Desk.Files.Where(f => f.Subject == play.Place.GetPseudonym(subject)).SelectMany(f => f.Scopes)];

    private sealed class GivenCandidates(Endpoint candidate) : ICandidates
    {
        public Candidate? Withheld(string number) => null;

        public Candidate? Find(Endpoint endpoint) => endpoint == candidate
            ? new(candidate, "20261122T200000Z", Candidate.IsOne, "1e-9", "1e-6", "5.4", "5.1", "")
            : null;
    }
}
