// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Desk.Api.Instance;

/// <param name="Name">How texts and records call them.</param>
/// <param name="User">User of the operating system whom they read as.</param>
/// <param name="Role">Their one role.</param>
/// <param name="Keys">Fingerprints of the keys they sign with.</param>
internal sealed record GovernedPersonRow(string Name, string User, string Role, IReadOnlyList<string> Keys);

/// <summary>What is governed.</summary>
/// <param name="IsLab">Public or self-made data: nothing is governed.</param>
/// <param name="Instance">Name of this Weir; empty where none is in force.</param>
/// <param name="Profile">Of the policy.</param>
/// <param name="Digest">SHA-256 of the octets in force; empty where none is.</param>
/// <param name="SignedBy">Who signed it.</param>
/// <param name="People">Who has a role.</param>
/// <param name="Recovery">Roles whose recovery keys lie offline.</param>
/// <param name="EventKeys">Keys that processes sign with, a line each.</param>
/// <param name="Settings">Settings that stand in it, by name.</param>
/// <param name="Waits">Why what lies in the file is not in force; empty where it is.</param>
/// <param name="WaitingDigest">SHA-256 of what lies there and waits; empty for none.</param>
/// <param name="Difference">What would change: lines that go (<c>- </c>) and come (<c>+ </c>).</param>
/// <param name="File">Where it lies; the command that signs takes it.</param>
internal sealed record GovernanceResponse(
    bool IsLab, string Instance, string Profile, string Digest, IReadOnlyList<string> SignedBy,
    IReadOnlyList<GovernedPersonRow> People, IReadOnlyList<string> Recovery, IReadOnlyList<string> EventKeys,
    IReadOnlyList<string> Settings, string Waits, string WaitingDigest, IReadOnlyList<string> Difference, string File);

/// <param name="Name">In full, such as <c>console.listen</c>.</param>
/// <param name="Value">As the file would write it; a secret as its reference, or masked.</param>
/// <param name="Default">What holds where nothing is written.</param>
/// <param name="Source"><c>default</c>, <c>file</c> or <c>governance</c>.</param>
/// <param name="Line">Of the file; 0 where it is not in it.</param>
/// <param name="Meaning">What it sets.</param>
internal sealed record SettingRow(
    string Name, string Value, string Default, string Source, int Line, string Meaning);

/// <param name="Settings">As the desk began with them, in the schema's order.</param>
internal sealed record SettingsResponse(IReadOnlyList<SettingRow> Settings);

/// <param name="Process">Who holds it: desk, store or vault.</param>
/// <param name="Kind">What.</param>
/// <param name="Oldest">Of what is held; null where nothing is.</param>
/// <param name="Newest">Likewise.</param>
/// <param name="Rows">Rows, files or entries.</param>
/// <param name="Octets">On disk.</param>
/// <param name="Limit">The rule in words.</param>
/// <param name="State">ok, over, nothing, or unknown with the reason in <paramref name="Where"/>.</param>
/// <param name="Where">What was looked at.</param>
internal sealed record HeldRow(
    string Process, string Kind, DateTimeOffset? Oldest, DateTimeOffset? Newest, long Rows, long Octets, string Limit,
    string State, string Where);

/// <param name="What">Which ceiling.</param>
/// <param name="Value">Its number.</param>
/// <param name="Unit">minutes, hours or days.</param>
/// <param name="Rule">The rule that has it.</param>
internal sealed record Ceiling(string What, int Value, string Unit, string Rule);

/// <param name="Held">What is held, that which is over its limit first.</param>
/// <param name="Erased">Case files that were erased, with their evidence and keys.</param>
/// <param name="LastErased">When the last of them was; null where none was.</param>
/// <param name="Policy">Name of the policy.</param>
/// <param name="Ceilings">Its limits of keeping.</param>
internal sealed record RetentionResponse(
    IReadOnlyList<HeldRow> Held, int Erased, DateTimeOffset? LastErased, string Policy, IReadOnlyList<Ceiling> Ceilings);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(GovernanceResponse))]
[JsonSerializable(typeof(SettingsResponse))]
[JsonSerializable(typeof(RetentionResponse))]
internal sealed partial class InstanceJson : JsonSerializerContext;
