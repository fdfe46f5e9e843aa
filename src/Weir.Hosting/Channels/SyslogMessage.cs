// SPDX-License-Identifier: Apache-2.0
//
// A message of syslog (RFC 5424): its fields as structured data, then the text. Nothing in a value ends the line or the
// element, so a message stays one message on every way.
using System.Globalization;
using System.Text;

namespace Weir.Hosting.Channels;

/// <summary>One message.</summary>
/// <param name="Severity">0 to 7 (RFC 5424 section 6.2.1).</param>
/// <param name="At">When it happened.</param>
/// <param name="Kind">Its MSGID.</param>
/// <param name="Text">What is behind the structured data; one line.</param>
public sealed record SyslogMessage(int Severity, DateTimeOffset At, string Kind, string Text)
{
    /// <summary>Octets that every receiver of UDP should take (RFC 5426 section 3.2).</summary>
    public const int LongestDatagram = 2_048;

    private const string Program = "weir";
    private const int LongestName = 32;

    /// <summary>Names and values of the structured data, in order.</summary>
    public IReadOnlyList<(string Name, string Value)> Fields { get; init; } = [];

    /// <summary>The message without its frame; at most <paramref name="most"/> octets, the text cut where it is
    /// longer.</summary>
    public byte[] Write(ChannelOptions options, int most = int.MaxValue)
    {
        var head = new StringBuilder();
        var priority = (options.Facility * 8) + Severity;
        _ = head.Append(
            CultureInfo.InvariantCulture,
            $"<{priority}>1 {At.UtcDateTime:yyyy-MM-ddTHH:mm:ss.ffffffZ} "
                + $"{Plain(options.HostName ?? System.Net.Dns.GetHostName(), 255)} {Program} {Environment.ProcessId} "
                + $"{Plain(Kind, LongestName)} ");
        _ = head.Append(CultureInfo.InvariantCulture, $"[weir@{options.Enterprise}");
        foreach (var (name, value) in Fields)
        {
            Parameter(head, name, value);
        }

        _ = head.Append(']');
        // RFC 5424 section 6.4: what is not ASCII says that it is UTF-8
        var mark = Text.All(char.IsAscii) ? "" : "\uFEFF";
        return Cut(Encoding.UTF8.GetBytes($"{head} {mark}{Text}"), most);
    }

    /// <summary>A message for a stream: its length, a space, itself (RFC 6587 section 3.4.1, RFC
    /// 5425 section 4.3).</summary>
    public static byte[] Framed(byte[] message) =>
        [.. Encoding.ASCII.GetBytes(message.Length.ToString(CultureInfo.InvariantCulture)), (byte)' ', .. message];

    /// <summary>One line: breaks and other controls are spaces.</summary>
    public static string Line(string text) =>
        string.Concat(text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' or '\uFEFF' ? ' ' : c));

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
