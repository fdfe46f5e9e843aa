// SPDX-License-Identifier: Apache-2.0
//
// A scope as it crosses from the desk to whoever records, seals or releases because of it: what is asked for, and what
// it rests on. The grounds are the signed octets themselves; the order adds nothing that they do not hold.
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;

namespace Weir.Contracts.Grounds;

/// <summary>A scope and its grounds. Times are milliseconds since the UNIX epoch, UTC, of the
/// flows' own clock.</summary>
public sealed record ScopeOrder
{
    /// <summary>Most envelopes that one scope rests on.</summary>
    public const int MaxGrounds = 64;

    public required ScopeId Id { get; init; }

    public required CaseId Case { get; init; }

    /// <summary>Pseudonym of <see cref="Epoch"/>.</summary>
    public required SubjectKey Subject { get; init; }

    public required uint Epoch { get; init; }

    public required FlowPredicate Class { get; init; }

    public required Purpose Purpose { get; init; }

    /// <summary>First flow start inside.</summary>
    public required long FromMs { get; init; }

    /// <summary>First flow start not inside, for now; slides with fresh evidence.</summary>
    public required long UntilMs { get; init; }

    /// <summary>No flow that starts later is ever inside.</summary>
    public required long ExpiresMs { get; init; }

    /// <summary>Events of collectors and the store, grants of the vault.</summary>
    public required IReadOnlyList<Envelope> Grounds { get; init; }
}

/// <summary>The order as JSON has it.</summary>
public sealed record ScopeOrderFields(
    string Id, string Case, string Subject, uint Epoch, ClassFields Class, string Purpose, long FromMs, long UntilMs,
    long ExpiresMs, IReadOnlyList<Envelope> Grounds)
{
    public static ScopeOrderFields From(ScopeOrder order) => new(
        order.Id.ToString(), order.Case.ToString(), order.Subject.ToString(), order.Epoch,
        ClassFields.From(order.Class), Purposes.ToName(order.Purpose), order.FromMs, order.UntilMs, order.ExpiresMs,
        order.Grounds);

    /// <summary>The order they write down; null where one of the fields is none.</summary>
    public ScopeOrder? ToOrder()
    {
        try
        {
            return ScopeId.TryParse(Id, out var id) && CaseId.TryParse(Case, out var file)
                && SubjectKey.TryParse(Subject, out var subject) && Purposes.TryParse(Purpose, out var purpose)
                ? new ScopeOrder
                {
                    Id = id,
                    Case = file,
                    Subject = subject,
                    Epoch = Epoch,
                    Class = Class.ToPredicate(),
                    Purpose = purpose,
                    FromMs = FromMs,
                    UntilMs = UntilMs,
                    ExpiresMs = ExpiresMs,
                    Grounds = Grounds,
                }
                : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ScopeOrderFields))]
internal sealed partial class ScopeOrderContext : JsonSerializerContext;
