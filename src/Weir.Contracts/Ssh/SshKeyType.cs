// SPDX-License-Identifier: Apache-2.0
namespace Weir.Contracts.Ssh;

/// <summary>The closed list of keys that people may have. RSA and DSA are none of them.</summary>
public enum SshKeyType : byte
{
    /// <summary><c>ssh-ed25519</c> (RFC 8709).</summary>
    Ed25519 = 1,

    /// <summary><c>ecdsa-sha2-nistp256</c> (RFC 5656).</summary>
    EcdsaP256,

    /// <summary><c>sk-ssh-ed25519@openssh.com</c>: in a security key, which a person touches (OpenSSH
    /// PROTOCOL.u2f).</summary>
    SecurityKeyEd25519,

    /// <summary><c>sk-ecdsa-sha2-nistp256@openssh.com</c>, likewise.</summary>
    SecurityKeyEcdsaP256,
}

/// <summary>Words for <see cref="SshKeyType"/>.</summary>
public static class SshKeyTypes
{
    private static readonly (SshKeyType Type, string Name)[] All =
    [
        (SshKeyType.Ed25519, "ssh-ed25519"),
        (SshKeyType.EcdsaP256, "ecdsa-sha2-nistp256"),
        (SshKeyType.SecurityKeyEd25519, "sk-ssh-ed25519@openssh.com"),
        (SshKeyType.SecurityKeyEcdsaP256, "sk-ecdsa-sha2-nistp256@openssh.com"),
    ];

    /// <summary>Every name, for a sentence.</summary>
    public static string Names => string.Join(", ", All.Select(one => one.Name));

    /// <summary>The name that OpenSSH writes.</summary>
    public static string ToName(SshKeyType type) => Array.Find(All, one => one.Type == type).Name;

    /// <summary>The type of a name.</summary>
    public static bool TryParse(ReadOnlySpan<char> name, out SshKeyType type)
    {
        foreach (var (known, word) in All)
        {
            if (name.SequenceEqual(word))
            {
                type = known;
                return true;
            }
        }

        type = default;
        return false;
    }

    /// <summary>Whether it lies in a security key.</summary>
    public static bool IsSecurityKey(SshKeyType type) =>
        type is SshKeyType.SecurityKeyEd25519 or SshKeyType.SecurityKeyEcdsaP256;

    internal static bool IsEd25519(SshKeyType type) => type is SshKeyType.Ed25519 or SshKeyType.SecurityKeyEd25519;
}
