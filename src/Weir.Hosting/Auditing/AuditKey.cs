// SPDX-License-Identifier: Apache-2.0
//
// The key under which heads are signed: P-256, made on first use, readable by its user alone; its public
// half beside it.
using System.Security.Cryptography;
using System.Text;

namespace Weir.Hosting.Auditing;

/// <summary>Signs heads.</summary>
internal sealed class AuditKey : IDisposable
{
    private readonly ECDsa _key;

    private AuditKey(ECDsa key) => (_key, Fingerprint) = (key, FingerprintOf(key));

    /// <summary>SHA-256 of the public key.</summary>
    public string Fingerprint { get; }

    /// <summary>Opens the key of a folder, or makes one where there is neither key nor log.</summary>
    /// <exception cref="AuditException">The key is missing beside a log, damaged, or open to others.</exception>
    public static AuditKey Open(AuditFolder folder)
    {
        if (!File.Exists(folder.KeyFile))
        {
            if (folder.HasLog)
            {
                throw new AuditException($"audit: '{folder.KeyFile}' is missing beside a log that it signed; put it "
                    + "back from a backup (docs/12-backup.md), or move the log away and begin another");
            }

            using var fresh = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            folder.WriteWhole(folder.KeyFile, Encoding.ASCII.GetBytes(fresh.ExportPkcs8PrivateKeyPem() + "\n"));
            folder.WriteWhole(folder.PublicKeyFile, PublicText(fresh));
        }

        if ((File.GetUnixFileMode(folder.KeyFile) & (UnixFileMode.GroupRead
            | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != 0)
        {
            throw new AuditException($"audit: others may read or write '{folder.KeyFile}'; take that away "
                + $"with `chmod 600 {folder.KeyFile}`");
        }

        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(folder.KeyFile));
        }
        catch (Exception damaged)
            when (damaged is ArgumentException or CryptographicException or PlatformNotSupportedException)
        {
            key.Dispose();
            throw new AuditException($"audit: '{folder.KeyFile}' is no private key; put the right one back", damaged);
        }

        if (!File.Exists(folder.PublicKeyFile))
        {
            folder.WriteWhole(folder.PublicKeyFile, PublicText(key));
        }
        else if (!File.ReadAllBytes(folder.PublicKeyFile).AsSpan().SequenceEqual(PublicText(key)))
        {
            key.Dispose();
            throw new AuditException($"audit: '{folder.PublicKeyFile}' is not the public half of "
                + $"'{folder.KeyFile}'; one of them was changed");
        }

        return new(key);
    }

    public TreeHead Sign(TreeHead head) => head with
    {
        Signature = Convert.ToHexStringLower(_key.SignData(
            head.Unsigned(), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)),
    };

    public void Dispose() => _key.Dispose();

    /// <summary>Reads a public key; null where the octets are not exactly those that this class
    /// writes for it.</summary>
    public static ECDsa? ReadPublic(byte[] octets)
    {
        var key = ECDsa.Create();
        var isOurs = false;
        try
        {
            key.ImportFromPem(Encoding.ASCII.GetString(octets));
            isOurs = key.KeySize == 256 && octets.AsSpan().SequenceEqual(PublicText(key));
            return isOurs ? key : null;
        }
        catch (Exception damaged)
            when (damaged is ArgumentException or CryptographicException or PlatformNotSupportedException)
        {
            return null;
        }
        finally
        {
            if (!isOurs)
            {
                key.Dispose();
            }
        }
    }

    public static bool Verify(ECDsa key, TreeHead head) =>
        head.Key == FingerprintOf(key)
        && key.VerifyData(
            head.Unsigned(), Convert.FromHexString(head.Signature), HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    private static byte[] PublicText(ECDsa key) => Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem() + "\n");

    public static string FingerprintOf(ECDsa key) =>
        Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
}
