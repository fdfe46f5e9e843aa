// SPDX-License-Identifier: Apache-2.0
//
// What the grounds of a case gave, kept sealed beside it under a key derived from the case's own and destroyed with it:
// the names the subject went by, and the scopes with their purposes, classes and times. What is asked for the case
// later must lie within.
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Scopes;

namespace Weir.Vault.Sealing;

/// <summary>A scope that followed from its grounds.</summary>
internal sealed record GroundedScope(string Scope, string Purpose, ClassFields Class, long FromMs, long ExpiresMs);

/// <summary>Names and scopes of one case.</summary>
internal sealed record CaseRecord(IReadOnlyList<string> Names, IReadOnlyList<GroundedScope> Scopes)
{
    /// <summary>Most scopes of one case that are kept; further ones push the oldest out.</summary>
    public const int MaxScopes = 1_000;

    public static CaseRecord Empty { get; } = new([], []);

    public bool Knows(SubjectKey name) => Names.Contains(name.ToString());

    public bool Has(ScopeId scope) => Scopes.Any(one => one.Scope == scope.ToString());

    public CaseRecord With(SubjectKey name) => Knows(name) ? this : this with { Names = [.. Names, name.ToString()] };

    /// <summary>The scope of an order; null where it is another's, or is there with another purpose or class.</summary>
    public CaseRecord? With(ScopeOrder order)
    {
        var fresh = new GroundedScope(
            order.Id.ToString(), Purposes.ToName(order.Purpose), ClassFields.From(order.Class), order.FromMs,
            order.ExpiresMs);
        var known = Scopes.FirstOrDefault(scope => scope.Scope == fresh.Scope);
        return known is null ? this with { Scopes = [.. Scopes.TakeLast(MaxScopes - 1), fresh] }
            : known.Purpose == fresh.Purpose && known.Class.ToPredicate().ToString() == order.Class.ToString()
                && known.FromMs == fresh.FromMs && known.ExpiresMs == fresh.ExpiresMs ? this
            : null;
    }

    public static CaseRecord? Read(byte[]? octets) =>
        octets is null ? null : JsonSerializer.Deserialize(octets, CaseRecordJson.Default.CaseRecord);

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, CaseRecordJson.Default.CaseRecord);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(CaseRecord))]
internal sealed partial class CaseRecordJson : JsonSerializerContext;
