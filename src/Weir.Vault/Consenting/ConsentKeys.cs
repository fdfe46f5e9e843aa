// SPDX-License-Identifier: Apache-2.0
//
// The keys of consents: P-256 to sign them, AES-256-GCM (NIST SP 800-38D) to seal the line in them, both
// made on first use.
using System.Security.Cryptography;
using System.Text;
using Weir.Contracts.Consents;
using Weir.Hosting.Files;
using Weir.Vault.Keys;
using Weir.Wire;

namespace Weir.Vault.Consenting;

/// <summary>Signs and seals. Safe for any thread.</summary>
/// <param name="folder">Folder of mode 0700, made on first use.</param>
internal sealed class ConsentKeys(string folder)
{
    private const int KeyOctets = 32;
    private const int NonceOctets = 12;
    private const int TagOctets = 16;
    private const int LineOctets = 16;

    private readonly Lock _files = new();

    /// <summary>The file of consents lies beside the keys.</summary>
    public string Book => Path.Combine(folder, "consents");

    public string PublicKey
    {
        get
        {
            using var key = Signing();
            return key.ExportSubjectPublicKeyInfoPem() + "\n";
        }
    }

    /// <summary>Makes both before a consent is given, so that consents without one of them tell that it was lost.
    /// </summary>
    /// <exception cref="InvalidDataException">One is lost or none, or others may read it.</exception>
    public void Prepare()
    {
        Signing().Dispose();
        CryptographicOperations.ZeroMemory(Sealing());
    }

    /// <exception cref="InvalidDataException">Others may read the key, it is none, or lost.</exception>
    public ECDsa Signing()
    {
        lock (_files)
        {
            var path = Path.Combine(folder, "signing.key");
            if (!File.Exists(path))
            {
                KeyFile.Folder(folder);
                KeyUse.Make(path, Use, () =>
                {
                    using var fresh = ECDsa.Create(ECCurve.NamedCurves.nistP256);
                    KeyFile.Write(path, fresh.ExportPkcs8PrivateKey());
                });
            }

            var octets = KeyFile.Read(path, (int)new FileInfo(path).Length);
            var key = ECDsa.Create();
            try
            {
                key.ImportPkcs8PrivateKey(octets, out _);
                return key;
            }
            catch (CryptographicException damaged)
            {
                key.Dispose();
                throw new InvalidDataException(
                    $"{path}: is no private key; restore it, or remove it and lose the consents that are not used yet",
                    damaged);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(octets);
            }
        }
    }

    /// <summary>A line as a token carries it: 44 octets, base64.</summary>
    public string Seal(ConsentId id, IpKey line)
    {
        var key = Sealing();
        try
        {
            var octets = new byte[NonceOctets + TagOctets + LineOctets];
            Span<byte> plain = stackalloc byte[LineOctets];
            line.WriteTo(plain);
            RandomNumberGenerator.Fill(octets.AsSpan(0, NonceOctets));
            using var cipher = new AesGcm(key, TagOctets);
            cipher.Encrypt(
                octets.AsSpan(0, NonceOctets), plain, octets.AsSpan(NonceOctets + TagOctets),
                octets.AsSpan(NonceOctets, TagOctets), Encoding.ASCII.GetBytes(id.ToString()));
            return Convert.ToBase64String(octets);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>The line of a token; null where it was sealed by nobody here, or for another consent.</summary>
    public IpKey? Open(ConsentId id, string sealedLine)
    {
        var key = Sealing();
        try
        {
            var octets = Convert.FromBase64String(sealedLine);
            Span<byte> plain = stackalloc byte[LineOctets];
            using var cipher = new AesGcm(key, TagOctets);
            cipher.Decrypt(
                octets.AsSpan(0, NonceOctets), octets.AsSpan(NonceOctets + TagOctets),
                octets.AsSpan(NonceOctets, TagOctets), plain, Encoding.ASCII.GetBytes(id.ToString()));
            return IpKey.FromV6(plain);
        }
        catch (Exception broken) when (broken is CryptographicException or ArgumentException or FormatException)
        {
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>What stands for a line in the file of consents: HMAC-SHA256, 32 hexadecimal digits.</summary>
    public string TagOf(IpKey line)
    {
        var key = Sealing();
        try
        {
            Span<byte> plain = stackalloc byte[LineOctets];
            line.WriteTo(plain);
            return Convert.ToHexStringLower(HMACSHA256.HashData(key, plain))[..32];
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private KeyUse? Use => KeyUse.OfFile(Book, "consents that were not used yet are void, and customers consent anew");

    private byte[] Sealing()
    {
        lock (_files)
        {
            return KeyFile.Kept(Path.Combine(folder, "sealing.key"), KeyOctets, Use);
        }
    }
}
