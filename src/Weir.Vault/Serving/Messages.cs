// SPDX-License-Identifier: Apache-2.0
//
// What goes over the vault's socket: HTTP/1.1 with JSON, keys and intake rows as octets. Pseudonyms are written p- and
// 32 hexadecimal digits, cases c- and 16. The two ends are one version of one program; another version is refused.
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.Vault.Subjects;

namespace Weir.Vault.Serving;

internal sealed record RefusalResponse(string Code, string Why);

internal sealed record VaultHealth(
    string State, long Epoch, IReadOnlyList<uint> Epochs, int Cases, int Disclosed, long IdentityVersion, int Contacts,
    int ContactsRefused, string ContactsFault, int Notified, WalledGardenHealth? Gardens = null);

internal sealed record IdentityRetentionResponse(
    long Rows, DateTimeOffset? Oldest, DateTimeOffset? Newest, long Octets);

internal sealed record SealRequest(string Case, string Subject, uint Epoch);

internal sealed record ReissueRequest(IReadOnlyList<string> Cases, uint Epoch);

internal sealed record ReissueResponse(IReadOnlyDictionary<string, string> Names);

internal sealed record AttributionRequest(string Address, DateTimeOffset At, ushort? Port = null);

internal sealed record AttributionResponse(string? Subject);

internal sealed record DiscloseRequest(
    string Case, string Scope, string AskedBy, string AskedRole, string GivenBy, string GivenRole,
    string Reason, string Number);

internal sealed record DiscloseResponse(string Line, DateTimeOffset Until);

internal sealed record SubjectAccessRequest(string Address, DateTimeOffset At, ushort? Port = null);

internal sealed record ConsentRequest(string Address, string Class, int Hours, ushort? Port = null);

internal sealed record ConsentKeyResponse(string Pem);

/// <summary>A token: its text as it was given.</summary>
internal sealed record ConsentTokenMessage(string Token);

internal sealed record ConsentWithdrawal(string Address, ushort? Port = null);

internal sealed record ConsentCountResponse(int Count);

internal sealed record ConsentIdsResponse(IReadOnlyList<string> Ids);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RefusalResponse))]
[JsonSerializable(typeof(VaultHealth))]
[JsonSerializable(typeof(IdentityRetentionResponse))]
[JsonSerializable(typeof(SealRequest))]
[JsonSerializable(typeof(ReissueRequest))]
[JsonSerializable(typeof(ReissueResponse))]
[JsonSerializable(typeof(AttributionRequest))]
[JsonSerializable(typeof(AttributionResponse))]
[JsonSerializable(typeof(DiscloseRequest))]
[JsonSerializable(typeof(DiscloseResponse))]
[JsonSerializable(typeof(SubjectAccessRequest))]
[JsonSerializable(typeof(SubjectAccessReport))]
[JsonSerializable(typeof(ConsentRequest))]
[JsonSerializable(typeof(ConsentKeyResponse))]
[JsonSerializable(typeof(ConsentTokenMessage))]
[JsonSerializable(typeof(ConsentWithdrawal))]
[JsonSerializable(typeof(ConsentCountResponse))]
[JsonSerializable(typeof(ConsentIdsResponse))]
internal sealed partial class VaultJsonContext : JsonSerializerContext;

/// <summary>Values as text.</summary>
internal static class VaultText
{
    /// <exception cref="FormatException">It is no pseudonym.</exception>
    public static SubjectKey Subject(string text) =>
        text.Length == 34 && text.StartsWith("p-", StringComparison.Ordinal)
        && UInt128.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits)
            ? new(bits)
            : throw new FormatException($"'{text}' is not a pseudonym: p- and 32 hexadecimal digits");

    /// <exception cref="FormatException">It is no case.</exception>
    public static CaseId Case(string text) => CaseId.TryParse(text, out var id)
        ? id
        : throw new FormatException($"'{text}' is not a case: c- and 16 hexadecimal digits");

    /// <exception cref="FormatException">It is no scope.</exception>
    public static ScopeId Scope(string text) => ScopeId.TryParse(text, out var id)
        ? id
        : throw new FormatException($"'{text}' is not a scope: s- and 16 hexadecimal digits");
}
