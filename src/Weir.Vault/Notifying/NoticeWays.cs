// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Hosting.Channels;

namespace Weir.Vault.Notifying;

/// <summary>By mail, plain and HTML in one.</summary>
public sealed class MailNoticeChannel(IMailSender sender, string from) : INoticeChannel
{
    public string Name => "mail";

    public bool Reaches(CustomerContact contact) => contact.Mail.Length > 0;

    public Task<string> SendAsync(CustomerContact contact, RenderedNotice letter, CancellationToken cancel) =>
        sender.SendAsync(
            new Mail
            {
                From = from,
                To = contact.Mail,
                Subject = letter.Subject,
                Plain = letter.Plain,
                Html = letter.Html,
                Language = contact.Language,
                Id = letter.Id
            }, cancel);
}

/// <summary>By a web address or a program of the provider, which gets the text, the contact and the line's name as
/// JSON: a portal, letters, short messages.</summary>
/// <param name="name"><c>webhook</c> or <c>script</c>.</param>
/// <param name="sender">Where it goes.</param>
public sealed class MessageNoticeChannel(string name, IMessageSender sender) : INoticeChannel
{
    public string Name => name;

    public bool Reaches(CustomerContact contact) => true;

    public Task<string> SendAsync(CustomerContact contact, RenderedNotice letter, CancellationToken cancel) =>
        sender.SendAsync(
            JsonSerializer.SerializeToUtf8Bytes(
                new NoticeMessage(
                    "weir.notice/1", letter.Id, letter.Step, letter.Line, contact.Mail, contact.Name, contact.Language,
                    letter.Subject, letter.Plain, letter.Html),
                NoticeMessageJsonContext.Default.NoticeMessage),
            cancel);
}

/// <summary>What goes to a webhook or a script.</summary>
internal sealed record NoticeMessage(
    string Schema, string Id, string Step, string Line, string Mail, string Name, string Language, string Subject,
    string Plain, string Html);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(NoticeMessage))]
internal sealed partial class NoticeMessageJsonContext : JsonSerializerContext;
