// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Desk.Api.Routing;
using Weir.Desk.Policy;
using Weir.Desk.Population;
using Endpoint = Weir.Contracts.Flows.Endpoint;

namespace Weir.Desk.Api.Population;

/// <summary>The fixed reports about everybody (rules.md R11).</summary>
internal sealed class PopulationRoutes(PopulationReportHandler population)
{
    public ApiRoutes Map(ApiRoutes routes) => routes.Add(new ApiRoute<PopulationResponse>
    {
        Method = HttpMethods.Get, Path = "population/{name}", Roles = RouteRoles.For(Permission.ReadReports),
        Repeat = RouteRepeat.Reads,
        Summary = "How many subscribers did something in a closed day, with noise; counts below k are withheld.",
        Query =
        [
            new("group", "One network group; everybody without it."),
            new("window", "A closed UTC day, 2026-11-22; the latest without it."),
            new("endpoint", "For endpoint-contacts: a listed or found one, 192.0.2.7:443/tcp."),
        ],
        Refusals = [
            "population-too-small", "population-plane-only", "below-k", "expired", "unknown", ApiProblems.StoreDown,
        ],
        Answer = PopulationJson.Default.PopulationResponse,
        Refusal = call => new Request.ReadPopulationReport(Asked(call), 0), Handle = AskAsync,
    });

    private static string Asked(ApiCall call) => string.Join(
        ' ', new[] { call.Part("name"), call.Query("window"), call.Query("endpoint"), call.Query("group") }
            .Where(word => !string.IsNullOrEmpty(word)));

    private async Task<PopulationResponse> AskAsync(ApiCall call)
    {
        Endpoint? endpoint = call.Query("endpoint") is not { } text ? null
            : Endpoint.TryParse(text, out var read) ? read
            : throw ApiRefusalException.BadRequest(
                $"'{text}' is no endpoint; write 192.0.2.7:443/tcp or [2001:db8::7]:443/tcp");
        var release = await population.QueryAsync(
            call.Actor, call.Part("name"), call.Query("group"), call.Query("window"), endpoint, call.Cancel);
        ApiRefusalException.ThrowIf(release.Refused);
        return PopulationResponse.From(release.View!);
    }
}
