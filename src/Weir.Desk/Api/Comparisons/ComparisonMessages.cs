// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Desk.Api.Routing;
using Weir.Desk.Comparisons;

namespace Weir.Desk.Api.Comparisons;

/// <param name="Reason">Why; stands in the audit.</param>
internal sealed record ReviewRequest(string? Reason = null);

/// <param name="Id">The withheld endpoint's number.</param>
/// <param name="Endpoint">The endpoint, without subjects; empty while it waits.</param>
/// <param name="Next">What comes now, in words.</param>
/// <param name="Network">Whose network it is in; empty where no file says, and while it waits.</param>
internal sealed record ReviewResponse(string Id, string Endpoint, string Next, string Network);

/// <param name="Text">What happens now, in words.</param>
internal sealed record ComparisonStarted(string Text);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ApiPage<RunRow>))]
[JsonSerializable(typeof(RawJson))]
[JsonSerializable(typeof(ReviewRequest))]
[JsonSerializable(typeof(ReviewResponse))]
[JsonSerializable(typeof(ComparisonStarted))]
internal sealed partial class ComparisonJson : JsonSerializerContext;
