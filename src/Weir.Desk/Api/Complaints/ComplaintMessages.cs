// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Desk.Api.Complaints;

/// <param name="File">XARF, ARF or a Shadowserver report, base64.</param>
/// <param name="Signature">Detached, HMAC-SHA256 or ECDSA in DER, base64.</param>
internal sealed record ComplaintRequest(byte[] File, byte[]? Signature = null);

/// <summary><c>Outcome</c>: <c>opened</c>, <c>told-before</c>, <c>no-complaint</c>, or the code of a
/// refusal.</summary>
internal sealed record ComplaintResult(
    string Reporter, string Proof, string Outcome, string Kind, string Scope, string Why);

/// <param name="Results">One for each complaint of the file, and one for each row that is none.</param>
internal sealed record ComplaintResponse(IReadOnlyList<ComplaintResult> Results);

/// <param name="Token">What <c>weir vault consent</c> gave.</param>
internal sealed record ConsentRequest(string Token);

internal sealed record ConsentResponse(string Case, string Scope);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ComplaintRequest))]
[JsonSerializable(typeof(ComplaintResponse))]
[JsonSerializable(typeof(ConsentRequest))]
[JsonSerializable(typeof(ConsentResponse))]
internal sealed partial class ComplaintJson : JsonSerializerContext;
