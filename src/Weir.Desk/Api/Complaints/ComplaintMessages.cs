// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Desk.Api.Complaints;

/// <param name="File">XARF, ARF or a Shadowserver report, base64.</param>
/// <param name="Signature">Detached, HMAC-SHA256 or ECDSA in DER, base64.</param>
internal sealed record ComplaintRequest(byte[] File, byte[]? Signature = null);

/// <param name="Reporter">Who complains; empty where nobody known does.</param>
/// <param name="Proof">What proved it.</param>
/// <param name="Outcome"><c>opened</c>, <c>told-before</c>, <c>no-complaint</c>, or the code of a refusal.</param>
/// <param name="Kind">Of what it complains.</param>
/// <param name="Scope">The class of what was opened.</param>
/// <param name="Why">In words.</param>
internal sealed record ComplaintResult(
    string Reporter, string Proof, string Outcome, string Kind, string Scope, string Why);

/// <param name="Results">One for each complaint of the file, and one for each row that is none.</param>
internal sealed record ComplaintResponse(IReadOnlyList<ComplaintResult> Results);

/// <param name="Token">What <c>weir vault consent</c> gave.</param>
internal sealed record ConsentTokenRequest(string Token);

/// <param name="Case">The case that was opened or had.</param>
/// <param name="Scope">The scope that the consent opened.</param>
internal sealed record ConsentResponse(string Case, string Scope);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ComplaintRequest))]
[JsonSerializable(typeof(ComplaintResponse))]
[JsonSerializable(typeof(ConsentTokenRequest))]
[JsonSerializable(typeof(ConsentResponse))]
internal sealed partial class ComplaintJson : JsonSerializerContext;
