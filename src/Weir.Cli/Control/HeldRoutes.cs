// SPDX-License-Identifier: Apache-2.0

namespace Weir.Cli.Control;

/// <summary>What the collector holds in memory, for the retention report: sums of nobody in particular, so Weir's own
/// user may ask too.</summary>
internal sealed class HeldRoutes(ControlParts parts)
{
    public void Map(IEndpointRouteBuilder app) => app.MapGet("/v1/held", context => PeerCredentials.IsOwn(context)
        ? context.Response.WriteAsJsonAsync(parts.Held(), ControlText.Json, context.RequestAborted)
        : ControlCall.With(parts, call => call.AnswerAsync(parts.Held()))(context));
}
