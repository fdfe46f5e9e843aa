// SPDX-License-Identifier: Apache-2.0
//
// What a customer did on the own page, as the vault saw it: "I fixed it", an appeal, a consent. It crosses as the
// vault's signed word, so that nobody else can say that a customer did something.
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Contracts.Consents;
using Weir.Contracts.Json;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;

namespace Weir.Contracts.Customers;

/// <summary>What a customer can do on the page of a case.</summary>
public enum CustomerActKind : byte
{
    /// <summary>The customer says that it is fixed.</summary>
    Fixed = 1,

    /// <summary>The customer asks that it be looked at again.</summary>
    Appeal,

    /// <summary>The customer agrees that one class of the own line is looked at (rules.md R20).</summary>
    Consent,
}

/// <summary>One act of a customer.</summary>
/// <param name="Id">Its own number: see <see cref="NewId"/>; the same act is taken once.</param>
/// <param name="Kind">What.</param>
/// <param name="Case">Whose.</param>
/// <param name="At">When, UTC, whole milliseconds.</param>
/// <param name="Words">Of an appeal, as the customer wrote them: kept with the case, never in an audit. Of a consent,
/// the vault's token for it. Empty for the others.</param>
public sealed record CustomerAct(string Id, CustomerActKind Kind, CaseId Case, DateTimeOffset At, string Words)
{
    /// <summary>Most characters of an appeal.</summary>
    public const int MaxWords = 2_000;

    private const string Prefix = "a-";
    private const int Letters = 34;

    /// <summary>A number that nobody can guess: <c>a-</c> and 32 hexadecimal digits.</summary>
    public static string NewId() => Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>The act by which a consent was given on a page: both have one number.</summary>
    public static string IdOf(ConsentId consent) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}{consent.Number:x32}");

    /// <summary>Whether a text is the number of an act.</summary>
    public static bool IsId(string text) => text.Length == Letters && text.StartsWith(Prefix, StringComparison.Ordinal)
        && text.AsSpan(Prefix.Length).IndexOfAnyExceptInRange('0', 'f') < 0
        && UInt128.TryParse(
            text.AsSpan(Prefix.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _);
}

/// <summary>Acts in envelopes of type <c>customer-act</c>, signed by the vault.</summary>
public static class CustomerActDocument
{
    /// <summary>The envelope's type.</summary>
    public const string Type = "customer-act";

    /// <summary>Schema version that is written.</summary>
    public const int Version = 1;

    /// <summary>Who may sign one, and how large it may be.</summary>
    public static EnvelopeKind Kind { get; } = new(Type, Version, ["vault"], 32 << 10);

    /// <summary>Writes an act down and signs it.</summary>
    public static Envelope Sign(CustomerAct act, SigningKey key) => key.Sign(
        Type, Version, JsonSerializer.SerializeToUtf8Bytes(
            new CustomerActFields(act.Id, ToName(act.Kind), act.Case.ToString(), act.At, act.Words),
            CustomerActContext.Default.CustomerActFields));

    /// <summary>Reads the payload of an envelope whose signature was verified. Never throws.</summary>
    /// <returns>False where it is no act of this schema.</returns>
    public static bool TryRead(Envelope envelope, out CustomerAct act)
    {
        act = null!;
        try
        {
            if (envelope.Type != Type || StrictJson.Read(
                    envelope.Payload.Span, CustomerActContext.Default.CustomerActFields) is not { } fields
                || !CustomerAct.IsId(fields.Id) || !TryParse(fields.Kind, out var kind)
                || !CaseId.TryParse(fields.Case, out var id) || fields.Words.Length > CustomerAct.MaxWords
                || fields.Words.Length > 0 != (kind is CustomerActKind.Appeal or CustomerActKind.Consent))
            {
                return false;
            }

            act = new(fields.Id, kind, id, fields.At, fields.Words);
            return true;
        }
        catch (Exception fault) when (fault is JsonException or ArgumentException or FormatException)
        {
            return false;
        }
    }

    /// <summary>The word of a kind.</summary>
    public static string ToName(CustomerActKind kind) => kind switch
    {
        CustomerActKind.Fixed => "fixed",
        CustomerActKind.Appeal => "appeal",
        CustomerActKind.Consent => "consent",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of act."),
    };

    private static bool TryParse(string word, out CustomerActKind kind)
    {
        kind = Array.Find(Enum.GetValues<CustomerActKind>(), known => ToName(known) == word);
        return kind != 0;
    }
}

/// <summary>The fields of <see cref="CustomerAct"/> in the order in which they are signed.</summary>
internal sealed record CustomerActFields(string Id, string Kind, string Case, DateTimeOffset At, string Words);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CustomerActFields))]
internal sealed partial class CustomerActContext : JsonSerializerContext;
