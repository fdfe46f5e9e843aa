// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Configuration;

namespace Weir.Hosting.Sections;

/// <summary>Complaints of third parties; the section <c>complaints</c>, which the desk reads, and the vault for the
/// names of who may complain.</summary>
public sealed record ComplaintsOptions : ISection
{
    [Setting("Who may complain, and how it is told that it was them. Nobody by default: a complaint that nobody "
        + "stands behind opens nothing (R2).")]
    public IReadOnlyList<ReporterOptions> Reporters { get; init; } = [];

    [Setting("Folder of signed complaints: a file, and before it its detached signature beside it as FILE.sig. What "
        + "was taken lies in its folder `done`, what was refused in `refused`.",
        Example = "/var/lib/weir/complaints/signed")]
    public string? SignedDir { get; init; }

    [Setting("Folder into which our own mail server writes the abuse mailbox, a file a mail.",
        Example = "/var/lib/weir/complaints/mail")]
    public string? MailDir { get; init; }

    [Setting("Name under which that server writes Authentication-Results (RFC 8601); it must take "
        + "out what others wrote under it.", Example = "mx.isp.example")]
    public string? AuthservId { get; init; }

    public void Validate(SectionFaults faults)
    {
        faults.AddTwice("reporters", Reporters, reporter => reporter.Name);
        faults.AddEmpty("signed-dir", SignedDir);
        faults.AddEmpty("mail-dir", MailDir);
        for (var i = 0; i < Reporters.Count; i++)
        {
            var reporter = Reporters[i];
            var (key, value) = reporter.Proof switch
            {
                ReporterProof.Signature => ("key-file", reporter.KeyFile),
                ReporterProof.AuthenticationResults => ("domain", reporter.Domain),
                _ => ("path", reporter.Path),
            };
            if (string.IsNullOrWhiteSpace(value))
            {
                faults.Add($"reporters[{i}].{key}", "is missing, and without it nobody can tell that this reporter "
                    + "complained; write it, or choose another proof");
            }

            if (reporter.Proof == ReporterProof.AuthenticationResults
                && string.IsNullOrWhiteSpace(AuthservId))
            {
                faults.Add("authserv-id",
                    $"is missing, and {faults.PathOf($"reporters[{i}]")} is told by the mail server's word; "
                    + "write the name under which your own server writes Authentication-Results");
            }
        }
    }
}

/// <summary>Who may complain.</summary>
public sealed record ReporterOptions
{
    [Setting("Name that stands in case files and the audit.", Required = true, Example = "peer")]
    public string Name { get; init; } = "";

    [Setting("How the reporter is told: `signature` by `key-file`, `authentication-results` by `domain`, "
        + "`folder` by who may write to `path`.")]
    public ReporterProof Proof { get; init; } = ReporterProof.Signature;

    [Setting(
        "File of a key shared for HMAC-SHA256, at least 32 octets, or of a public key in PEM for ECDSA with SHA-256.",
        Example = "/etc/weir/reporters/peer.pem")]
    public string? KeyFile { get; init; }

    [Setting("Domain for which SPF or DKIM must pass.", Example = "peer.example")]
    public string? Domain { get; init; }

    [Setting("Folder that this reporter alone can write to.", Example = "/var/lib/weir/complaints/peer")]
    public string? Path { get; init; }
}

/// <summary>How a reporter is told.</summary>
public enum ReporterProof
{
    Signature,
    AuthenticationResults,
    Folder,
}
