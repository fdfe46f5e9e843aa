// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Events;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Api.Routing;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Enrichment;
using Weir.Desk.Policy;
using Weir.Desk.Records;
using Weir.Wire;

namespace Weir.Desk.Api.Happenings;

/// <summary>Events of floods, spam, scans, reflection and spoofing. Contacts with listed endpoints are told in their
/// cases alone (rules.md R11).</summary>
/// <param name="cases">Decides, and knows the case of an event.</param>
/// <param name="history">The journal of events; null where there is none.</param>
/// <param name="policy">Whether it is told where a line is connected.</param>
/// <param name="owners">Whose networks far ends are in.</param>
/// <param name="time">The clock.</param>
internal sealed class EventRoutes(
    CaseHandler cases, EventHistory? history, PolicyProfile policy, NetworkOwners owners, TimeProvider time)
{
    /// <summary>Most events that are read for one page, those of others' cases with them.</summary>
    private const int Most = 2 * ApiCall.MaxPage;

    private const string Open = "open";

    /// <summary>No page looks at more time than this.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    private static readonly TimeSpan Usual = TimeSpan.FromHours(24);

    /// <summary>An event that says nothing for so long is over, whether it was told to be or not.</summary>
    private static readonly TimeSpan OverAfter = TimeSpan.FromHours(1);

    public ApiRoutes Map(ApiRoutes routes) => routes.Add(new ApiRoute<ApiPage<EventSummary>>
    {
        Method = HttpMethods.Get, Path = "events", Roles = RouteRoles.For(Permission.ListCases),
        Repeat = RouteRepeat.Reads,
        Query =
        [
            .. ApiRoute.Paging, ApiTimes.From(
                "Events with evidence at it or after; 24 hours before now without it, 31 days before `to` at most."),
            ApiTimes.To("Events that began before it; now without it."),
            new("rule", "Events of this rule alone, such as flood-in."),
            new("state", "`open`: what goes on alone; all without it."),
        ],
        Summary = "Floods, spam, scans, reflection and spoofing: what was measured against which threshold, newest first.",
        Answer = EventJson.Default.ApiPageEventSummary, Refusal = _ => new Request.ShowCase(null), Handle = ListAsync,
    });

    private async Task<ApiPage<EventSummary>> ListAsync(ApiCall call)
    {
        ApiRefusalException.ThrowIf(await cases.Engine.DecideAsync(
            call.Actor, new Request.ShowCase(null), call.Cancel) as Decision.Deny);
        var now = time.GetUtcNow();
        var (shown, last) = await ReadAsync(call, Read(call, now));
        var page = ApiPages.Cut(
            call, shown, one => Place(one.Event), newestFirst: true, one => Summary(one.Event, one.File, now));
        return page.Next is null && last is not null ? page with { Next = Place(last).ToString() } : page;
    }

    /// <summary>A page's rows and one more, past those of others' cases.</summary>
    /// <returns>Them, and the last event that was read where there may be more behind it.</returns>
    private async Task<(List<(QualityEvent Event, CaseFile? File)> Shown, QualityEvent? Last)> ReadAsync(
        ApiCall call, EventsWanted wanted)
    {
        List<(QualityEvent Event, CaseFile? File)> shown = [];
        for (var read = 0; history is not null;)
        {
            var told = await history.ListAsync(wanted, call.Cancel);
            shown.AddRange(told.Select(one => (one.Event, File: cases.Find(one.Case)))
                .Where(one => one.File is null || IsTheirs(call.Actor, one.File)));
            read += told.Count;
            if (told.Count < wanted.Most)
            {
                break;
            }

            var last = told[^1].Event;
            if (shown.Count > call.Limit || read >= Most)
            {
                return (shown, last);
            }

            wanted = wanted with { BehindMs = last.FromMs, BehindNumber = Name(last) };
        }

        return (shown, null);
    }

    /// <exception cref="ApiRefusalException">The query asks for what there is not, or for too long a time.</exception>
    private static EventsWanted Read(ApiCall call, DateTimeOffset now)
    {
        var rule = call.Query("rule");
        if (rule is not null && DetectionRules.Find(rule) is not { IsContact: false })
        {
            throw ApiRefusalException.BadRequest($"rule '{rule}' is none that is listed; there are "
                + string.Join(", ", DetectionRules.All.Where(one => !one.IsContact).Select(one => one.Id)));
        }

        var state = call.Query("state");
        if (state is not null and not Open)
        {
            throw ApiRefusalException.BadRequest(
                $"state '{state}' is none that is listed apart; write open, or leave it out");
        }

        var (from, until) = (ApiTimes.ReadFrom(call) ?? now - Usual, ApiTimes.ReadTo(call) ?? now.AddHours(1));
        if ((until < now ? until : now) - from > Longest)
        {
            throw ApiRefusalException.BadRequest(
                $"from {from:u} to {until:u} is more than {Longest.TotalDays} days; ask for a shorter time");
        }

        var isBehind = PageCursor.TryParse(call.Query("after") ?? "", out var after);
        return new()
        {
            FromMs = from.ToUnixTimeMilliseconds(),
            UntilMs = until.ToUnixTimeMilliseconds(),
            Rule = rule ?? "",
            OpenSinceMs = state is null ? 0 : (now - OverAfter).ToUnixTimeMilliseconds(),
            BehindMs = isBehind ? after.Ticks / TimeSpan.TicksPerMillisecond : long.MaxValue,
            BehindNumber = isBehind ? after.Name : "",
            Most = call.Limit + 1,
        };
    }

    private static PageCursor Place(QualityEvent one) => new(one.FromMs * TimeSpan.TicksPerMillisecond, Name(one));

    /// <summary>As in the list of notices: what is assigned is its assignee's and the privacy officer's and
    /// auditor's.</summary>
    private static bool IsTheirs(Actor actor, CaseFile file) => file.Assignee.Length == 0
        || file.Assignee == actor.Name || actor.Role is Role.PrivacyOfficer or Role.Auditor;

    private static string Name(QualityEvent one) => one.Number.ToString("x16", CultureInfo.InvariantCulture);

    private EventSummary Summary(QualityEvent one, CaseFile? file, DateTimeOffset now)
    {
        var isOver = one.Phase == EventPhase.Closed || now - Time(one.UntilMs) > OverAfter;
        var isPlace = DetectionRules.Find(one.Rule) is { IsPlacedByDetail: true } && !policy.ShowsSubjects;
        var hasExporter = policy.ShowsSubjects && one.Exporter != default && one.Exporter != IpKey.FromV4(0);
        return new(
            Name(one), one.Rule, isOver ? "over" : Open, Time(one.FromMs), Time(one.UntilMs), Time(one.TriggeredMs),
            Math.Round(one.Measured, 1), Math.Round(one.Threshold, 1), one.Unit, one.WindowSeconds, one.SamplingInterval,
            hasExporter ? one.Exporter.ToString() : "",
            one.Class?.ToString() ?? "", isPlace ? "" : one.Detail, file?.Id.ToString() ?? "",
            ScopeOf(one, file)?.Scope.Id.ToString() ?? "",
            owners.NamesOf(one.Class?.Predicate.Remotes ?? []));
    }

    /// <summary>The scope that an event opened, or the open one that it fell into; those that go on before those that
    /// ended.</summary>
    private static CaseScope? ScopeOf(QualityEvent one, CaseFile? file) => file?.Scopes
        .Where(held => held.Event == one.Number || (held.State == ScopeState.Open
            && DetectionRules.IdOf(held.Scope.Trigger) == one.Rule
            && one.Class is { } named && named.Predicate.IsWithin(held.Scope.Class.Predicate)))
        .OrderByDescending(held => held.State == ScopeState.Open).ThenByDescending(held => held.Event == one.Number)
        .FirstOrDefault();

    private static DateTimeOffset Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);
}
