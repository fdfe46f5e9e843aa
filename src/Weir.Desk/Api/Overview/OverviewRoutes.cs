// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;
using Weir.Desk.Api.Routing;
using Weir.Hosting.Auditing;
using Weir.Hosting.Health;

namespace Weir.Desk.Api.Overview;

/// <summary>How it stands, in numbers that name no case and no line.</summary>
/// <param name="exporters">Who sends.</param>
/// <param name="rates">What was sent before.</param>
/// <param name="now">The wall's figures.</param>
/// <param name="health">Parts of the desk.</param>
/// <param name="profile">Name of the policy.</param>
/// <param name="time">The clock.</param>
internal sealed class OverviewRoutes(
    ExporterView exporters, RateHistory rates, NowView now, HealthRegistry health, string profile, TimeProvider time)
{
    public ApiRoutes Map(ApiRoutes routes) => routes
        .Add(new ApiRoute<NowResponse>
        {
            Method = HttpMethods.Get, Path = "now", Roles = RouteRoles.Everyone, Repeat = RouteRepeat.Reads,
            Summary = "How it stands: rates, exporters, counts of cases and blocks as the role may count, what needs somebody.",
            Answer = OverviewJson.Default.NowResponse, Refusal = _ => RouteRefusal.Of(AuditActions.ShowInstance, "now"),
            Handle = call => now.ReadAsync(exporters, rates, call.Actor, time.GetUtcNow(), profile),
        })
        .Add(new ApiRoute<ExportersResponse>
        {
            Method = HttpMethods.Get, Path = "exporters", Roles = RouteRoles.Everyone, Repeat = RouteRepeat.Reads,
            Summary = "Who exports, how each stands, and where the data's way through each collector ends.",
            Answer = OverviewJson.Default.ExportersResponse,
            Refusal = _ => RouteRefusal.Of(AuditActions.ShowInstance, "exporters"),
            Handle = _ => Task.FromResult(exporters.Read()),
        })
        .Add(new ApiRoute<HealthResponse>
        {
            Method = HttpMethods.Get, Path = "health", Roles = RouteRoles.Everyone, Repeat = RouteRepeat.Reads,
            Summary = "How the desk's parts are, those that are not well first.",
            Answer = OverviewJson.Default.HealthResponse, Refusal = _ =>
                RouteRefusal.Of(AuditActions.ShowInstance, "health"),
            Handle = _ => Task.FromResult(HealthView.Read(health, profile)),
        });
}
