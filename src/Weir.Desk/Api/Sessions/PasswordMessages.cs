// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Desk.Api.Sessions;

/// <param name="IsOn">Whether the console takes passwords.</param>
/// <param name="Since">When the caller's was set; null for none.</param>
/// <param name="RecoveryLeft">Recovery codes that were not used.</param>
internal sealed record PasswordStanding(bool IsOn, DateTimeOffset? Since, int RecoveryLeft);

/// <param name="Key">For the authenticator, base32.</param>
/// <param name="Address">The same as authenticators read it: <c>otpauth://totp/…</c>.</param>
/// <param name="Until">Until when a code of it sets a password.</param>
internal sealed record PasswordKey(string Key, string Address, DateTimeOffset Until);

/// <param name="Password">12 characters or more.</param>
/// <param name="Code">What the authenticator shows now for the key.</param>
internal sealed record PasswordSetting(string Password, string Code);

/// <param name="RecoveryCodes">Each good once in place of a code; told this once.</param>
internal sealed record PasswordSet(IReadOnlyList<string> RecoveryCodes);

/// <param name="User">Whose; the caller's own without it.</param>
internal sealed record PasswordRemoval(string? User = null);

/// <param name="User">Whose was removed.</param>
internal sealed record PasswordRemoved(string User);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PasswordStanding))]
[JsonSerializable(typeof(PasswordKey))]
[JsonSerializable(typeof(PasswordSetting))]
[JsonSerializable(typeof(PasswordSet))]
[JsonSerializable(typeof(PasswordRemoval))]
[JsonSerializable(typeof(PasswordRemoved))]
internal sealed partial class PasswordJson : JsonSerializerContext;
