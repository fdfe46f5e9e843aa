// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Desk.Sharing;

namespace Weir.Desk.Api.Sharing;

/// <param name="Days">Seen within so many days, 1 to 7.</param>
/// <param name="Valid">How long each is to be believed after it was last seen, as <c>D.HH:MM:SS</c>.</param>
internal sealed record SharingRequest(int Days, TimeSpan Valid);

/// <param name="Endpoint">The far end.</param>
/// <param name="First">When it was first seen.</param>
/// <param name="Last">When it was last seen.</param>
/// <param name="ValidUntil">How long it is to be believed.</param>
/// <param name="Lines">How many lines talked to it, as a band.</param>
/// <param name="Promoted">Whether two people promoted it; else a list names it.</param>
/// <param name="Lists">Which lists name it.</param>
/// <param name="Family">Malware family; empty where unknown.</param>
/// <param name="Confidence">0 to 100.</param>
internal sealed record SharedEndpointRow(
    string Endpoint, DateTimeOffset First, DateTimeOffset Last, DateTimeOffset ValidUntil, string Lines, bool Promoted,
    IReadOnlyList<string> Lists, string Family, byte Confidence)
{
    public static SharedEndpointRow From(SharedEndpoint shared) => new(
        shared.Endpoint.ToString(), shared.First, shared.Last, shared.ValidUntil, shared.Lines,
        shared.By == ConfirmedBy.Promoted, shared.Lists, shared.Family, shared.Confidence);

    /// <summary>Null where the endpoint cannot be read: the other side is of another version.</summary>
    public SharedEndpoint? Read() => !Weir.Contracts.Flows.Endpoint.TryParse(Endpoint, out var endpoint) ? null : new()
    {
        Endpoint = endpoint, First = First, Last = Last, ValidUntil = ValidUntil, Lines = Lines,
        By = Promoted ? ConfirmedBy.Promoted : ConfirmedBy.Listed, Lists = Lists, Family = Family,
        Confidence = Confidence,
    };
}

/// <param name="Endpoints">In order of address and port.</param>
internal sealed record SharingResponse(IReadOnlyList<SharedEndpointRow> Endpoints);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SharingRequest))]
[JsonSerializable(typeof(SharingResponse))]
internal sealed partial class SharingJson : JsonSerializerContext;
