// SPDX-License-Identifier: Apache-2.0
//
// The subject of a case, under a key of the case alone (rules.md R8): AES-256-GCM (NIST SP 800-38D) with the case's
// number as associated data, the key in one file and what it seals in another. A key seals once, so a random nonce
// cannot come twice. With the key erased the case is about nobody any more.
using System.Security.Cryptography;
using System.Text;
using Weir.Contracts.Clients;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Hosting.Files;
using Weir.Vault.Keys;

namespace Weir.Vault.Sealing;

/// <summary>The seals of the cases that are kept. Safe for any thread.</summary>
/// <param name="folder">Folder of mode 0700, made on first use.</param>
internal sealed class CaseSealStore(string folder)
{
    private const int KeyOctets = 32;
    private const int NonceOctets = 12;
    private const int TagOctets = 16;

    private readonly Lock _files = new();

    /// <summary>Seals a subject under a new key; durable when it returns. Again for the same
    /// subject does nothing.</summary>
    /// <returns>Whether it was new.</returns>
    /// <exception cref="VaultRefusedException">The case is about somebody else.</exception>
    public bool Seal(CaseId id, SealedSubject subject)
    {
        lock (_files)
        {
            if (Open(id) is { } known)
            {
                return known.Subject == subject.Subject
                    ? false
                    : throw new VaultRefusedException(
                        DenyCode.OutOfScope, $"{id} is sealed for another subject; a case has one for good");
            }

            KeyFile.Folder(folder);
            var key = KeyFile.Room(KeyOctets);
            var plain = KeyFile.Room(subject.Octets);
            try
            {
                RandomNumberGenerator.Fill(key);
                subject.WriteTo(plain);
                var sealedUp = new byte[NonceOctets + TagOctets + plain.Length];
                RandomNumberGenerator.Fill(sealedUp.AsSpan(0, NonceOctets));
                using (var cipher = new AesGcm(key, TagOctets))
                {
                    cipher.Encrypt(
                        sealedUp.AsSpan(0, NonceOctets), plain, sealedUp.AsSpan(NonceOctets + TagOctets),
                        sealedUp.AsSpan(NonceOctets, TagOctets), GetAssociatedData(id));
                }

                KeyFile.Write(SealOf(id), sealedUp);
                KeyFile.Write(KeyOf(id), key);
                return true;
            }
            finally
            {
                CryptographicOperations.ZeroMemory(key);
                CryptographicOperations.ZeroMemory(plain);
            }
        }
    }

    /// <summary>Who a case is about; null where there is no key, or no more.</summary>
    /// <exception cref="InvalidDataException">The seal does not fit its key: one of the files was changed.</exception>
    public SealedSubject? Open(CaseId id)
    {
        lock (_files)
        {
            if (!File.Exists(KeyOf(id)) || !File.Exists(SealOf(id)))
            {
                return null;
            }

            var key = KeyFile.Read(KeyOf(id), KeyOctets);
            var sealedUp = File.ReadAllBytes(SealOf(id));
            var plain = KeyFile.Room(Math.Max(0, sealedUp.Length - NonceOctets - TagOctets));
            try
            {
                using var cipher = new AesGcm(key, TagOctets);
                cipher.Decrypt(
                    sealedUp.AsSpan(0, NonceOctets), sealedUp.AsSpan(NonceOctets + TagOctets),
                    sealedUp.AsSpan(NonceOctets, TagOctets), plain, GetAssociatedData(id));
                return SealedSubject.Read(plain);
            }
            catch (Exception broken) when (broken is CryptographicException or ArgumentException)
            {
                throw new InvalidDataException($"{SealOf(id)} does not fit its key: it was changed, or restored from "
                    + "another time; restore both files, or remove both and lose the case's subject", broken);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(key);
                CryptographicOperations.ZeroMemory(plain);
            }
        }
    }

    /// <summary>HMAC-SHA256 of what was released of a case under the case's key, hexadecimal: to be checked while the
    /// key is kept, and to be guessed by nobody without it.</summary>
    public string Digest(CaseId id, string released)
    {
        lock (_files)
        {
            var key = KeyFile.Read(KeyOf(id), KeyOctets);
            try
            {
                return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(released)));
            }
            finally
            {
                CryptographicOperations.ZeroMemory(key);
            }
        }
    }

    /// <summary>Keeps something more of a case beside its seal, under a key derived from the case's own; durable when
    /// it returns, gone with the case.</summary>
    /// <exception cref="InvalidDataException">The case has no key.</exception>
    public void CloseBeside(CaseId id, string name, ReadOnlySpan<byte> plain)
    {
        lock (_files)
        {
            var key = BesideKey(id, name)
                ?? throw new InvalidDataException($"{id} has no key: nothing can be kept of it");
            var closed = new byte[NonceOctets + TagOctets + plain.Length];
            RandomNumberGenerator.Fill(closed.AsSpan(0, NonceOctets));
            using (var cipher = new AesGcm(key, TagOctets))
            {
                cipher.Encrypt(
                    closed.AsSpan(0, NonceOctets), plain, closed.AsSpan(NonceOctets + TagOctets),
                    closed.AsSpan(NonceOctets, TagOctets), GetAssociatedData(id));
            }

            CryptographicOperations.ZeroMemory(key);
            KeyFile.Write(Path.Combine(folder, $"{id}.{name}"), closed);
        }
    }

    /// <summary>What is kept beside a seal; null where there is nothing, or no key any more.</summary>
    /// <exception cref="InvalidDataException">It does not fit its key.</exception>
    public byte[]? OpenBeside(CaseId id, string name)
    {
        lock (_files)
        {
            var path = Path.Combine(folder, $"{id}.{name}");
            if (!File.Exists(path) || BesideKey(id, name) is not { } key)
            {
                return null;
            }

            var closed = File.ReadAllBytes(path);
            var plain = new byte[Math.Max(0, closed.Length - NonceOctets - TagOctets)];
            try
            {
                using var cipher = new AesGcm(key, TagOctets);
                cipher.Decrypt(
                    closed.AsSpan(0, NonceOctets), closed.AsSpan(NonceOctets + TagOctets),
                    closed.AsSpan(NonceOctets, TagOctets), plain, GetAssociatedData(id));
                return plain;
            }
            catch (Exception broken) when (broken is CryptographicException or ArgumentException)
            {
                throw new InvalidDataException($"{path} does not fit the case's key: it was changed, or restored from "
                    + "another time; restore it with the case's other files, or remove it", broken);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(key);
            }
        }
    }

    /// <summary>Destroys a case's key, then what it sealed.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Destroy(CaseId id)
    {
        lock (_files)
        {
            var was = File.Exists(KeyOf(id));
            KeyFile.Shred(KeyOf(id));
            KeyFile.Shred(SealOf(id));
            foreach (var beside in Directory.Exists(folder) ? Directory.GetFiles(folder, $"{id}.*") : [])
            {
                KeyFile.Shred(beside);
            }

            return was;
        }
    }

    /// <summary>Cases that have a key.</summary>
    public IReadOnlyList<CaseId> All()
    {
        List<CaseId> cases = [];
        foreach (var path in Directory.Exists(folder) ? Directory.GetFiles(folder, "c-*.key") : [])
        {
            if (CaseId.TryParse(Path.GetFileNameWithoutExtension(path), out var id))
            {
                cases.Add(id);
            }
        }

        return cases;
    }

    private byte[]? BesideKey(CaseId id, string name)
    {
        if (!File.Exists(KeyOf(id)))
        {
            return null;
        }

        var key = KeyFile.Read(KeyOf(id), KeyOctets);
        try
        {
            return HKDF.DeriveKey(
                HashAlgorithmName.SHA256, key, KeyOctets, info: Encoding.ASCII.GetBytes($"weir {name}"));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private string KeyOf(CaseId id) => Path.Combine(folder, $"{id}.key");

    private string SealOf(CaseId id) => Path.Combine(folder, $"{id}.seal");

    private static byte[] GetAssociatedData(CaseId id) => Encoding.ASCII.GetBytes($"weir case {id}");
}
