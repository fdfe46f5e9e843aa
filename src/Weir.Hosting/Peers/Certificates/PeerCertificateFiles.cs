// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Weir.Hosting.Posix;

namespace Weir.Hosting.Peers.Certificates;

/// <summary>Where a process's certificate lies, and whom it believes.</summary>
/// <param name="Certificate">PEM file of its certificate.</param>
/// <param name="Key">PEM file of its private key, readable by this user alone.</param>
/// <param name="Authority">PEM file of the authority's certificate; of two while one takes the other's place.</param>
/// <param name="Revoked">Fingerprints of certificates that are not believed any more.</param>
public sealed record PeerCertificateFiles(
    string Certificate, string Key, string Authority, IReadOnlyList<CertificateFingerprint> Revoked)
{
    private const UnixFileMode Others = ~(UnixFileMode.UserRead | UnixFileMode.UserWrite);

    /// <summary>Changes with each of the files.</summary>
    public string Stamp() => string.Join(' ', ((string[])[Certificate, Key, Authority]).Select(path =>
        new FileInfo(path) is { Exists: true } file
            ? FormattableString.Invariant($"{file.LastWriteTimeUtc.Ticks}:{file.Length}:{PathOwner.InodeOf(path)}")
            : "-"));

    /// <summary>Reads all three.</summary>
    /// <exception cref="IOException">One cannot be read or does not fit; the message names it and says the fix.
    /// </exception>
    public (X509Certificate2 Own, X509Certificate2Collection Authorities) Load()
    {
        try
        {
            if ((File.GetUnixFileMode(Key) & Others) != 0)
            {
                throw new IOException($"{Key}: a key must be readable by its owner alone; chmod 600 it");
            }

            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(Authority);
            return authorities.Count > 0
                ? (X509Certificate2.CreateFromPemFile(Certificate, Key), authorities)
                : throw new IOException($"{Authority}: holds no certificate; put there what weir certs authority made");
        }
        catch (Exception fault) when (fault is UnauthorizedAccessException or CryptographicException
            or ArgumentException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new IOException(
                $"certificate {Certificate} with key {Key} and authority {Authority} cannot be used: {fault.Message}; "
                + "make certificate and key with weir certs issue, and give them to this user", fault);
        }
    }
}
