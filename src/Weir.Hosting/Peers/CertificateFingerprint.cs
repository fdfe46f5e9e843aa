// SPDX-License-Identifier: Apache-2.0
//
// A certificate is known by its fingerprint and nothing else: no authority, no name. Its dates are still checked.
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Weir.Hosting.Peers;

/// <summary>SHA-256 of a certificate's DER octets, written <c>sha256:</c> and 64 hexadecimal digits.</summary>
public sealed record CertificateFingerprint
{
    private const string Prefix = "sha256:";

    private readonly string _digits;

    private CertificateFingerprint(string digits) => _digits = digits;

    /// <summary>The fingerprint of a certificate.</summary>
    public static CertificateFingerprint From(X509Certificate certificate) =>
        new(Convert.ToHexStringLower(SHA256.HashData(certificate.GetRawCertData())));

    /// <summary>Reads <c>sha256:</c> and 64 digits in either case, with or without colons between (as
    /// <c>openssl x509 -fingerprint -sha256</c> prints them).</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out CertificateFingerprint? fingerprint)
    {
        var rest = text is not null && text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            ? text[Prefix.Length..].Replace(":", "", StringComparison.Ordinal)
            : "";
        fingerprint = rest.Length == SHA256.HashSizeInBytes * 2 && rest.All(char.IsAsciiHexDigit)
            ? new(Convert.ToHexStringLower(Convert.FromHexString(rest)))
            : null;
        return fingerprint is not null;
    }

    /// <summary><c>sha256:</c> and 64 lower-case digits.</summary>
    public override string ToString() => Prefix + _digits;

    /// <summary>True where a certificate's dates hold at a moment.</summary>
    internal static bool IsInTime(X509Certificate2 certificate, DateTimeOffset now) =>
        now >= certificate.NotBefore.ToUniversalTime() && now <= certificate.NotAfter.ToUniversalTime();

    /// <summary>Reads a certificate with its key.</summary>
    /// <exception cref="IOException">A file cannot be read or does not fit the other; the message says the
    /// fix.</exception>
    internal static X509Certificate2 Load(string certificateFile, string keyFile)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new IOException(
                $"peers.tls: certificate {certificateFile} with key {keyFile} cannot be used: {fault.Message}; "
                + "make both anew with weir certs, readable by this user",
                fault);
        }
    }
}
