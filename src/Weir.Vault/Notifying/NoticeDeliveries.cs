// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using Weir.Hosting.Channels;
using Weir.Vault.Identity.Records;
using Weir.Vault.Texts;

namespace Weir.Vault.Notifying;

/// <summary>The way to customers, as <c>vault.contacts</c> and <c>vault.notices</c> say.</summary>
internal static class NoticeDeliveries
{
    /// <summary>Null where no contacts are configured.</summary>
    /// <exception cref="InvalidDataException">Contacts or a channel cannot be had.</exception>
    public static NoticeDeliveryDependencies? Open(
        string? contacts, NoticeDeliveryOptions notices, (SubscriberLineNamer Names, TextCatalogue Texts) of,
        TimeProvider time, ILoggerFactory logs)
    {
        var texts = of.Texts;
        if (!texts.Languages.Contains(notices.Language))
        {
            throw new InvalidDataException($"vault.notices.language: there are no texts for '{notices.Language}'; "
                + $"write one of {string.Join(", ", texts.Languages.Order(StringComparer.Ordinal))}");
        }

        return contacts is not { } path ? null : new NoticeDeliveryDependencies(
            CustomerContactFile.Open(
                Path.GetFullPath(path), of.Names, texts.Languages, notices.Language, time,
                logs.CreateLogger<CustomerContactFile>()),
            notices.Channel is null ? null : notices, Channel(notices, time));
    }

    private static INoticeChannel? Channel(NoticeDeliveryOptions notices, TimeProvider time)
    {
        try
        {
            return notices.Channel switch
            {
                null => null,
                NoticeChannel.Mail => new MailNoticeChannel(new SmtpSender(notices.Mail, time), notices.Mail.From!),
                NoticeChannel.Webhook => new MessageNoticeChannel("webhook", new WebhookSender(notices.Webhook, time)),
                NoticeChannel.Script => new MessageNoticeChannel("script", new ScriptRunner(notices.Script, time)),
                _ => throw new ArgumentOutOfRangeException(nameof(notices), notices.Channel, "Not a way to customers."),
            };
        }
        catch (ChannelException fault)
        {
            throw new InvalidDataException($"vault.notices: {fault.Message}", fault);
        }
    }
}
