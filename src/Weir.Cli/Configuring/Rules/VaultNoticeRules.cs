// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Channels;

namespace Weir.Cli.Configuring.Rules;

/// <summary>What of <c>vault.contacts</c> and <c>vault.notices</c> no single key can tell.</summary>
internal static class VaultNoticeRules
{
    /// <summary>Every breach as the path of the setting and the rest of the sentence.</summary>
    public static IEnumerable<(string Path, string Sentence)> Check(WeirConfiguration settings)
    {
        var (notices, contacts) = (settings.Vault.Notices, settings.Vault.Contacts);
        if (contacts is not null && string.IsNullOrWhiteSpace(contacts))
        {
            yield return ("vault.contacts", "is empty; write a path");
        }

        if (notices.Channel is null)
        {
            yield break;
        }

        if (contacts is null)
        {
            yield return (
                "vault.contacts",
                "is missing: with vault.notices.channel the vault must know how customers are reached; name the file");
        }

        (string Key, string? Text)[] needed =
        [
            ("provider", notices.Provider), ("phone", notices.Phone), ("page", notices.Page?.OriginalString),
            .. notices.Channel switch
            {
                NoticeChannel.Mail => [("mail.from", notices.Mail.From), ("mail.host", notices.Mail.Host)],
                NoticeChannel.Webhook => [("webhook.address", notices.Webhook.Address?.OriginalString)],
                _ => new (string, string?)[] { ("script.program", notices.Script.Program) },
            },
        ];
        foreach (var (key, text) in needed)
        {
            if (string.IsNullOrWhiteSpace(text))
            {
                yield return ($"vault.notices.{key}", "is missing: a notice says who sends it, whom to call and where "
                    + "to make sure, and needs a way to go; write it");
            }
        }

        if (notices.Mail.From is { Length: > 0 } from && !MailBox.TryParse(from, out _))
        {
            yield return (
                "vault.notices.mail.from", $"is '{from}', which is no address; write one such as abuse@example.net");
        }

        if (notices.Mail is { User: not null, PasswordFile: null })
        {
            yield return (
                "vault.notices.mail.password-file",
                "is missing, and the user needs a password; name the file whose first line it is");
        }
    }
}
