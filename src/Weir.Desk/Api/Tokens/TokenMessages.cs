// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Desk.Api.Tokens;

/// <param name="Name">What you call it: 1 to 64 letters, digits, dots, hyphens.</param>
/// <param name="Days">For how long: 1 to 90.</param>
/// <param name="From">Networks or addresses from which it counts, such as 192.0.2.0/28.</param>
/// <param name="IsReadOnly">Whether it may only read.</param>
internal sealed record TokenRequest(string Name, int Days, IReadOnlyList<string> From, bool IsReadOnly);

/// <param name="Id">Its number, by which it is ended.</param>
/// <param name="Token">The secret; nobody can tell it again.</param>
/// <param name="Role">The role that it acts in, while its owner has it.</param>
/// <param name="Expires">When it ends.</param>
internal sealed record TokenMade(string Id, string Token, string Role, DateTimeOffset Expires);

/// <param name="Id">Its number.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="User">Whose it is.</param>
/// <param name="Role">The role that it acts in.</param>
/// <param name="From">Networks from which it counts.</param>
/// <param name="IsReadOnly">Whether it may only read.</param>
/// <param name="Made">When.</param>
/// <param name="Expires">When it ends.</param>
internal sealed record TokenSummary(
    string Id, string Name, string User, string Role, IReadOnlyList<string> From, bool IsReadOnly, DateTimeOffset Made,
    DateTimeOffset Expires);

/// <param name="Tokens">Those that the caller may end, newest first.</param>
internal sealed record TokensResponse(IReadOnlyList<TokenSummary> Tokens);

/// <param name="Id">The token that was ended.</param>
internal sealed record TokenRevoked(string Id);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(TokenMade))]
[JsonSerializable(typeof(TokensResponse))]
[JsonSerializable(typeof(TokenRevoked))]
internal sealed partial class TokenJson : JsonSerializerContext;
