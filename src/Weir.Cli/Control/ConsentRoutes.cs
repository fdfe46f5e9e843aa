// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Consents;
using Weir.Desk.Cases;

namespace Weir.Cli.Control;

internal sealed record ConsentBrought(string Token);

internal sealed record ConsentRow(string Case, string Scope);

/// <summary>A customer's consent to a diagnosis, brought over the socket (rules.md R20).</summary>
internal sealed class ConsentRoutes(ControlParts parts)
{
    public void Map(IEndpointRouteBuilder app) => app.MapPost("/v1/consents", ControlCall.With(parts, TakeAsync));

    private async Task TakeAsync(ControlCall call)
    {
        if (await call.BodyAsync<ConsentBrought>() is not { Token: { Length: <= ConsentToken.Longest } token })
        {
            await call.BadAsync("the request cannot be read; it is JSON with the token's text");
            return;
        }

        var taken = await parts.Desk.TakeConsentAsync(call.Actor, token, call.Cancel);
        await (taken.Refused is { } deny
            ? call.RefuseAsync(deny)
            : call.AnswerAsync(new ConsentRow(taken.Case.ToString()!, taken.Scope.ToString()!)));
    }
}
