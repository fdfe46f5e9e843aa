// SPDX-License-Identifier: Apache-2.0
namespace Weir.Vault.Disclosing;

/// <summary>Who may have a subject disclosed.</summary>
public sealed record DisclosureOptions
{
    /// <summary>People by name with their role, from the vault's own configuration; empty where it names nobody, and
    /// then nobody gets anything disclosed.</summary>
    public IReadOnlyDictionary<string, string> People { get; init; } = new Dictionary<string, string>();
}
