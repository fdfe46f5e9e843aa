// SPDX-License-Identifier: Apache-2.0
//
// What the script of the approvals page says to the vault. None of it is believed but what a passkey signed.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Vault.ApprovalPages;

/// <summary>Somebody shows who they are, to be shown what waits.</summary>
/// <param name="Assertion">An answer to a challenge of this vault.</param>
/// <param name="Leave">Which one; empty for all that waits for this person.</param>
internal sealed record PageShowAsk(string Assertion, string Leave);

/// <param name="Person">Who it is, as the governance names them.</param>
/// <param name="Role">Their role.</param>
/// <param name="Credential">The passkey, which signs next.</param>
/// <param name="Requests">What waits.</param>
internal sealed record PageShown(string Person, string Role, string Credential, IReadOnlyList<PageRequest> Requests);

/// <param name="Leave">Its number at the desk.</param>
/// <param name="Text">The exact text that this person signs.</param>
/// <param name="SignedBy">Who signed.</param>
/// <param name="IsSigned">Whether this person did.</param>
internal sealed record PageRequest(string Leave, string Text, IReadOnlyList<string> SignedBy, bool IsSigned);

/// <summary>A signature under one.</summary>
/// <param name="Assertion">An answer to SHA-256 of the text.</param>
/// <param name="Leave">Which one.</param>
internal sealed record PageSignAsk(string Assertion, string Leave);

/// <param name="SignedBy">Who signed by now.</param>
/// <param name="IsWhole">Whether two did.</param>
internal sealed record PageSigned(IReadOnlyList<string> SignedBy, bool IsWhole);

/// <param name="Code">A word of a closed list.</param>
/// <param name="Detail">What is wrong and what to do.</param>
internal sealed record PageProblem(string Code, string Detail);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PageShowAsk))]
[JsonSerializable(typeof(PageShown))]
[JsonSerializable(typeof(PageSignAsk))]
[JsonSerializable(typeof(PageSigned))]
[JsonSerializable(typeof(PageProblem))]
internal sealed partial class ApprovalPageJson : JsonSerializerContext;
