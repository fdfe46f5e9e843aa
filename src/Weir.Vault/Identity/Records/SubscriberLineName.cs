// SPDX-License-Identifier: Apache-2.0

namespace Weir.Vault.Identity.Records;

/// <summary>
/// What the provider's records call a line: a hashed User-Name, a Class, a circuit id, a client id, a MAC, a customer
/// number. Opaque here; it never leaves the vault but by disclosure.
/// </summary>
/// <param name="Text">"sort:value", such as <c>user:9f86d081…</c> or <c>mac:02:00:00:00:00:01</c>; never empty.</param>
public readonly record struct SubscriberLineName(string Text)
{
    /// <summary>Longer names are cut to a digest of themselves, so that one entry stays small.</summary>
    public const int MaxCharacters = 160;

    public override string ToString() => Text;
}
