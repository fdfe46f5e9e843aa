// SPDX-License-Identifier: Apache-2.0
//
// Who may complain, and how it is told that it was them (rules.md R2: an authenticated third-party complaint). Three
// ways: a detached signature over the file's octets, the result of our own mail server's SPF and DKIM checks, a folder
// that only one reporter can write to. A claim inside the file is never believed.
using System.Security.Cryptography;

namespace Weir.Desk.Complaints;

/// <summary>How a complaint's sender was told.</summary>
public enum ReporterAuthentication : byte
{
    None,

    /// <summary>It came by a folder of the reporter's own.</summary>
    TrustedChannel,

    /// <summary>SPF or DKIM passed for the reporter's domain, by our own mail server (RFC 8601).</summary>
    MailAuthentication,

    /// <summary>HMAC-SHA256 or ECDSA over the file.</summary>
    Signature,
}

/// <summary>One reporter of the configuration. A way that is not set up does not authenticate.</summary>
/// <param name="Name">As it stands in case files and the audit.</param>
public sealed record Reporter(string Name)
{
    /// <summary>Shared key of HMAC-SHA256, at least 32 octets.</summary>
    public ReadOnlyMemory<byte> HmacKey { get; init; }

    /// <summary>Public key, SubjectPublicKeyInfo in DER (RFC 5480); signatures are ECDSA with SHA-256 in DER
    /// form (RFC 3279).</summary>
    public ReadOnlyMemory<byte> EcdsaKey { get; init; }

    /// <summary>Domain whose SPF or DKIM result tells this reporter; mail of its subdomains does too.</summary>
    public string MailDomain { get; init; } = "";

    /// <summary>Has a drop folder that nobody else can write to.</summary>
    public bool TrustedFolder { get; init; }
}

/// <summary>A file as it came, with what came beside it.</summary>
/// <param name="Octets">The file.</param>
public sealed record ComplaintFile(ReadOnlyMemory<byte> Octets)
{
    /// <summary>The file's name, or empty: Shadowserver says there what a report is about.</summary>
    public string Name { get; init; } = "";

    /// <summary>Detached signature, or empty.</summary>
    public ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>The reporter whose folder it came by, or empty.</summary>
    public string Channel { get; init; } = "";

    /// <summary>It came through our own mail server, which takes foreign results of authentication out
    /// (RFC 8601 §5).</summary>
    public bool ByMail { get; init; }
}

/// <summary>Tells who sent a file.</summary>
public sealed class ReporterAuthenticator
{
    private const int MinHmacKeyOctets = 32;

    private readonly IReadOnlyList<Reporter> _all;
    private readonly string _authservId;

    /// <param name="all">The reporters of the configuration.</param>
    /// <param name="authservId">Name under which our own mail server writes Authentication-Results; empty = no
    /// mail is believed.</param>
    /// <exception cref="ArgumentException">A key that is none; the message names the reporter.</exception>
    public ReporterAuthenticator(IReadOnlyList<Reporter> all, string authservId = "")
    {
        foreach (var reporter in all)
        {
            if (reporter.HmacKey.Length is > 0 and < MinHmacKeyOctets)
            {
                throw new ArgumentException($"The HMAC key of reporter '{reporter.Name}' has {reporter.HmacKey.Length} "
                    + $"octets and needs {MinHmacKeyOctets}; make a longer one.", nameof(all));
            }

            if (reporter.EcdsaKey.Length > 0 && !TryVerify(reporter, [], [], out _))
            {
                throw new ArgumentException($"The ECDSA key of reporter '{reporter.Name}' is no SubjectPublicKeyInfo "
                    + "in DER; write the public key, not the private one.", nameof(all));
            }
        }

        (_all, _authservId) = (all, authservId);
    }

    /// <summary>The reporter and the proof; no name and no proof where nobody can be told.</summary>
    public (string Name, ReporterAuthentication Proof) Identify(ComplaintFile file)
    {
        foreach (var reporter in _all)
        {
            if (file.Signature.Length > 0 && Signed(reporter, file))
            {
                return (reporter.Name, ReporterAuthentication.Signature);
            }
        }

        // A signature that nobody's key verifies is a forgery or an accident; another proof does not mend it.
        if (file.Signature.Length > 0)
        {
            return ("", ReporterAuthentication.None);
        }

        if (file.Channel.Length > 0 && _all.FirstOrDefault(r => r.TrustedFolder && r.Name == file.Channel) is { } owner)
        {
            return (owner.Name, ReporterAuthentication.TrustedChannel);
        }

        if (file.ByMail && _authservId.Length > 0)
        {
            var sender = ComplaintMail.ReadHeader(file.Octets) is { } header
                ? AuthenticationResults.Passed(header, _authservId)
                    .Select(d => _all.FirstOrDefault(r => r.MailDomain.Length > 0 && IsWithin(d, r.MailDomain)))
                    .FirstOrDefault(r => r is not null)
                : null;
            if (sender is not null)
            {
                return (sender.Name, ReporterAuthentication.MailAuthentication);
            }
        }

        return ("", ReporterAuthentication.None);
    }

    private static bool Signed(Reporter reporter, ComplaintFile file) =>
        (reporter.HmacKey.Length > 0 && CryptographicOperations.FixedTimeEquals(
            HMACSHA256.HashData(reporter.HmacKey.Span, file.Octets.Span), file.Signature.Span))
        || (reporter.EcdsaKey.Length > 0
            && TryVerify(reporter, file.Octets.Span, file.Signature.Span, out var good) && good);

    private static bool TryVerify(
        Reporter reporter, ReadOnlySpan<byte> octets, ReadOnlySpan<byte> signature, out bool good)
    {
        good = false;
        using var key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(reporter.EcdsaKey.Span, out _);
        }
        catch (CryptographicException)
        {
            return false;
        }

        try
        {
            good = signature.Length > 0
                && key.VerifyData(octets, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (CryptographicException)
        {
            good = false; // no signature of the form at all
        }

        return true;
    }

    private static bool IsWithin(string domain, string parent) =>
        domain.Equals(parent, StringComparison.OrdinalIgnoreCase)
        || domain.EndsWith($".{parent}", StringComparison.OrdinalIgnoreCase);
}
