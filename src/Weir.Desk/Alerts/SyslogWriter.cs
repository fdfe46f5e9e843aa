// SPDX-License-Identifier: Apache-2.0
//
// An alert as one message of syslog (RFC 5424). Whatever could end a field or a line is escaped or becomes a space, so
// that a message stays one message on every way.
using System.Globalization;
using System.Text;
using Weir.Contracts.Scopes;

namespace Weir.Desk.Alerts;

/// <summary>Writes messages.</summary>
public static class SyslogWriter
{
    /// <summary>Octets that every receiver of UDP should take (RFC 5426 section 3.2).</summary>
    public const int LongestDatagram = 2_048;

    private const string Program = "weir";
    private const int LongestName = 32;

    /// <summary>The message without its frame; at most <paramref name="most"/> octets, the sentence cut
    /// where it is longer.</summary>
    public static byte[] Write(Alert alert, ChannelOptions options, int most = int.MaxValue)
    {
        var head = new StringBuilder();
        var priority = (options.Facility * 8) + (int)alert.Severity;
        _ = head.Append(
            CultureInfo.InvariantCulture,
            $"<{priority}>1 {alert.At.UtcDateTime:yyyy-MM-ddTHH:mm:ss.ffffffZ} "
                + $"{Plain(options.HostName ?? System.Net.Dns.GetHostName(), 255)} {Program} {Environment.ProcessId} "
                + $"{Plain(alert.Kind, LongestName)} ");
        Structured(head, alert, options);
        var text = options.Form == SyslogFormat.Cef ? CefWriter.Write(alert, options.Version) : Line(alert.Text);
        // RFC 5424 section 6.4: what is not ASCII says that it is UTF-8
        var mark = text.All(char.IsAscii) ? "" : "\uFEFF";
        return Cut(Encoding.UTF8.GetBytes($"{head} {mark}{text}"), most);
    }

    /// <summary>A message for a stream: its length, a space, itself (RFC 6587 section 3.4.1, RFC
    /// 5425 section 4.3).</summary>
    public static byte[] Framed(byte[] message) =>
        [.. Encoding.ASCII.GetBytes(message.Length.ToString(CultureInfo.InvariantCulture)), (byte)' ', .. message];

    /// <summary>One line: breaks and other controls are spaces.</summary>
    internal static string Line(string text) =>
        string.Concat(text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' or '\uFEFF' ? ' ' : c));

    private static void Structured(StringBuilder text, Alert alert, ChannelOptions options)
    {
        _ = text.Append(CultureInfo.InvariantCulture, $"[weir@{options.Enterprise}");
        Parameter(text, "id", alert.Id);
        Parameter(text, "kind", alert.Kind);
        Parameter(text, "severity", SeverityNames.ToName(alert.Severity));
        if (alert.Case.Number != 0)
        {
            Parameter(text, "case", alert.Case.ToString());
        }

        if (alert.Scope.Number != 0)
        {
            Parameter(text, "scope", alert.Scope.ToString());
        }

        foreach (var (name, value) in alert.Words.OrderBy(w => w.Key, StringComparer.Ordinal))
        {
            Parameter(text, name, value);
        }

        _ = text.Append(']');
    }

    private static void Parameter(StringBuilder text, string name, string value) =>
        text.Append(' ').Append(Plain(name, LongestName)).Append("=\"")
            .Append(Line(value).Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace("\"", "\\\"", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal))
            .Append('"');

    /// <summary>A name: printable ASCII without what structured data is made of; - for none.</summary>
    private static string Plain(string text, int most)
    {
        var plain = string.Concat(text.Where(c => c is > ' ' and <= '~' and not ('=' or ']' or '"')));
        return plain.Length == 0 ? "-" : plain.Length > most ? plain[..most] : plain;
    }

    /// <summary>Never through the middle of a letter.</summary>
    private static byte[] Cut(byte[] message, int most)
    {
        if (message.Length <= most)
        {
            return message;
        }

        var end = most;
        while ((message[end] & 0xC0) == 0x80)
        {
            end--;
        }

        return message[..end];
    }
}
