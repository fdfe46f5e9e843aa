// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Weir.Cli.Configuring;
using Weir.Desk.Complaints;
using Weir.Hosting.Sections;

namespace Weir.Cli.Processes.Mapping;

/// <summary>The complaints' settings as what they stand for: reporters with their keys, folders with
/// whose they are.</summary>
internal static class ComplaintMapping
{
    /// <exception cref="OperatorException">A key cannot be read or is none.</exception>
    public static ReporterAuthenticator Reporters(ComplaintsSettings settings)
    {
        try
        {
            return new ReporterAuthenticator(
                [.. settings.Reporters.Select((reporter, i) => Of(reporter, i))], settings.AuthservId ?? "");
        }
        catch (ArgumentException fault)
        {
            throw new OperatorException($"complaints.reporters: {fault.Message}");
        }
    }

    /// <summary>Every folder complaints come by.</summary>
    public static IReadOnlyList<DropFolder> Folders(ComplaintsSettings settings) =>
    [
        .. settings.SignedDir is { } signed ? new[] { new DropFolder(signed, "", ByMail: false) } : [],
        .. settings.MailDir is { } mail ? new[] { new DropFolder(mail, "", ByMail: true) } : [],
        .. settings.Reporters
            .Where(r => r.Proof == ReporterProof.Folder).Select(r => new DropFolder(r.Path!, r.Name, ByMail: false)),
    ];

    private static Reporter Of(ReporterSettings reporter, int number) => reporter.Proof switch
    {
        ReporterProof.AuthenticationResults => new Reporter(reporter.Name) { MailDomain = reporter.Domain! },
        ReporterProof.Folder => new Reporter(reporter.Name) { TrustedFolder = true },
        _ => Signing(reporter, $"complaints.reporters[{number}].key-file"),
    };

    private static Reporter Signing(ReporterSettings reporter, string path)
    {
        try
        {
            var octets = File.ReadAllBytes(reporter.KeyFile!);
            if (!octets.AsSpan().StartsWith("-----BEGIN "u8))
            {
                return new Reporter(reporter.Name) { HmacKey = octets };
            }

            using var key = ECDsa.Create();
            key.ImportFromPem(System.Text.Encoding.ASCII.GetString(octets));
            return new Reporter(reporter.Name) { EcdsaKey = key.ExportSubjectPublicKeyInfo() };
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException(
                $"{path}: {reporter.KeyFile} cannot be read: {fault.Message}; give it to this user",
                ExitCode.Unreadable);
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            throw new OperatorException($"{path}: {reporter.KeyFile} holds no ECDSA key in PEM ({fault.Message}); "
                + "write the reporter's public key");
        }
    }
}
