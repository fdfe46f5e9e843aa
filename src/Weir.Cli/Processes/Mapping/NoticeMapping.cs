// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Desk.Alerts.Channels;
using Weir.Hosting.Channels;
using Weir.Vault.Identity.Records;
using Weir.Vault.Notifying;
using Weir.Vault.Texts;

namespace Weir.Cli.Processes.Mapping;

/// <summary><c>vault.contacts</c> and <c>vault.notices</c> as the vault takes them.</summary>
internal static class NoticeMapping
{
    /// <summary>Null where neither is configured.</summary>
    /// <exception cref="InvalidDataException">Contacts or a channel cannot be had.</exception>
    public static NoticeDeliveryDependencies? Surroundings(
        VaultSettings settings, (SubscriberLineNamer Names, TextCatalogue Texts) of, TimeProvider time,
        ILoggerFactory logs)
    {
        var (notices, texts) = (settings.Notices, of.Texts);
        if (!texts.Languages.Contains(notices.Language))
        {
            throw new InvalidDataException($"vault.notices.language: there are no texts for '{notices.Language}'; "
                + $"write one of {string.Join(", ", texts.Languages.Order(StringComparer.Ordinal))}");
        }

        return settings.Contacts is not { } path ? null : new NoticeDeliveryDependencies(
            CustomerContactFile.Open(
                Path.GetFullPath(path), of.Names, texts.Languages, notices.Language, time,
                logs.CreateLogger<CustomerContactFile>()),
            Terms(notices), Way(notices, time));
    }

    private static NoticeDeliveryOptions? Terms(VaultNoticeSettings notices) =>
        notices.Channel is null ? null : new NoticeDeliveryOptions
        {
            Provider = notices.Provider!,
            Phone = notices.Phone!,
            Page = notices.Page!.OriginalString,
            Language = notices.Language,
            MaxPerMinute = notices.MostAMinute,
        };

    private static INoticeChannel? Way(VaultNoticeSettings notices, TimeProvider time)
    {
        try
        {
            return notices.Channel switch
            {
                null => null,
                NoticeChannel.Mail =>
                    new MailNoticeChannel(new SmtpSender(Smtp(notices.Mail), time), notices.Mail.From!),
                NoticeChannel.Webhook => new MessageNoticeChannel(
                    "webhook", new WebhookSender(new WebhookOptions
                    {
                        Address = notices.Webhook.Address!,
                        KeyFile = notices.Webhook.KeyFile,
                        Trust = new TlsTrust(notices.Webhook.CaFile)
                    }, time)),
                NoticeChannel.Script => new MessageNoticeChannel(
                    "script", new ScriptRunner(new ScriptOptions
                    {
                        Program = notices.Script.Program!,
                        Arguments = notices.Script.Arguments,
                        Limit = notices.Script.Limit
                    }, time)),
                _ => throw new ArgumentOutOfRangeException(nameof(notices), notices.Channel, "Not a way to customers."),
            };
        }
        catch (ChannelException fault)
        {
            throw new InvalidDataException($"vault.notices: {fault.Message}", fault);
        }
    }

    private static SmtpOptions Smtp(NoticeMailSettings mail) => new()
    {
        Host = mail.Host!,
        Port = mail.Port,
        Security = mail.Security,
        User = mail.User,
        PasswordFile = mail.PasswordFile,
        HelloName = mail.HelloName,
        ReturnPath = mail.ReturnPath,
        Trust = new TlsTrust(mail.CaFile),
    };
}
