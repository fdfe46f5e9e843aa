// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Channels;
using Weir.Hosting.Configuration;

namespace Weir.Cli.Configuring;

/// <summary>The mail server that notices go to.</summary>
internal sealed record NoticeMailSettings
{
    [Setting("Address the notices come from, as customers may answer it.",
        Example = "Example Net abuse desk <abuse@example.net>")]
    public string? From { get; init; }

    [Setting("Name or address of the mail server; its certificate is checked against it.",
        Example = "mail.example.net")]
    public string? Host { get; init; }

    [Setting("587 for submission, 465 for TLS from the start, 25 for a relay.", Min = "1", Max = "65535")]
    public int Port { get; init; } = 587;

    [Setting("`start-tls`, `tls` from the first octet, or `none` for a server on this machine.")]
    public SmtpSecurity Security { get; init; } = SmtpSecurity.StartTls;

    [Setting("User at the mail server, where it asks for one.", Example = "weir")]
    public string? User { get; init; }

    [Setting("File whose first line is the user's password, readable by the vault's user alone.",
        Example = "/etc/weir-vault/mail.password")]
    public string? PasswordFile { get; init; }

    [Setting("PEM file of the authorities believed in place of the system's.", Example = "/etc/weir-vault/ca.pem")]
    public string? CaFile { get; init; }

    [Setting("Name said in EHLO; default: this machine's.", Example = "weir.example.net")]
    public string? HelloName { get; init; }

    [Setting("Address that failures of delivery go to; default: the one of `from`.", Example = "bounces@example.net")]
    public string? ReturnPath { get; init; }
}

/// <summary>A web address of the provider that notices are posted to.</summary>
internal sealed record NoticeWebhookSettings
{
    [Setting("HTTPS, or HTTP on this machine.", Example = "https://portal.example.net/notices")]
    public Uri? Address { get; init; }

    [Setting("File with the key of the signature, at least 32 octets.", Example = "/etc/weir-vault/webhook.key")]
    public string? KeyFile { get; init; }

    [Setting("PEM file of the authorities believed in place of the system's.", Example = "/etc/weir-vault/ca.pem")]
    public string? CaFile { get; init; }
}

/// <summary>A program of the provider that notices are given to.</summary>
internal sealed record NoticeScriptSettings
{
    [Setting("Whole path of the program; it gets the notice as JSON on its standard input.",
        Example = "/usr/local/lib/weir/notify")]
    public string? Program { get; init; }

    [Setting("What it is called with.", Example = "--letter")]
    public IReadOnlyList<string> Arguments { get; init; } = [];

    [Setting("How long it may run.", Min = "1s", Max = "10m")]
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(30);
}
