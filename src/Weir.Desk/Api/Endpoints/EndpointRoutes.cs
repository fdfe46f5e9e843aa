// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Policy;
using Weir.Contracts.Reports;
using Weir.Desk.Api.Routing;
using Weir.Desk.Cases;
using Weir.Desk.Comparisons;
using Weir.Desk.Enrichment;
using Weir.Desk.Policy;
using Endpoint = Weir.Contracts.Flows.Endpoint;

namespace Weir.Desk.Api.Endpoints;

/// <summary>Far ends: who lists them, and what comparisons published of them. No line stands in any answer.</summary>
/// <param name="cases">Decides.</param>
/// <param name="history">What was published.</param>
/// <param name="lists">The lists in force.</param>
/// <param name="owners">Whose networks they are in.</param>
/// <param name="time">The clock.</param>
internal sealed class EndpointRoutes(
    CaseHandler cases, EndpointHistory history, CurrentWatchlist lists, NetworkOwners owners, TimeProvider time)
{
    public ApiRoutes Map(ApiRoutes routes) => routes
        .Add(new ApiRoute<ApiPage<EndpointSummary>>
        {
            Method = HttpMethods.Get, Path = "endpoints", Roles = RouteRoles.For(Permission.ReadReports),
            Repeat = RouteRepeat.Reads, Query = ApiRoute.Paging,
            Summary = "Far ends that the newest comparison tells of: candidates as ranked, then listed ones, most lines first.",
            Answer = EndpointJson.Default.ApiPageEndpointSummary, Refusal = _ => new Request.ReadReports(),
            Handle = ListAsync,
        })
        .Add(new ApiRoute<EndpointResponse>
        {
            Method = HttpMethods.Get, Path = "endpoint", Roles = RouteRoles.For(Permission.ReadReports),
            Repeat = RouteRepeat.Reads, Query = [new("endpoint", "Which, such as 192.0.2.7:443/tcp.")],
            Summary = "One far end: who lists it, whose network it is in, and what comparisons published of it.",
            Answer = EndpointJson.Default.EndpointResponse, Refusal = _ => new Request.ReadReports(),
            Handle = ShowAsync,
        });

    private async Task<ApiPage<EndpointSummary>> ListAsync(ApiCall call)
    {
        await DecideAsync(call);
        return ApiPages.Cut(
            call, history.Latest().Index(), one => new(one.Index, NameOf(one.Item)), newestFirst: false,
            one => Summary(one.Item));
    }

    private async Task<EndpointResponse> ShowAsync(ApiCall call)
    {
        await DecideAsync(call);
        if (!EndpointText.TryRead(call.Query("endpoint") ?? "", out var endpoint) || endpoint.Port == 0)
        {
            throw ApiRefusalException.BadRequest(
                $"'{call.Query("endpoint")}' is no endpoint; write 192.0.2.7:443/tcp or [2001:db8::7]:443/tcp");
        }

        var found = history.Of(endpoint);
        var campaign = found.Select(one => one.Campaign).FirstOrDefault(one => one is not null);
        return new(
            endpoint.ToString(), $"{owners.Find(endpoint.Address)}", lists.Current.IsAllowed(endpoint),
            [.. lists.Current.All(endpoint).Select(Listing)], [.. found.Select(Window)],
            campaign is null ? null : new(campaign.Kind, campaign.Words, campaign.Endpoints));
    }

    private async Task DecideAsync(ApiCall call) => ApiRefusalException.ThrowIf(
        await cases.Engine.DecideAsync(call.Actor, new Request.ReadReports(), call.Cancel) as Decision.Deny);

    private EndpointSummary Summary(EndpointFinding one)
    {
        var (listed, found) = (one.Sighting, one.Candidate);
        return new(
            NameOf(one), $"{owners.Find(found?.Remote ?? listed!.Remote)}", found?.Status ?? "listed",
            found?.State ?? "", listed?.List ?? "", listed?.Family ?? "",
            $"{(found is not null ? found.Cases : listed!.Subjects)}", found?.Why ?? "", one.Run, one.Window.Until);
    }

    private static string NameOf(EndpointFinding one) => one.Candidate is { } found
        ? Endpoint.Write(found.Remote, found.Port, found.Protocol)
        : Endpoint.Write(one.Sighting!.Remote, one.Sighting.Port, one.Sighting.Protocol);

    private EndpointListing Listing(ListEntry entry) => new(
        entry.List, entry.Role.ToString().ToLowerInvariant(), entry.ToString(), entry.Family, entry.Confidence,
        Time(entry.FirstSeenMs), Time(entry.LastSeenMs),
        entry.ExpiresMs == ListEntry.Never ? null : Time(entry.ExpiresMs),
        entry.IsValidAt(time.GetUtcNow().ToUnixTimeMilliseconds()), entry.IsOwnConfirmation, entry.Tag.Provenance);

    private static DateTimeOffset? Time(long ms) => ms == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(ms);

    private static EndpointWindow Window(EndpointFinding one)
    {
        var (listed, found) = (one.Sighting, one.Candidate);
        return new(
            one.Run, one.Window.From, one.Window.Until, listed?.List ?? "", listed is null ? "" : $"{listed.Subjects}",
            found?.Status ?? "", found?.State ?? "", Text(found?.Cases), Text(found?.Expected), Text(found?.Others),
            Text(found?.Q), Number(found?.Ic), Number(found?.Ic025), found?.Why ?? "", found?.RestsOn ?? []);
    }

    private static string Text(PublishedValue? value) => value is { } told ? $"{told}" : "";

    private static double? Number(PublishedValue? value) => value is { IsNumber: true } told ? told.Number : null;
}
