// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Weir.Desk.Alerts.Channels;
using Weir.Hosting.Channels;
using Weir.Hosting.Configuration;

namespace Weir.Cli.Configuring;

/// <summary>What of the <c>notifying</c> section no single key can tell: a channel without its address, a password in
/// clear, a file that is not there.</summary>
internal static partial class NotifyingRules
{
    private static readonly (ChannelKind Kind, string Key, Func<ChannelSettings, object?> Value)[] Own =
    [
        (ChannelKind.Webhook, "url", c => c.Address), (ChannelKind.Webhook, "key-file", c => c.KeyFile),
        (ChannelKind.Webhook, "template-file", c => c.TemplateFile), (ChannelKind.Syslog, "host", c => c.Host),
        (ChannelKind.Syslog, "port", c => c.Port), (ChannelKind.Mail, "from", c => c.From),
        (ChannelKind.Mail, "to", c => c.To),
        (ChannelKind.Script, "program", c => c.Program),
    ];

    private static readonly string[] Needed = ["url", "host", "from", "to", "program"];

    public static IEnumerable<(string Path, string Sentence)> Check(NotifyingSettings notifying)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (i, channel) in notifying.Channels.Index())
        {
            var at = $"notifying.channels[{i}]";
            if (!Name().IsMatch(channel.Name))
            {
                yield return ($"{at}.name", $"is '{channel.Name}'; write up to 32 small letters, digits and dashes");
            }

            if (!seen.Add(channel.Name))
            {
                yield return (at, $"repeats {channel.Name}; keep one");
            }

            foreach (var (key, sentence) in Channel(channel).Concat(Files(channel)))
            {
                yield return ($"{at}.{key}", sentence);
            }
        }

        var mails = notifying.Channels.Any(c => c.Kind == ChannelKind.Mail);
        foreach (var (key, sentence) in Smtp(notifying.Smtp, mails))
        {
            yield return ($"notifying.smtp.{key}", sentence);
        }
    }

    /// <summary>What a mail server's settings get wrong, by key; for whoever has such a section.</summary>
    public static IEnumerable<(string Key, string Sentence)> Smtp(SmtpOptions smtp, bool isNeeded)
    {
        if (isNeeded && string.IsNullOrWhiteSpace(smtp.Host))
        {
            yield return ("host", "is missing, and without it no mail can be sent; name the mail server");
        }

        foreach (var (key, file) in new[] { ("password-file", smtp.PasswordFile), ("ca-file", smtp.CaFile) })
        {
            if (Missing(file) is { } sentence)
            {
                yield return (key, sentence);
            }
        }
    }

    private static IEnumerable<(string Key, string Sentence)> Channel(ChannelSettings channel)
    {
        var kind = Schema.Kebab(channel.Kind.ToString());
        foreach (var (of, key, value) in Own)
        {
            var text = value(channel);
            if (of == channel.Kind && Needed.Contains(key)
                && (text is null || text is string s && string.IsNullOrWhiteSpace(s)))
            {
                yield return (key, $"is missing, and a channel of kind {kind} needs it; write it");
            }
            else if (of != channel.Kind && text is not null)
            {
                yield return (key, $"has no use in a channel of kind {kind}; take it out");
            }
        }

        if (channel is { Address: { Scheme: "http", IsLoopback: false }, AllowClear: false })
        {
            yield return (
                "url", "is not https, and alerts would leave this machine in clear; write https, or set allow-clear");
        }

        if (channel.Address is { UserInfo.Length: > 0 })
        {
            yield return ("url", "carries a user or password; secrets lie in files: sign with key-file");
        }

        if (channel.Program is { } program && !Path.IsPathRooted(program))
        {
            yield return ("program", $"is '{program}'; write the whole path");
        }

        foreach (var (key, box) in new[] { ("from", channel.From), ("to", channel.To) })
        {
            if (box is not null && !MailBox.TryParse(box, out _))
            {
                yield return (key, $"is '{box}', which is no address; write one such as abuse@isp.example");
            }
        }
    }

    private static IEnumerable<(string Key, string Sentence)> Files(ChannelSettings channel)
    {
        foreach (var (key, file) in new[]
        {
            ("key-file", channel.KeyFile),
            ("template-file", channel.TemplateFile),
            ("ca-file", channel.CaFile),
            ("program", channel.Program)
        })
        {
            if (Missing(file) is { } sentence)
            {
                yield return (key, sentence);
            }
        }

        if (channel.KeyFile is { } path && File.Exists(path)
            && new FileInfo(path).Length < WebhookSignature.MinKeyOctets)
        {
            yield return ("key-file", $"has fewer than {WebhookSignature.MinKeyOctets} octets; write a longer key, "
                + "such as from `openssl rand -hex 32`");
        }

        if (channel.TemplateFile is { } template && File.Exists(template) && TemplateFault(template) is { } fault)
        {
            yield return ("template-file", fault);
        }
    }

    private static string? TemplateFault(string path)
    {
        try
        {
            return JsonTemplate.TryParse(File.ReadAllText(path), out _, out var fault)
                ? null
                : $"{path} {fault}; write JSON with {{{{name}}}} inside its strings";
        }
        catch (Exception unread) when (unread is IOException or UnauthorizedAccessException)
        {
            return $"{path} cannot be read: {unread.Message}; let this user read it";
        }
    }

    private static string? Missing(string? file) => file is null || File.Exists(file)
        ? null
        : $"{file} is not there, or not to be seen by this user; write it, or name another";

    [GeneratedRegex(@"^[a-z0-9][a-z0-9-]{0,31}\z")]
    private static partial Regex Name();
}
