// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Vault.Serving;

/// <summary>Asks where a case's line is now; v6 null for both families.</summary>
internal sealed record LineAsked(string Case, string Scope, bool? V6 = null);

internal sealed record LineTold(IReadOnlyList<string> Networks);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(LineAsked))]
[JsonSerializable(typeof(LineTold))]
internal sealed partial class LineJson : JsonSerializerContext;
