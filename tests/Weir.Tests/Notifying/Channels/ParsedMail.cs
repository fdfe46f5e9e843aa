// SPDX-License-Identifier: Apache-2.0
//
// A reader of mails written from the RFCs for the tests alone: it shares nothing with what writes them.
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Weir.Tests.Notifying.Channels;

/// <summary>A mail or a part of one.</summary>
internal sealed class ParsedMail
{
    private readonly List<(string Name, string Value)> _headers = [];
    private readonly string _body;

    private ParsedMail(string text)
    {
        var end = text.StartsWith("\r\n", StringComparison.Ordinal)
            ? 0
            : $"{text}\r\n\r\n".IndexOf("\r\n\r\n", StringComparison.Ordinal);
        (_body, text) = (end + 4 <= text.Length ? text[(end + 4)..] : "", $"{text}\r\n");
        foreach (var line in Regex.Replace(text[..end], "\r\n([ \t])", "$1")
            .Split("\r\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            _headers.Add((line[..colon], line[(colon + 1)..].TrimStart(' ')));
        }
    }

    public IEnumerable<string> Names => _headers.Select(h => h.Name);

    public string this[string name] => _headers.Single(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>A header's text with its encoded words read.</summary>
    public string Text(string name) => Words(this[name]);

    public IReadOnlyList<ParsedMail> Parts
    {
        get
        {
            var mark = Regex.Match(this["Content-Type"], "boundary=\"([^\"]+)\"").Groups[1].Value;
            var pieces = ("\r\n" + _body).Split($"\r\n--{mark}");
            Assert.Equal("--", pieces[^1].TrimEnd());
            return [.. pieces[1..^1].Select(p => new ParsedMail(p[2..]))];
        }
    }

    public byte[] Octets =>
        this["Content-Transfer-Encoding"] == "base64" ? Convert.FromBase64String(_body) : Printed(_body);

    public string Body => Encoding.UTF8.GetString(Octets);

    public static ParsedMail Parse(string text) => new(text);

    private static string Words(string value)
    {
        value = Regex.Replace(value, @"\?=\s+=\?", "?==?");
        return Regex.Replace(value, @"=\?utf-8\?([bq])\?([^?]*)\?=", m =>
        {
            var octets = m.Groups[1].Value is "b" or "B"
                ? Convert.FromBase64String(m.Groups[2].Value)
                : Printed(m.Groups[2].Value.Replace('_', ' '));
            return Encoding.UTF8.GetString(octets);
        }, RegexOptions.IgnoreCase);
    }

    private static byte[] Printed(string text)
    {
        text = text.Replace("=\r\n", "", StringComparison.Ordinal);
        var octets = new List<byte>();
        for (var i = 0; i < text.Length; i++)
        {
            octets.Add(text[i] == '='
                ? byte.Parse(text.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
                : (byte)text[i]);
            i += text[i] == '=' ? 2 : 0;
        }

        return [.. octets];
    }
}
