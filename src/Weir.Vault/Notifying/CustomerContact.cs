// SPDX-License-Identifier: Apache-2.0
namespace Weir.Vault.Notifying;

/// <summary>How the customer of a line is reached. It never leaves the vault but by the notice itself.</summary>
/// <param name="Mail">Address; empty where the provider gave none.</param>
/// <param name="Language">BCP 47 tag of a language there are templates for.</param>
/// <param name="IsProtected">A medical device or an alarm hangs on the line (rules.md R14).</param>
/// <param name="Name">How the customer is addressed; may be empty.</param>
public sealed record CustomerContact(string Mail, string Language, bool IsProtected, string Name)
{
    /// <summary>Says nothing of anybody, wherever it ends up.</summary>
    public override string ToString() => "a contact";
}

/// <summary>A row that was refused, by its line in the file and what is wrong; nothing of what it holds.</summary>
public readonly record struct CustomerContactFault(int Line, string Why);
