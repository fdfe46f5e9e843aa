// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Contracts.Policy;
using Weir.Wire;

namespace Weir.Desk.Sessions;

/// <summary>What a token is to be.</summary>
/// <param name="Name">What its owner calls it.</param>
/// <param name="Life">For how long.</param>
/// <param name="From">Networks from which it counts; at least one.</param>
/// <param name="IsReadOnly">Whether it may only read.</param>
internal sealed record TokenWish(string Name, TimeSpan Life, IReadOnlyList<Prefix> From, bool IsReadOnly);

/// <summary>A token of a person, for scripts. Its secret is kept as its digest alone. Immutable.</summary>
/// <param name="Id"><c>t-</c> and 12 hexadecimal digits; no secret.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="User">Whose it is.</param>
/// <param name="Number">The number of that user in the operating system when it was made; null for none.</param>
/// <param name="Role">The role that its owner had; with another it is void.</param>
/// <param name="From">Networks from which it counts.</param>
/// <param name="IsReadOnly">Whether it may only read.</param>
/// <param name="Made">When, UTC.</param>
/// <param name="Expires">When it ends, UTC.</param>
/// <param name="Digest">SHA-256 of its secret, hexadecimal.</param>
internal sealed record ApiToken(
    string Id, string Name, string User, uint? Number, Role Role, IReadOnlyList<string> From, bool IsReadOnly,
    DateTimeOffset Made, DateTimeOffset Expires, string Digest)
{
    /// <summary>Whether it counts from an address.</summary>
    public bool CountsFrom(IpKey address) =>
        From.Any(text => Prefix.TryParse(text, out var prefix) && prefix.Contains(address));
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(List<ApiToken>))]
internal sealed partial class ApiTokenJson : JsonSerializerContext;
