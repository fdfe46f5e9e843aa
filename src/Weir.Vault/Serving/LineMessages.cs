// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Vault.Serving;

/// <summary>Asks where a case's line is now; v6 null for both families.</summary>
internal sealed record LineAsked(string Case, string Scope, bool? V6 = null);

internal sealed record LineTold(IReadOnlyList<string> Networks);

/// <summary>Asks whether a line is protected.</summary>
internal sealed record ProtectedAsked(string Case, string Scope);

internal sealed record ProtectedTold(bool IsProtected);

internal sealed record GardenAsked(string Case, string Scope, string Garden, string By, string Reason, IReadOnlyList<string>? Exempt = null);

internal sealed record GardenTold(bool IsDone, string Way, string Reply, DateTimeOffset At);

/// <summary>Counts of gardens, for health.</summary>
internal sealed record WalledGardenHealth(int Standing, long Asked, long Done, long Again, long Failed, long Refused, long Reapplied, long Sent, long Forged);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(LineAsked))]
[JsonSerializable(typeof(LineTold))]
[JsonSerializable(typeof(ProtectedAsked))]
[JsonSerializable(typeof(ProtectedTold))]
[JsonSerializable(typeof(GardenAsked))]
[JsonSerializable(typeof(GardenTold))]
internal sealed partial class LineJson : JsonSerializerContext;
