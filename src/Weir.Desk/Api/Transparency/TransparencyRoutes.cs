// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Policy;
using Weir.Desk.Api.Routing;
using Weir.Desk.Cases;
using Weir.Desk.Policy;
using Weir.Desk.Reporting.Transparency;

namespace Weir.Desk.Api.Transparency;

/// <param name="Quarters">Such as <c>2026Q1</c>, oldest first.</param>
internal sealed record TransparencyQuarters(IReadOnlyList<string> Quarters);

/// <summary>How often Weir looked and why, by quarters that are over (rules.md R13). Nobody is named.</summary>
/// <param name="cases">Decides.</param>
/// <param name="reports">What was written.</param>
internal sealed class TransparencyRoutes(CaseHandler cases, PublishedTransparency reports)
{
    public ApiRoutes Map(ApiRoutes routes) => routes
        .Add(new ApiRoute<TransparencyQuarters>
        {
            Method = HttpMethods.Get, Path = "transparency", Roles = RouteRoles.For(Permission.ReadReports),
            Repeat = RouteRepeat.Reads, Summary = "Quarters that are over and have a transparency report.",
            Answer = TransparencyJson.Default.TransparencyQuarters, Refusal = _ => new Request.ReadReports(),
            Handle = async call =>
            {
                await DecideAsync(call);
                return new(reports.Quarters());
            },
        })
        .Add(new ApiRoute<RawJson>
        {
            Method = HttpMethods.Get, Path = "transparency/{quarter}", Roles = RouteRoles.For(Permission.ReadReports),
            Repeat = RouteRepeat.Reads, Refusals = ["unknown"],
            Summary = "A quarter's transparency report as it was written, schema weir.transparency/1.",
            Answer = TransparencyJson.Default.RawJson, Refusal = _ => new Request.ReadReports(), Handle = ShowAsync,
        });

    private async Task<RawJson> ShowAsync(ApiCall call)
    {
        await DecideAsync(call);
        var quarter = call.Part("quarter");
        return reports.Read(quarter) is { } report ? new(report) : throw ApiRefusalException.From(
            (Decision.Deny)await cases.Engine.RefuseAsync(
                call.Actor, new Request.ReadReports(), DenyCode.Unknown,
                $"{quarter} has no transparency report; it is written when the quarter is over.", call.Cancel));
    }

    private async Task DecideAsync(ApiCall call) => ApiRefusalException.ThrowIf(
        await cases.Engine.DecideAsync(call.Actor, new Request.ReadReports(), call.Cancel) as Decision.Deny);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TransparencyQuarters))]
[JsonSerializable(typeof(RawJson))]
internal sealed partial class TransparencyJson : JsonSerializerContext;
