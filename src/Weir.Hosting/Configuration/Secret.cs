// SPDX-License-Identifier: Apache-2.0
namespace Weir.Hosting.Configuration;

/// <summary>A password: what the file says, and what it stands for. Only the former is ever shown, and not when it is
/// the password itself. One configuration is read by processes of several users, and a secret is one process's: where
/// this user may not read it, that is a fault of who uses it alone.</summary>
public sealed record Secret(string Reference, string Value)
{
    public const string Mask = "***";

    /// <summary>Why this user does not have it, as a sentence; null where it is here.</summary>
    public string? Withheld { get; init; }

    /// <exception cref="ConfigurationException">This user may not read it.</exception>
    public string Value { get => Withheld is null ? field : throw new ConfigurationException(Withheld); init; } = Value;

    public override string ToString() => IsReference(Reference) ? Reference : Mask;

    public static bool IsReference(string text) =>
        text.StartsWith("file:", StringComparison.Ordinal)
        || (text.StartsWith("${", StringComparison.Ordinal)
            && text.IndexOf('}', StringComparison.Ordinal) == text.Length - 1);
}
