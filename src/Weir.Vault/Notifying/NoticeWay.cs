// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using Weir.Hosting.Channels;
using Weir.Vault.Identity.Records;

namespace Weir.Vault.Notifying;

/// <summary>The way to customers, as <c>vault.contacts</c> and <c>vault.notices</c> say.</summary>
internal static class NoticeWay
{
    /// <summary>Null where no contacts are configured.</summary>
    /// <exception cref="InvalidDataException">Contacts or templates cannot be had.</exception>
    public static NoticeDeliveryDependencies? Open(
        string? contacts, NoticeDeliveryOptions notices, SubscriberLineNamer naming, TimeProvider time,
        ILoggerFactory logs)
    {
        var templates = NoticeTemplates.Read(notices.Templates);
        if (!templates.Languages.Contains(notices.Language))
        {
            throw new InvalidDataException($"vault.notices.language: there are no templates for '{notices.Language}'; "
                + $"write one of {string.Join(", ", templates.Languages.Order(StringComparer.Ordinal))}");
        }

        return contacts is not { } path ? null : new NoticeDeliveryDependencies(
            CustomerContactFile.Open(
                Path.GetFullPath(path), naming, templates.Languages, notices.Language, time,
                logs.CreateLogger<CustomerContactFile>()),
            templates, notices.Channel is null ? null : notices, Channel(notices, time));
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
