// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Desk.Api.Routing;

namespace Weir.Desk.Api.Promotions;

/// <param name="What">An endpoint such as <c>192.0.2.80:8443/tcp</c>, or a withheld one that two people reviewed,
/// RUN.1.</param>
/// <param name="Reason">Why it is believed to be a C&amp;C; stands in the audit and on the list.</param>
internal sealed record PromotionRequest(string What, string Reason);

/// <param name="Id">Number of the request; empty for a demotion.</param>
/// <param name="Endpoint">The far end.</param>
/// <param name="Run">The comparison that found it.</param>
/// <param name="State"><c>asked</c>, <c>promoted</c> or <c>demoted</c>.</param>
/// <param name="Until">End of its time on the list, UTC.</param>
/// <param name="Next">What comes now, in words.</param>
internal sealed record PromotionResponse(
    string Id, string Endpoint, string Run, string State, DateTimeOffset? Until, string Next);

/// <param name="Endpoint">Such as <c>192.0.2.80:8443/tcp</c>.</param>
/// <param name="Reason">Why; stands in the audit.</param>
internal sealed record DemotionRequest(string Endpoint, string Reason);

/// <summary>An endpoint on our own list, with the figures it was promoted on as they were published.</summary>
/// <param name="Endpoint">The far end.</param>
/// <param name="Network">Whose network it is in; empty where no file says.</param>
/// <param name="Run">The comparison that found it.</param>
/// <param name="P">As published: a number, or an order of magnitude.</param>
/// <param name="Q">As published.</param>
/// <param name="Ic">Effect size as published.</param>
/// <param name="Ic025">Its lower bound as published.</param>
/// <param name="Id">Number of the request.</param>
/// <param name="AskedBy">The first person.</param>
/// <param name="GivenBy">The second person.</param>
/// <param name="At">When it was promoted.</param>
/// <param name="Until">End of its time on the list.</param>
/// <param name="Reason">As the first person said.</param>
internal sealed record PromotionSummary(
    string Endpoint, string Network, string Run, string P, string Q, string Ic, string Ic025, string Id,
    string AskedBy, string GivenBy,
    DateTimeOffset At, DateTimeOffset Until, string Reason);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ApiPage<PromotionSummary>))]
[JsonSerializable(typeof(PromotionRequest))]
[JsonSerializable(typeof(PromotionResponse))]
[JsonSerializable(typeof(DemotionRequest))]
internal sealed partial class PromotionJson : JsonSerializerContext;
