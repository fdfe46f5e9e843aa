// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Vault.Serving;

/// <summary>Asks where a case's line is now; v6 null for both families.</summary>
internal sealed record SubscriberLineRequest(string Case, string Scope, bool? V6 = null);

internal sealed record SubscriberLineResponse(IReadOnlyList<string> Networks);

/// <summary>Asks whether a line is protected.</summary>
internal sealed record ProtectionRequest(string Case, string Scope);

internal sealed record ProtectionResponse(bool IsProtected);

internal sealed record WalledGardenRequest(
    string Case, string Scope, string Garden, string By, string Reason, IReadOnlyList<string>? Exempt = null);

internal sealed record WalledGardenResponse(bool IsDone, string Way, string Reply, DateTimeOffset At);

/// <summary>Counts of gardens, for health.</summary>
internal sealed record WalledGardenHealth(
    int Standing, long Asked, long Done, long Again, long Failed, long Refused, long Reapplied, long Sent, long Forged);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SubscriberLineRequest))]
[JsonSerializable(typeof(SubscriberLineResponse))]
[JsonSerializable(typeof(ProtectionRequest))]
[JsonSerializable(typeof(ProtectionResponse))]
[JsonSerializable(typeof(WalledGardenRequest))]
[JsonSerializable(typeof(WalledGardenResponse))]
internal sealed partial class SubscriberLineJsonContext : JsonSerializerContext;
