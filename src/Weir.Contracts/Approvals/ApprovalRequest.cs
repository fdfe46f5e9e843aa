// SPDX-License-Identifier: Apache-2.0
//
// One act that waits for two people, as the vault drew it up. Both sign it, each in a text that names the own role.
using System.Buffers;
using System.Security.Cryptography;
using Weir.Contracts.Policy;

namespace Weir.Contracts.Approvals;

/// <summary>What two people are asked to sign. Immutable; times are whole seconds, UTC.</summary>
public sealed record ApprovalRequest
{
    /// <summary>No request is good for longer.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <summary>Longest value of one line before it is escaped.</summary>
    public const int MaxValue = 2_000;

    private const string Prefix = "r-";
    private const int NumberOctets = 16;

    /// <summary>Which Weir, as its governance names it.</summary>
    public required string Instance { get; init; }

    public required ApprovalAct Act { get; init; }

    /// <summary>128 bits that the vault drew, <c>r-</c> and 32 hexadecimal digits; good for one act.</summary>
    public required string Number { get; init; }

    /// <summary>The case; empty where it is about none.</summary>
    public string Case { get; init; } = "";

    /// <summary>The scope as screens show it, and its SHA-256: see <see cref="ScopeDigest"/>; empty where it is about
    /// none.</summary>
    public string Scope { get; init; } = "";

    /// <summary>An endpoint, a rule for a line, a garden; empty where case and scope say all.</summary>
    public string Target { get; init; } = "";

    /// <summary>What else was asked, such as the number at the desk.</summary>
    public string Parameters { get; init; } = "";

    /// <summary>As who asked says.</summary>
    public required string Reason { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    public required DateTimeOffset Expires { get; init; }

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <summary>A number that nobody had before: 128 bits.</summary>
    public static string CreateNumber() =>
        Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(NumberOctets));

    /// <summary>Whether a text is a number of a request.</summary>
    public static bool IsNumber(string text) =>
        text.Length == Prefix.Length + (2 * NumberOctets) && text.StartsWith(Prefix, StringComparison.Ordinal)
        && !text.AsSpan(Prefix.Length).ContainsAnyExcept(LowerHex);

    /// <summary>The time of a request, without fractions.</summary>
    public static DateTimeOffset WholeSeconds(DateTimeOffset at) =>
        DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds());

    /// <summary>The text that a person of this role signs.</summary>
    public string TextFor(Role role) => ApprovalText.Write(this, role);
}
