// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Weir.Hosting.Configuration;

namespace Weir.Hosting.Channels;

/// <summary>Whether and when the way is encrypted.</summary>
public enum SmtpSecurity : byte
{
    /// <summary>Asked for before anything is said (RFC 3207); a station that does not offer it gets nothing.</summary>
    StartTls = 0,

    /// <summary>From the first octet (RFC 8314).</summary>
    Tls,

    /// <summary>In clear: for a station on this machine.</summary>
    None,
}

/// <summary>The next station for mail; the section <c>notifying.smtp</c>, and part of
/// <c>vault.notices.mail</c>.</summary>
public record SmtpOptions : ISection
{
    [Setting("Name or address of the mail server; its certificate is checked against it.",
        Example = "mail.isp.example")]
    public string? Host { get; init; }

    [Setting("587 for submission, 465 with `security: tls`, 25 for a relay.", Min = "1", Max = "65535")]
    public int Port { get; init; } = 587;

    [Setting("`start-tls`: encrypted before anything is said, or nothing is sent; `tls`: from the "
        + "first octet; `none`: in clear.")]
    public SmtpSecurity Security { get; init; } = SmtpSecurity.StartTls;

    [Setting("User, where the server wants one.", Example = "weir")]
    public string? User { get; init; }

    [Setting("File whose first line is the password.", Example = "/etc/weir/smtp.password", IsSecretFile = true)]
    public string? PasswordFile { get; init; }

    [Setting("Lets user and password be said in clear, with `security: none`.")]
    public bool AuthInClear { get; init; }

    [Setting("Name said in EHLO; this machine's where none is written.", Example = "weir.isp.example")]
    public string? HelloName { get; init; }

    [Setting("PEM file of the authorities that are believed in place of the system's.", Example = "/etc/weir/ca.pem")]
    public string? CaFile { get; init; }

    [Setting("Whether its certificate is checked. `false` keeps out only who merely listens.")]
    public bool CheckCertificate { get; init; } = true;

    [Setting("Address that failures of delivery are reported to; the sender's where none is written.",
        Example = "bounces@isp.example")]
    public string? ReturnPath { get; init; }

    [Setting("How long the server may take for a reply.", Key = "timeout", Min = "1s", Max = "10m")]
    public TimeSpan ReplyTimeout { get; init; } = TimeSpan.FromMinutes(5);

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For the reply to the whole mail: who gives up early sends it twice.</summary>
    public TimeSpan LastReplyTimeout { get; init; } = TimeSpan.FromMinutes(10);

    internal TlsTrust Trust => new(CaFile, CheckCertificate);

    internal string Place => FormattableString.Invariant($"{Host}:{Port}");

    public virtual void Validate(SectionFaults faults)
    {
        if (User is null != PasswordFile is null)
        {
            faults.Add(
                User is null ? "user" : "password-file",
                $"is missing beside {(User is null ? "password-file" : "user")}; write both, or neither");
        }

        if (this is { User: not null, Security: SmtpSecurity.None, AuthInClear: false })
        {
            faults.Add(
                "security",
                "is none, and user and password would be said in clear; choose start-tls or tls, or set auth-in-clear");
        }

        if (ReturnPath is { Length: > 0 } path && !MailBox.TryParse(path, out _))
        {
            faults.Add("return-path", $"is '{path}', which is no address; write one such as bounces@isp.example");
        }

        if (HelloName is { } hello && !SmtpNames.Host().IsMatch(hello))
        {
            faults.Add(
                "hello-name", $"is '{hello}', which is no name of a machine; write one such as weir.isp.example");
        }
    }
}

internal static partial class SmtpNames
{
    [GeneratedRegex(@"^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?)\z")]
    public static partial Regex Host();
}
