// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Desk.Api.Routing;

namespace Weir.Desk.Api.Endpoints;

/// <summary>A far end that the newest comparison tells of.</summary>
/// <param name="Endpoint">Such as <c>192.0.2.7:443/tcp</c>.</param>
/// <param name="Network">Whose network it is in; empty where no file says.</param>
/// <param name="Kind"><c>listed</c>, <c>candidate</c>, or <c>shared</c>: so many others use it that an address block is
/// ruled out.</param>
/// <param name="State">Of a candidate: <c>candidate</c> or <c>replicated</c>; empty for a listed one.</param>
/// <param name="Lists">Lists that named it then, separated by commas.</param>
/// <param name="Family">What they call it; empty where they do not say.</param>
/// <param name="Lines">Lines that met it in the window, as published.</param>
/// <param name="Why">Of a candidate: its reasons in words.</param>
/// <param name="Run">The comparison.</param>
/// <param name="Until">End of its window.</param>
internal sealed record EndpointSummary(
    string Endpoint, string Network, string Kind, string State, string Lists, string Family, string Lines, string Why,
    string Run, DateTimeOffset Until);

/// <summary>An entry of a list that names an endpoint now.</summary>
/// <param name="List">Which list.</param>
/// <param name="Role"><c>c2</c>, <c>sinkhole</c>, <c>attacker</c>, <c>bogon</c> or <c>allow</c>.</param>
/// <param name="Entry">As the list has it: an endpoint, an address or a network.</param>
/// <param name="Family">What the list calls it; empty where it does not say.</param>
/// <param name="Confidence">0 to 100.</param>
/// <param name="First">When the list saw it first; null where it does not say.</param>
/// <param name="Last">When the list saw it last; null where it does not say.</param>
/// <param name="Expires">End of the entry; null for none.</param>
/// <param name="IsInForce">Whether it counts for flows of now.</param>
/// <param name="IsOurs">Our own list of promoted endpoints.</param>
/// <param name="Provenance">How the list came to it; empty for most.</param>
internal sealed record EndpointListing(
    string List, string Role, string Entry, string Family, int Confidence, DateTimeOffset? First, DateTimeOffset? Last,
    DateTimeOffset? Expires, bool IsInForce, bool IsOurs, string Provenance);

/// <summary>What one comparison published of an endpoint. Figures are as they were published: a number, a band, an
/// order of magnitude, or words that say why there is none.</summary>
/// <param name="Run">The comparison.</param>
/// <param name="From">Begin of its window.</param>
/// <param name="Until">End of its window.</param>
/// <param name="Lists">Lists that named it then, separated by commas; empty where none did.</param>
/// <param name="Lines">Lines that exchanged packets with it as a listed one; empty where it was none.</param>
/// <param name="Status"><c>candidate</c> or <c>shared</c>; empty where it was no candidate.</param>
/// <param name="State"><c>candidate</c> or <c>replicated</c>; empty where it was no candidate.</param>
/// <param name="Infected">Infected lines that contacted it.</param>
/// <param name="Expected">What their activity alone would lead to.</param>
/// <param name="Others">Other lines that contacted it.</param>
/// <param name="Q">False discovery rate at which it is one.</param>
/// <param name="Ic">Logarithm to base 2 of observed over expected; null where it is not told.</param>
/// <param name="Ic025">Its lower 95 % bound; null where it is not told.</param>
/// <param name="Why">Reasons in words.</param>
/// <param name="RestsOn">Promoted endpoints without which it would not have been found.</param>
internal sealed record EndpointWindow(
    string Run, DateTimeOffset From, DateTimeOffset Until, string Lists, string Lines, string Status, string State,
    string Infected, string Expected, string Others, string Q, double? Ic, double? Ic025, string Why,
    IReadOnlyList<string> RestsOn);

/// <summary>Endpoints that nearly the same infected lines met at nearly the same times.</summary>
/// <param name="Kind"><c>web</c>, <c>mail</c>, <c>names</c>, <c>peers</c> or <c>service</c>.</param>
/// <param name="Words">What it looks like, in a sentence.</param>
/// <param name="Endpoints">Its endpoints.</param>
internal sealed record EndpointCampaign(string Kind, string Words, IReadOnlyList<string> Endpoints);

/// <summary>All that may be said of one far end.</summary>
/// <param name="Endpoint">Such as <c>192.0.2.7:443/tcp</c>.</param>
/// <param name="Network">Whose network it is in; empty where no file says.</param>
/// <param name="IsAllowed">A list allows it: it makes no event.</param>
/// <param name="Listings">Entries that cover it, more specific ones first.</param>
/// <param name="Windows">Comparisons that tell of it, newest first.</param>
/// <param name="Campaign">The campaign of the newest of them; null for none.</param>
internal sealed record EndpointResponse(
    string Endpoint, string Network, bool IsAllowed, IReadOnlyList<EndpointListing> Listings,
    IReadOnlyList<EndpointWindow> Windows, EndpointCampaign? Campaign);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ApiPage<EndpointSummary>))]
[JsonSerializable(typeof(EndpointResponse))]
internal sealed partial class EndpointJson : JsonSerializerContext;
