// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Desk.Api.Routing;

namespace Weir.Desk.Api.Promotions;

/// <param name="What">An endpoint such as <c>192.0.2.80:8443/tcp</c>, or a withheld one that two people reviewed,
/// RUN.1.</param>
/// <param name="Reason">Why it is believed to be a C&amp;C; stands in the audit and on the list.</param>
internal sealed record PromotionRequest(string What, string Reason);

/// <summary><c>State</c>: <c>asked</c>, <c>promoted</c> or <c>demoted</c>. <c>Next</c>: What comes now, in
/// words.</summary>
internal sealed record PromotionResponse(
    string Id, string Endpoint, string Run, string State, DateTimeOffset? Until, string Next);

internal sealed record DemotionRequest(string Endpoint, string Reason);

/// <summary>An endpoint on our own list, with the figures it was promoted on as they were published.</summary>
internal sealed record PromotionSummary(
    string Endpoint, string Run, string P, string Q, string Ic, string Ic025, string Id, string AskedBy, string GivenBy,
    DateTimeOffset At, DateTimeOffset Until, string Reason);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ApiPage<PromotionSummary>))]
[JsonSerializable(typeof(PromotionRequest))]
[JsonSerializable(typeof(PromotionResponse))]
[JsonSerializable(typeof(DemotionRequest))]
internal sealed partial class PromotionJson : JsonSerializerContext;
