// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Weir.Cli.Commands.Certificates;
using Weir.Hosting.Files;
using Weir.Hosting.Peers.Certificates;

namespace Weir.Tests.Hosting.Peers;

/// <summary>An authority as <c>weir certs</c> makes it, in a folder of its own.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly DateTimeOffset _made;

    public TestAuthority(DateTimeOffset now)
    {
        _made = now;
        CertificateIssuer.MakeAuthority(Folder, "a test's", days: 3650, now.AddDays(-30)).Dispose();
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("weir-authority-").FullName;

    public string Certificate => Path.Combine(Folder, "authority.pem");

    /// <summary>Issues to a process; what lies in its folder already is renewed.</summary>
    public PeerCertificateFiles Issue(string role, string name, int days = 365, DateTimeOffset? now = null)
    {
        Assert.True(PeerIdentity.TryCreate(role, name, out var identity));
        var files = new IssuedFiles(Path.Combine(Folder, $"{role}-{name}"));
        CertificateIssuer.Issue(Folder, identity, days, files, now ?? _made).Dispose();
        return new(files.Certificate, files.Key, Certificate, []);
    }

    /// <summary>A certificate of this authority that names no process of Weir.</summary>
    public X509Certificate2 IssueToNobody()
    {
        using var issuer = X509Certificate2.CreateFromPemFile(Certificate, Path.Combine(Folder, "authority.key"));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=www.example.net", key, HashAlgorithmName.SHA256);
        using var made = request.Create(issuer, _made, _made.AddDays(30), [1, 2, 3, 4]);
        return made.CopyWithPrivateKey(key);
    }

    public static PeerCredentials Credentials(
        PeerCertificateFiles files, string role, TimeProvider time, Counted counted, ILoggerFactory logs) =>
        new(files, role, time, counted.Meters, logs);

    /// <summary>The octets of a process's certificate.</summary>
    public static X509Certificate2 Load(PeerCertificateFiles files) =>
        X509Certificate2.CreateFromPemFile(files.Certificate, files.Key);

    /// <summary>Puts a certificate in the place of another.</summary>
    public static void Put(X509Certificate2 certificate, PeerCertificateFiles files)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        KeyFile.Write(files.Key, System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
        KeyFile.Write(files.Certificate, System.Text.Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()));
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
