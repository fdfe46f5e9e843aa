// SPDX-License-Identifier: Apache-2.0
//
// A small network's own authority: one key, one certificate of its own, and one for each process of Weir. Keys are on
// the curve P-256; a process's certificate says who it is in one URI (PeerIdentity).
//
// Standards: RFC 5280.
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Weir.Desk.Reporting;
using Weir.Hosting.Files;
using Weir.Hosting.Peers.Certificates;

namespace Weir.Cli.Commands.Certificates;

/// <summary>Makes an authority and certificates, and writes them.</summary>
internal static class CertificateIssuer
{
    private const string AuthorityCertificate = "authority.pem";
    private const string AuthorityKey = "authority.key";
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    /// <summary>A clock that is behind by less believes a certificate at once.</summary>
    private static readonly TimeSpan Behind = TimeSpan.FromMinutes(5);

    /// <summary>Makes an authority in a folder that has none.</summary>
    /// <exception cref="OperatorException">There is one, or the folder cannot be written.</exception>
    public static (string Certificate, string Key) MakeAuthority(string folder, string name, int days, DateTimeOffset now)
    {
        var (file, keyFile) = (Path.Combine(folder, AuthorityCertificate), Path.Combine(folder, AuthorityKey));
        if (File.Exists(file) || File.Exists(keyFile))
        {
            throw new OperatorException(
                $"{folder}: holds an authority already, and certificates of it would not be believed any more; name "
                + "another folder");
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(
            new X500DistinguishedName($"CN={name}"), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var made = request.CreateSelfSigned(now - Behind, now.AddDays(days));
        Write(() =>
        {
            _ = Directory.CreateDirectory(folder, KeyFile.OwnerFolder);
            WriteKey(keyFile, key);
            AtomicFile.Write(file, made.ExportCertificatePem() + "\n");
        }, folder);
        return (file, keyFile);
    }

    /// <summary>Issues a certificate with a new key, in place of what lies there.</summary>
    /// <param name="authority">The authority's folder.</param>
    /// <param name="identity">Whom for.</param>
    /// <param name="days">How long it holds; not longer than the authority.</param>
    /// <param name="certificateFile">Where it goes.</param>
    /// <param name="keyFile">Where its key goes.</param>
    /// <param name="now">From when.</param>
    /// <exception cref="OperatorException">The authority cannot be used, or the files cannot be written.</exception>
    public static X509Certificate2 Issue(
        string authority, PeerIdentity identity, int days, string certificateFile, string keyFile, DateTimeOffset now)
    {
        using var issuer = ReadAuthority(authority);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(
            new X500DistinguishedName($"CN={identity.Role} {identity.Name}"), key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri(identity.Uri));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid(ServerUse), new Oid(ClientUse)], false));
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, true, false));
        var (from, until) = (now - Behind, now.AddDays(days));
        if (until > issuer.NotAfter.ToUniversalTime())
        {
            throw new OperatorException(
                $"{authority}: the authority ends at {issuer.NotAfter.ToUniversalTime():u}, before the certificate "
                + "would; name fewer --days, or make a new authority");
        }

        using var made = request.Create(issuer, from < issuer.NotBefore ? issuer.NotBefore : from, until,
            RandomNumberGenerator.GetBytes(16));
        Write(() =>
        {
            // A process that looks between the two finds that they do not fit, and keeps what it has.
            WriteKey(keyFile, key);
            AtomicFile.Write(certificateFile, made.ExportCertificatePem() + "\n");
        }, certificateFile);
        return X509CertificateLoader.LoadCertificate(made.RawData);
    }

    /// <summary>Reads one certificate.</summary>
    /// <exception cref="OperatorException">It cannot be read.</exception>
    public static X509Certificate2 Read(string file)
    {
        try
        {
            return X509CertificateLoader.LoadCertificateFromFile(file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new OperatorException(
                $"{file}: no certificate can be read: {fault.Message}; name a PEM file", ExitCode.Unreadable);
        }
    }

    private static X509Certificate2 ReadAuthority(string folder)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(
                Path.Combine(folder, AuthorityCertificate), Path.Combine(folder, AuthorityKey));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new OperatorException(
                $"{folder}: holds no authority that can be used: {fault.Message}; name the folder that `weir certs "
                + "authority` made", ExitCode.Unreadable);
        }
    }

    private static void WriteKey(string file, ECDsa key)
    {
        var text = System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n");
        KeyFile.Write(Path.GetFullPath(file), text);
        CryptographicOperations.ZeroMemory(text);
    }

    private static void Write(Action write, string place)
    {
        try
        {
            write();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException(
                $"{place}: cannot be written: {fault.Message}; name a folder of this user's", ExitCode.Failed);
        }
    }
}
