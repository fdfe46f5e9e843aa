// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Channels;
using Weir.Hosting.Configuration;

namespace Weir.Vault.Notifying;

/// <summary>How the vault reaches customers.</summary>
public enum NoticeChannel
{
    Mail,
    Webhook,
    Script,
}

/// <summary>What customers are told and how it goes; the section <c>vault.notices</c>.</summary>
public sealed record NoticeDeliveryOptions : ISection
{
    [Setting("How customers are told. Without it nobody is.", Example = "mail")]
    public NoticeChannel? Channel { get; init; }

    [Setting("The provider's name, as customers know it.", Example = "Example Net")]
    public string? Provider { get; init; }

    [Setting("Number customers call.", Example = "+49 30 0000000")]
    public string? Phone { get; init; }

    [Setting("The provider's own page about such notices, which who doubts a mail types by hand.",
        Example = "https://www.example.net/security")]
    public Uri? Page { get; init; }

    [Setting("Language where a contact names none.")]
    public string Language { get; init; } = "en";

    [Setting("Folder with files `words.LANG.txt`, `notice.txt` and `notice.html` in place "
        + "of those that come with Weir.", Example = "/etc/weir-vault/notices")]
    public string? Templates { get; init; }

    [Setting("Notices sent within a minute; further ones wait.", Key = "most-a-minute", Min = "1", Max = "10000")]
    public int MaxPerMinute { get; init; } = 120;

    [Setting("The mail server, for the channel `mail`.")]
    public NoticeMailOptions Mail { get; init; } = new();

    [Setting("The web address, for the channel `webhook`: a portal of the provider that knows the line by its name.")]
    public NoticeWebhookOptions Webhook { get; init; } = new();

    [Setting("The program, for the channel `script`: letters, short messages.")]
    public ScriptOptions Script { get; init; } = new();

    /// <summary>How long one delivery may take. Who gives up before the station's last reply (RFC 5321 section
    /// 4.5.3.2.6) sends twice.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(12);

    public void Validate(SectionFaults faults)
    {
        (string Key, string? Text)[] needed = Channel is null ? [] :
        [
            ("provider", Provider), ("phone", Phone), ("page", Page?.OriginalString),
            .. Channel switch
            {
                NoticeChannel.Mail => [("mail.from", Mail.From), ("mail.host", Mail.Host)],
                NoticeChannel.Webhook => [("webhook.address", Webhook.Address?.OriginalString)],
                _ => new (string, string?)[] { ("script.program", Script.Program) },
            },
        ];
        foreach (var (key, text) in needed)
        {
            if (string.IsNullOrWhiteSpace(text))
            {
                faults.Add(key, "is missing: a notice says who sends it, whom to call and where "
                    + "to make sure, and needs a way to go; write it");
            }
        }
    }
}

/// <summary>The mail server that notices go to.</summary>
public sealed record NoticeMailOptions : SmtpOptions
{
    [Setting("Address the notices come from, as customers may answer it.",
        Example = "Example Net abuse desk <abuse@example.net>")]
    public string? From { get; init; }

    public override void Validate(SectionFaults faults)
    {
        base.Validate(faults);
        if (From is { Length: > 0 } from && !MailBox.TryParse(from, out _))
        {
            faults.Add("from", $"is '{from}', which is no address; write one such as abuse@example.net");
        }
    }
}

/// <summary>A web address of the provider that notices are posted to.</summary>
public sealed record NoticeWebhookOptions : IWebhook
{
    [Setting("HTTPS, or HTTP on this machine.", Example = "https://portal.example.net/notices")]
    public Uri? Address { get; init; }

    [Setting("File with the key of the signature, at least 32 octets.", Example = "/etc/weir-vault/webhook.key",
        IsSecretFile = true)]
    public string? KeyFile { get; init; }

    [Setting("PEM file of the authorities believed in place of the system's.", Example = "/etc/weir-vault/ca.pem")]
    public string? CaFile { get; init; }
}
