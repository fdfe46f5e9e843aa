// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Commands;
using Weir.Contracts.Flows;
using Weir.Desk.Cases;

namespace Weir.Cli.Control;

internal sealed record PopulationAsked(string? Group, string? Window, string? Endpoint);

/// <summary>The fixed reports of the population plane over the socket.</summary>
internal sealed class PopulationRoutes(ControlParts parts)
{
    public void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/v1/population/{name}", ControlCall.With(parts, AskAsync));

    private async Task AskAsync(ControlCall call)
    {
        if (await call.BodyAsync<PopulationAsked>() is not { } asked)
        {
            await call.BadAsync("the request cannot be read; it is JSON with group, window, endpoint");
            return;
        }

        Weir.Contracts.Flows.Endpoint? endpoint = null;
        if (asked.Endpoint is { Length: > 0 } text)
        {
            if (!PopulationListing.TryEndpoint(text, out var read))
            {
                await call.BadAsync($"'{text}' is no endpoint; write 192.0.2.7:443/tcp or [2001:db8::7]:443/tcp");
                return;
            }

            endpoint = read;
        }

        var release = await parts.Population.QueryAsync(
            call.Actor, call.Route("name"), asked.Group, asked.Window, endpoint, call.Cancel);
        await (release.Refused is { } refused ? call.RefuseAsync(refused) : call.AnswerAsync(release.View!));
    }
}
