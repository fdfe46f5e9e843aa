// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Desk.Api.Endpoints;

/// <param name="Endpoint">Such as <c>192.0.2.80:8443/tcp</c>.</param>
/// <param name="Reason">Why, in three words at least; stands in the audit. Of a release in what both sign, and only the
/// first person needs one.</param>
internal sealed record EndpointActRequest(string Endpoint, string? Reason = null);

/// <param name="Endpoint">The far end.</param>
/// <param name="State"><c>allowed</c>, <c>held</c>, <c>waits</c> for a second person, or <c>released</c>.</param>
/// <param name="Closed">Cases that rested on it alone, and were closed.</param>
/// <param name="Next">What comes now, in words.</param>
internal sealed record EndpointActResponse(string Endpoint, string State, int Closed, string Next);

/// <summary>An endpoint that makes no event until two people let it go on.</summary>
/// <param name="Endpoint">The far end.</param>
/// <param name="At">Since when.</param>
/// <param name="By">Who held it.</param>
/// <param name="Reason">As they said.</param>
/// <param name="AskedBy">Who asked for its release; empty where nobody did.</param>
internal sealed record HeldEndpointRow(string Endpoint, DateTimeOffset At, string By, string Reason, string AskedBy);

/// <param name="Endpoints">Oldest first.</param>
internal sealed record HeldEndpointsResponse(IReadOnlyList<HeldEndpointRow> Endpoints);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(EndpointActRequest))]
[JsonSerializable(typeof(EndpointActResponse))]
[JsonSerializable(typeof(HeldEndpointsResponse))]
internal sealed partial class EndpointActJson : JsonSerializerContext;
