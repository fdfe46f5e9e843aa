// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;

namespace Weir.Contracts.Consents;

/// <summary>Number of a consent: <c>d-</c> and 32 hexadecimal digits.</summary>
public readonly record struct ConsentId(UInt128 Number)
{
    public static ConsentId Fresh() => new(new UInt128(
        BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)),
        BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8))));

    public static bool TryParse(string text, out ConsentId id)
    {
        var read = text.Length == 34 && text.StartsWith("d-", StringComparison.Ordinal) && UInt128.TryParse(
            text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
            ? number : (UInt128?)null;
        id = new(read ?? 0);
        return read is not null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"d-{Number:x32}");
}

/// <summary>A customer's leave to look at one class of the own line's traffic for at most two hours
/// (rules.md R20).</summary>
public sealed record Consent
{
    public required ConsentId Id { get; init; }

    /// <summary>User of the desk that it was given to; no other may bring it.</summary>
    public required string Desk { get; init; }

    /// <summary>The line, sealed by the vault: neither the desk nor whoever carries the token can tell a pseudonym
    /// from it. Base64.</summary>
    public required string Line { get; init; }

    /// <summary>What may be looked at.</summary>
    public required FlowPredicate Class { get; init; }

    /// <summary>When it was given, UTC, whole seconds: nothing before is looked at.</summary>
    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset Until { get; init; }
}

/// <summary>What the vault does about consents. Every call may fail with <see cref="VaultDownException"/>.</summary>
public interface IConsentGateway
{
    /// <summary>Public half of the key that consents are signed with, PEM.</summary>
    Task<string> ConsentKeyAsync(CancellationToken cancel);

    /// <summary>Uses a consent up, durably, and tells the line's pseudonym of the epoch it was given in.</summary>
    /// <exception cref="VaultRefusedException">It is not the vault's, or over, used, withdrawn, or
    /// another desk's.</exception>
    Task<SubjectKey> RedeemAsync(string token, CancellationToken cancel);

    /// <summary>Which of these the customer has withdrawn.</summary>
    Task<IReadOnlyCollection<ConsentId>> WithdrawnAsync(IReadOnlyCollection<ConsentId> ids, CancellationToken cancel);
}
