// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace Weir.Desk.Sessions;

/// <summary>What is kept of one person's password and authenticator.</summary>
/// <param name="User">Whose.</param>
/// <param name="Number">The user's number when it was set; another one makes it nobody's.</param>
/// <param name="Id">Of this setting: a session that it opened ends with it.</param>
/// <param name="Salt">Of the password.</param>
/// <param name="Rounds">Of PBKDF2.</param>
/// <param name="Hash">PBKDF2-HMAC-SHA-512 of the password.</param>
/// <param name="Key">Of the authenticator (RFC 6238): it has to be known to be asked for.</param>
internal sealed record ConsolePassword(
    string User, uint? Number, string Id, byte[] Salt, int Rounds, byte[] Hash, byte[] Key)
{
    /// <summary>When it was set.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The last step whose code was used: neither it nor one before is taken again.</summary>
    public required long LastStep { get; init; }

    /// <summary>Digests of recovery codes that were not used.</summary>
    public required IReadOnlyList<string> Recovery { get; init; }

    /// <summary>Tries that failed since the last that did not.</summary>
    public int Failed { get; init; }

    /// <summary>Until when no try counts; null for none.</summary>
    public DateTimeOffset? LockedUntil { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(List<ConsolePassword>))]
internal sealed partial class ConsolePasswordJson : JsonSerializerContext;
