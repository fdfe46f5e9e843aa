// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Weir.Desk.Api.Approvals;
using Weir.Desk.Api.Audits;
using Weir.Desk.Api.Blocks;
using Weir.Desk.Api.Cases;
using Weir.Desk.Api.Changes;
using Weir.Desk.Api.Channels;
using Weir.Desk.Api.Comparisons;
using Weir.Desk.Api.Complaints;
using Weir.Desk.Api.Endpoints;
using Weir.Desk.Api.Escalations;
using Weir.Desk.Api.Happenings;
using Weir.Desk.Api.Instance;
using Weir.Desk.Api.Lists;
using Weir.Desk.Api.Notices;
using Weir.Desk.Api.Overview;
using Weir.Desk.Api.Population;
using Weir.Desk.Api.Promotions;
using Weir.Desk.Api.Routing;
using Weir.Desk.Api.Sessions;
using Weir.Desk.Api.Sharing;
using Weir.Desk.Api.Tokens;
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
        var format = new CaseFormatter(
            parts.Cases, parts.Policy, parts.Lists, parts.Owners,
            new(id => parts.Escalations.Find(id)?.Rung ?? EscalationLevel.None,
                parts.Notices.Book.Latest), parts.Time);
        new CaseRoutes(parts.Cases, format).Map(routes);
        new EvidenceRoutes(parts.Cases, format, parts.Evidence).Map(routes);
        new EscalationRoutes(parts.Escalations, parts.EscalationRound, parts.Time).Map(routes);
        new NoticeRoutes(parts.Cases, parts.Notices).Map(routes);
        new ApprovalRoutes(parts.Cases, parts.Disclosures).Map(routes);
        new ComplaintRoutes(parts.Cases, parts.Complaints).Map(routes);
        new ComparisonRoutes(parts.Cases, parts.Runs, parts.Owners, parts.StartComparison).Map(routes);
        new EndpointRoutes(parts.Cases, parts.Endpoints, parts.Lists, parts.Owners, parts.Time).Map(routes);
        new EndpointActRoutes(parts.Cases, parts.Held, parts.Policy, parts.Time).Map(routes);
        new PromotionRoutes(parts.Cases, parts.Promotions, parts.Owners).Map(routes);
        new PopulationRoutes(parts.Population).Map(routes);
        var standing = new BlockStanding(parts.Blocks.Blocks, parts.Backends);
        new BlockRoutes(
            parts.Blocks, standing, new(parts.Blocks.Blocks, parts.Cases), parts.Owners).Map(routes);
        new ChannelRoutes(parts.Alerts, parts.Audit, parts.Time).Map(routes);
        new ListRoutes(parts.ListSet, parts.Audit, parts.AuditFolder).Map(routes);
        new HeldListRoutes(parts.ListSet, parts.Audit, parts.Repeated ?? new(parts.Audit, parts.Time)).Map(routes);
        new HeldNetworkRoutes(parts.Cases, parts.HeldNetworks).Map(routes);
        new SharingRoutes(new()
        {
            Cases = parts.Cases, Sightings = parts.Sightings, Lists = parts.Lists, Audit = parts.Audit,
            Policy = parts.Policy, Time = parts.Time,
        }).Map(routes);
        new TransparencyRoutes(parts.Cases, parts.Transparency).Map(routes);
        new AuditRoutes(parts.AuditFolder, parts.Audit, parts.Countersignatures, parts.OtherRecords).Map(routes);
        new EventRoutes(parts.Cases, parts.Events, parts.Policy, parts.Owners, parts.Time).Map(routes);
        new InstanceRoutes(parts.Instance, parts.Cases, parts.Policy, parts.Time).Map(routes);
        new TokenRoutes(parts.Tokens, parts.Audit).Map(routes);
        new SessionRoutes(parts.SignIn, parts.Audit, parts.Time).Map(routes);
        new PasswordRoutes(parts.SignIn, parts.Audit, parts.Time).Map(routes);
        var exporters = new ExporterView(parts.Collectors);
        new OverviewRoutes(
            exporters, parts.Rates,
            new(parts.Cases, parts.Blocks.Blocks, parts.ListSet, parts.Health, format.FamilyOf)
            {
                Changes = () => parts.Changes.Told("now"), Down = () => standing.Down,
                Gardens = () => parts.Escalations.All.Count(ladder => ladder.Wanted != ladder.Confirmed),
            },
            parts.Health, parts.Policy.Name, parts.Time).Map(routes);
        new OversightRoutes(parts.Oversight).Map(routes);
        return new ChangeRoutes(
            parts.Changes, name => routes.All.Single(route => $"{route.Method} {route.Path}" == name).Roles, parts.Time)
            .Map(routes);
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
            CaseJson.Default, ApprovalJson.Default, AuditJson.Default, BlockJson.Default, ChangeJson.Default, ChannelJson.Default,
            ComparisonJson.Default,
            ComplaintJson.Default, EndpointJson.Default, EndpointActJson.Default, EscalationJson.Default,
            EventJson.Default, InstanceJson.Default, ListsJson.Default, HeldNetworkJson.Default, NoticeJson.Default,
            OverviewJson.Default, PopulationJson.Default, PromotionJson.Default, SessionJson.Default,
            PasswordJson.Default,
            SharingJson.Default, TokenJson.Default,
            TransparencyJson.Default, ApiProblemJson.Default);
    }
}
