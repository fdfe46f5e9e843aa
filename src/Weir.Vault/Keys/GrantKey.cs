// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Signing;
using Weir.Hosting.Files;

namespace Weir.Vault.Keys;

/// <summary>The key that the vault's own word is signed with: Ed25519, 32 octets in a file of mode 0600, made on first
/// use.</summary>
internal sealed class GrantKey : IDisposable
{
    private GrantKey(SigningKey key) => Key = key;

    public SigningKey Key { get; }

    /// <param name="folder">Of the keys.</param>
    /// <param name="use">What was made under it; null for nothing.</param>
    /// <exception cref="InvalidDataException">The file is not a key, is lost, or others may read it.</exception>
    public static GrantKey In(string folder, KeyUse? use)
    {
        var path = Path.Combine(folder, "grant.key");
        var octets = KeyFile.Kept(path, SigningKey.Octets, use);
        try
        {
            return SigningKey.TryImport(octets, out var key)
                ? new(key)
                : throw new InvalidDataException($"{path}: is no Ed25519 key; restore it, or remove it, and give the "
                    + "new one's public half to collectors, store and desk");
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(octets);
        }
    }

    public void Dispose() => Key.Dispose();
}
