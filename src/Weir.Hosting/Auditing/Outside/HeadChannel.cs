// SPDX-License-Identifier: Apache-2.0
//
// A head on its way out. Whatever the way, its line is in it as it was signed, so that who keeps it needs nothing else:
// `weir audit verify --heads FILE` finds it in a file of syslog, of mails or of posts.
using System.Globalization;
using System.Text;
using Weir.Hosting.Channels;

namespace Weir.Hosting.Auditing.Outside;

/// <summary>One way out.</summary>
/// <param name="Name">As configured.</param>
/// <param name="Every">A head so often at most.</param>
/// <param name="SendAsync">Hands it over, or throws a <see cref="ChannelException"/>.</param>
internal sealed record HeadChannel(
    string Name, TimeSpan Every, Func<TreeHead, CancellationToken, Task> SendAsync)
{
    /// <summary>RFC 5424: normal but significant.</summary>
    private const int Notice = 5;

    /// <summary>Makes the channels of a record.</summary>
    /// <param name="options">As configured.</param>
    /// <param name="record">Whose: <c>desk</c>, <c>store</c> or <c>vault</c>.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ChannelException">One cannot be had.</exception>
    public static IReadOnlyList<HeadChannel> Open(OutsideOptions options, string record, TimeProvider time) =>
        [.. options.Channels.Select(channel => Open(options, channel, record, time))];

    private static HeadChannel Open(OutsideOptions options, ChannelOptions channel, string record, TimeProvider time)
    {
        switch (channel.Kind)
        {
            case ChannelKind.Syslog:
                var syslog = new SyslogSender(channel, time);
                return new(channel.Name, options.Every, (head, cancel) => syslog.SendAsync(
                    new(Notice, head.At, "audit-head", head.ToString()) { Fields = [.. Fields(record, head)] }, cancel));
            case ChannelKind.Webhook:
                var webhook = new WebhookSender(channel, time);
                return new(channel.Name, options.Every, (head, cancel) => webhook.SendAsync(Json(record, head), cancel));
            case ChannelKind.Script:
                var script = new ScriptRunner(
                    new() { Program = channel.Program, Arguments = channel.Arguments, Limit = channel.Timeout }, time);
                return new(channel.Name, options.Every, (head, cancel) => script.SendAsync(Json(record, head), cancel));
            default:
                var mail = new SmtpSender(options.Smtp, time);
                return new(
                    channel.Name, OutsideOptions.MailPeriod < options.Every ? options.Every : OutsideOptions.MailPeriod,
                    (head, cancel) => mail.SendAsync(Mail(channel, record, head), cancel));
        }
    }

    private static string IdOf(string record, TreeHead head) =>
        string.Create(CultureInfo.InvariantCulture, $"head-{record}-{head.Number}-{head.Size}");

    private static IEnumerable<(string Name, string Value)> Fields(string record, TreeHead head) =>
    [
        ("id", IdOf(record, head)), ("record", record), ("head", head.Number.ToString(CultureInfo.InvariantCulture)),
        ("size", head.Size.ToString(CultureInfo.InvariantCulture)),
    ];

    /// <summary>Schema <c>weir.head/1</c>.</summary>
    private static byte[] Json(string record, TreeHead head) => Encoding.UTF8.GetBytes(
        $$"""{"schema":"weir.head/1","id":"{{IdOf(record, head)}}","record":"{{record}}","head":{{head}}}""");

    private static Mail Mail(ChannelOptions channel, string record, TreeHead head) => new()
    {
        From = channel.From!,
        To = channel.To!,
        Id = IdOf(record, head),
        Subject = string.Create(
            CultureInfo.InvariantCulture, $"[weir] the {record}'s record has {head.Size} entries, head {head.Number}"),
        Plain = "Keep this mail. The line below was signed over every entry that the record had then; "
            + $"`weir audit verify --heads` compares a record with it.\n\n{head}\n",
    };
}
