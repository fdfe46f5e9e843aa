// SPDX-License-Identifier: Apache-2.0
//
// What the vault alone can say and others act on: a complaint it authenticated and attributed, a consent its customer
// gave, a subject's name in another epoch. The vault signs the octets; nobody writes them anew.
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Json;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;

namespace Weir.Contracts.Grounds;

/// <summary>What a grant is about.</summary>
public enum GrantKind : byte
{
    /// <summary>A complaint whose sender was authenticated and whose address was attributed.</summary>
    Complaint = 1,

    /// <summary>A customer's consent to a diagnosis (rules.md R20).</summary>
    Consent,

    /// <summary>The name of a case's subject under the key of another epoch (rules.md R8).</summary>
    Reissue,
}

/// <summary>A word of the vault. Times are milliseconds since the UNIX epoch, UTC.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Id">Its own number; the same grant never opens twice.</param>
/// <param name="Subject">The subject it names, under <paramref name="Epoch"/>.</param>
/// <param name="Epoch">Epoch of the name.</param>
/// <param name="Class">The class it opens; null for a new name.</param>
/// <param name="FromMs">First flow start it opens.</param>
/// <param name="UntilMs">First flow start it does not open.</param>
/// <param name="Case">The case that gets a new name; default for others.</param>
/// <param name="Before">The name of before, for a new name; default for others.</param>
public sealed record Grant(
    GrantKind Kind, string Id, SubjectKey Subject, uint Epoch, FlowPredicate? Class, long FromMs, long UntilMs,
    CaseId Case = default, SubjectKey Before = default);

/// <summary>Grants in envelopes of type <c>grant</c>, signed by the vault.</summary>
public static class GrantDocument
{
    /// <summary>The envelope's type.</summary>
    public const string Type = "grant";

    /// <summary>Schema version that is written.</summary>
    public const int Version = 1;

    /// <summary>Who may sign one, and how large it may be.</summary>
    public static EnvelopeKind Kind { get; } = new(Type, Version, ["vault"], 16 << 10);

    /// <summary>Writes a grant down and signs it.</summary>
    public static Envelope Sign(Grant grant, SigningKey key) => key.Sign(
        Type, Version, JsonSerializer.SerializeToUtf8Bytes(GrantFields.From(grant), GrantContext.Default.GrantFields));

    /// <summary>Reads the payload of an envelope whose signature was verified. Never throws.</summary>
    public static bool TryRead(Envelope envelope, out Grant grant)
    {
        grant = null!;
        try
        {
            return envelope.Type == Type
                && StrictJson.Read(envelope.Payload.Span, GrantContext.Default.GrantFields).TryCreate(out grant);
        }
        catch (Exception fault) when (fault is JsonException or ArgumentException or FormatException)
        {
            return false;
        }
    }
}

/// <summary>The fields of <see cref="Grant"/> in the order in which they are signed.</summary>
public sealed record GrantFields(
    string Kind, string Id, string Subject, uint Epoch, ClassFields? Class, long FromMs, long UntilMs, string Case,
    string Before)
{
    /// <summary>The fields of a grant.</summary>
    public static GrantFields From(Grant grant) => new(
        Word(grant.Kind), grant.Id, grant.Subject.ToString(), grant.Epoch,
        grant.Class is { } named ? ClassFields.From(named) : null, grant.FromMs, grant.UntilMs, grant.Case.ToString(),
        grant.Before.ToString());

    /// <summary>The grant they write down; false where they are none.</summary>
    /// <exception cref="FormatException">The class is none.</exception>
    public bool TryCreate(out Grant grant)
    {
        grant = null!;
        GrantKind? kind = Kind switch
        {
            "complaint" => GrantKind.Complaint,
            "consent" => GrantKind.Consent,
            "reissue" => GrantKind.Reissue,
            _ => null,
        };
        if (kind is null || Id.Length is 0 or > 128 || !SubjectKey.TryParse(Subject, out var subject)
            || !SubjectKey.TryParse(Before, out var before) || !CaseId.TryParse(Case, out var id)
            || FromMs < 0 || UntilMs < FromMs || (kind == GrantKind.Reissue) != (Class is null))
        {
            return false;
        }

        grant = new(kind.Value, Id, subject, Epoch, Class?.ToPredicate(), FromMs, UntilMs, id, before);
        return true;
    }

    private static string Word(GrantKind kind) => kind switch
    {
        GrantKind.Complaint => "complaint",
        GrantKind.Consent => "consent",
        GrantKind.Reissue => "reissue",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of grant."),
    };
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(GrantFields))]
internal sealed partial class GrantContext : JsonSerializerContext;
