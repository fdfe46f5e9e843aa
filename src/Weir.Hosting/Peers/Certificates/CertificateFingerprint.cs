// SPDX-License-Identifier: Apache-2.0
//
// What names one certificate, in logs and where it is called back.
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Weir.Hosting.Peers.Certificates;

/// <summary>SHA-256 of a certificate's DER octets, or of its key's, written <c>sha256:</c> and 64 hexadecimal digits.</summary>
public sealed record CertificateFingerprint
{
    private const string Prefix = "sha256:";

    private readonly string _digits;

    private CertificateFingerprint(string digits) => _digits = digits;

    /// <summary>The fingerprint of a certificate.</summary>
    public static CertificateFingerprint From(X509Certificate certificate) =>
        new(Convert.ToHexStringLower(SHA256.HashData(certificate.GetRawCertData())));

    /// <summary>That of a certificate's public key (SubjectPublicKeyInfo), which a renewal may keep.</summary>
    public static CertificateFingerprint OfKey(X509Certificate2 certificate) =>
        new(Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo())));

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
}
