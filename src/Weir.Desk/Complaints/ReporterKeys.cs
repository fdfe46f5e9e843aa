// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using Weir.Hosting.Files;
using Weir.Hosting.Sections;

namespace Weir.Desk.Complaints;

/// <summary>The reporters of the configuration with their keys.</summary>
internal static class ReporterKeys
{
    private const int MostOctets = 64 << 10;

    /// <exception cref="InvalidDataException">A key is none.</exception>
    /// <exception cref="IOException">A key cannot be read.</exception>
    public static ReporterAuthenticator Open(ComplaintsOptions options)
    {
        try
        {
            return new ReporterAuthenticator(
                [.. options.Reporters.Select((reporter, i) => Open(reporter, $"complaints.reporters[{i}].key-file"))],
                options.AuthservId ?? "");
        }
        catch (ArgumentException fault)
        {
            throw new InvalidDataException($"complaints.reporters: {fault.Message}", fault);
        }
    }

    private static Reporter Open(ReporterOptions reporter, string path) => reporter.Proof switch
    {
        ReporterProof.AuthenticationResults => new(reporter.Name) { MailDomain = reporter.Domain! },
        ReporterProof.Folder => new(reporter.Name) { TrustedFolder = true },
        _ => Signing(reporter, path),
    };

    private static Reporter Signing(ReporterOptions reporter, string path)
    {
        try
        {
            var octets = OrdinaryFile.Read(reporter.KeyFile!, MostOctets);
            if (!octets.AsSpan().StartsWith("-----BEGIN "u8))
            {
                return new(reporter.Name) { HmacKey = octets };
            }

            using var key = ECDsa.Create();
            key.ImportFromPem(Encoding.ASCII.GetString(octets));
            return new(reporter.Name) { EcdsaKey = key.ExportSubjectPublicKeyInfo() };
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"{path}: {reporter.KeyFile} cannot be read: {fault.Message}; give it to this user", fault);
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            throw new InvalidDataException(
                $"{path}: {reporter.KeyFile} holds no ECDSA key in PEM ({fault.Message}); write the reporter's public "
                + "key", fault);
        }
    }
}
