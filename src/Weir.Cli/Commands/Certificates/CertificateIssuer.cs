// SPDX-License-Identifier: Apache-2.0
//
// A small network's own authority: one key, one certificate of its own, and one for each process of Weir. Keys are on
// the curve P-256; a process's certificate says who it is in one URI (PeerIdentity).
//
// Standards: RFC 5280.
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Weir.Hosting.Files;
using Weir.Hosting.Peers.Certificates;

namespace Weir.Cli.Commands.Certificates;

/// <summary>The two files of a process in a folder.</summary>
internal sealed record IssuedFiles(string Folder)
{
    public string Certificate => Path.Combine(Folder, "certificate.pem");

    public string Key => Path.Combine(Folder, "key.pem");

    /// <exception cref="OperatorException">One of them is there.</exception>
    public void RefuseWhereThere()
    {
        if (File.Exists(Certificate) || File.Exists(Key))
        {
            throw new OperatorException(
                $"{Folder}: holds a certificate already; renew it with weir certs renew, or name another folder");
        }
    }
}

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
    public static X509Certificate2 MakeAuthority(string folder, string name, int days, DateTimeOffset now)
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
            CreateFolder(Path.GetFullPath(folder));
            WriteKey(keyFile, key);
            WriteCertificate(file, made);
        }, folder);
        return X509CertificateLoader.LoadCertificate(made.RawData);
    }

    /// <summary>Issues a certificate with a new key, in place of what lies there.</summary>
    /// <param name="authority">The authority's folder.</param>
    /// <param name="identity">Whom for.</param>
    /// <param name="days">How long it holds; not longer than the authority.</param>
    /// <param name="files">Where it and its key go.</param>
    /// <param name="now">From when.</param>
    /// <exception cref="OperatorException">The authority cannot be used, or the files cannot be written.</exception>
    public static X509Certificate2 Issue(
        string authority, PeerIdentity identity, int days, IssuedFiles files, DateTimeOffset now)
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

        if (now < issuer.NotBefore.ToUniversalTime())
        {
            throw new OperatorException(
                $"{authority}: the authority begins at {issuer.NotBefore.ToUniversalTime():u}; set this machine's clock");
        }

        using var made = request.Create(issuer, from < issuer.NotBefore ? issuer.NotBefore : from, until,
            RandomNumberGenerator.GetBytes(16));
        Write(() =>
        {
            // A process that looks between the two finds that they do not fit, and keeps what it has.
            CreateFolder(Path.GetFullPath(files.Folder));
            WriteKey(files.Key, key);
            WriteCertificate(files.Certificate, made);
        }, files.Folder);
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
        catch (Exception) when (!File.Exists(file))
        {
            throw new OperatorException($"there is no file {file}; name a certificate, PEM", ExitCode.Unreadable);
        }
        catch (CryptographicException)
        {
            throw new OperatorException(
                $"{file} holds no certificate; name a PEM file, such as certificate.pem of weir certs issue",
                ExitCode.Unreadable);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"{file} cannot be read: {fault.Message}", ExitCode.Unreadable);
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
            var why = fault is CryptographicException ? $"{AuthorityCertificate} and {AuthorityKey} there are no pair"
                : fault.Message;
            throw new OperatorException(
                $"{folder}: holds no authority that can be used: {why.TrimEnd('.')}; name the folder that `weir certs "
                + "authority` made", ExitCode.Unreadable);
        }
    }

    /// <summary>Its owner's alone, as are those above it that are not there.</summary>
    private static void CreateFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            CreateFolder(Path.GetDirectoryName(folder)!);
            _ = Directory.CreateDirectory(folder, KeyFile.OwnerFolder);
        }
    }

    private static void WriteKey(string file, ECDsa key)
    {
        var text = System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n");
        KeyFile.Write(Path.GetFullPath(file), text);
        CryptographicOperations.ZeroMemory(text);
    }

    private static void WriteCertificate(string file, X509Certificate2 certificate) => KeyFile.Write(
        Path.GetFullPath(file), System.Text.Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n"));

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
