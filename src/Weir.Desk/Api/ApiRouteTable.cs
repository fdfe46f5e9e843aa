// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Weir.Desk.Api.Approvals;
using Weir.Desk.Api.Audits;
using Weir.Desk.Api.Blocks;
using Weir.Desk.Api.Cases;
using Weir.Desk.Api.Channels;
using Weir.Desk.Api.Comparisons;
using Weir.Desk.Api.Complaints;
using Weir.Desk.Api.Escalations;
using Weir.Desk.Api.Lists;
using Weir.Desk.Api.Notices;
using Weir.Desk.Api.Population;
using Weir.Desk.Api.Promotions;
using Weir.Desk.Api.Routing;
using Weir.Desk.Api.Sharing;
using Weir.Desk.Api.Transparency;
using Weir.Desk.Escalations;

namespace Weir.Desk.Api;

/// <summary>All routes, one line a resource.</summary>
internal static class ApiRouteTable
{
    /// <summary>Writes the table over what the routes lead to.</summary>
    public static ApiRoutes Create(ApiDependencies parts)
    {
        var routes = new ApiRoutes();
        new CaseRoutes(parts.Cases, new(
            parts.Cases, parts.Policy, parts.Lists,
            new(id => parts.Escalations.Find(id)?.Rung ?? EscalationLevel.None,
                id => parts.Notices.ForCase(id).MaxBy(row => row.PlannedAt)), parts.Time)).Map(routes);
        new EvidenceRoutes(parts.Cases, parts.Evidence).Map(routes);
        new EscalationRoutes(parts.Escalations, parts.EscalationRound, parts.Time).Map(routes);
        new NoticeRoutes(parts.Cases, parts.Notices).Map(routes);
        new ApprovalRoutes(parts.Cases, parts.Disclosures).Map(routes);
        new ComplaintRoutes(parts.Cases, parts.Complaints).Map(routes);
        new ComparisonRoutes(parts.Cases, parts.Runs, parts.StartComparison).Map(routes);
        new PromotionRoutes(parts.Cases, parts.Promotions).Map(routes);
        new PopulationRoutes(parts.Population).Map(routes);
        new BlockRoutes(parts.Blocks, new(parts.Blocks.Blocks, parts.Backends)).Map(routes);
        new ChannelRoutes(parts.Alerts, parts.Audit, parts.Time).Map(routes);
        new ListRoutes(parts.ListSet, parts.Audit).Map(routes);
        new HeldListRoutes(parts.ListSet, parts.Audit).Map(routes);
        new SharingRoutes(new()
        {
            Cases = parts.Cases, Sightings = parts.Sightings, Lists = parts.Lists, Audit = parts.Audit,
            Policy = parts.Policy, Time = parts.Time,
        }).Map(routes);
        new TransparencyRoutes(parts.Cases, parts.Transparency).Map(routes);
        new AuditRoutes(parts.AuditFolder, parts.Audit).Map(routes);
        return routes;
    }

    /// <summary>JSON of every message, for the document.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.TypeInfoResolver = JsonTypeInfoResolver.Combine(
            CaseJson.Default, ApprovalJson.Default, AuditJson.Default, BlockJson.Default, ChannelJson.Default, ComparisonJson.Default,
            ComplaintJson.Default, EscalationJson.Default, ListsJson.Default, NoticeJson.Default, PopulationJson.Default,
            PromotionJson.Default, SharingJson.Default, TransparencyJson.Default, ApiProblemJson.Default);
    }
}
