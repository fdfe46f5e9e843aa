// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Desk.Console.SignIn;

/// <summary>Somebody signs in, or shows that it is still they, by a passkey.</summary>
/// <param name="Assertion">An answer to a challenge of this console.</param>
/// <param name="To">Where they want to go on to; empty for the first page.</param>
internal sealed record PasskeySignInAsk(string Assertion, string To);

/// <param name="To">Where to go on to: a path of this console.</param>
internal sealed record PasskeySignedIn(string To);

/// <param name="Code">A word of a closed list.</param>
/// <param name="Detail">What is wrong and what to do, in the reader's language.</param>
internal sealed record SignInProblem(string Code, string Detail);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PasskeySignInAsk))]
[JsonSerializable(typeof(PasskeySignedIn))]
[JsonSerializable(typeof(SignInProblem))]
internal sealed partial class SignInJson : JsonSerializerContext;
