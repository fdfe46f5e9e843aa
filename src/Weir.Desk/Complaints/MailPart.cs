// SPDX-License-Identifier: Apache-2.0
//
// As much of a mail as a report needs: header fields, unfolded (RFC 5322 §2.2.3), and the parts of one multipart level
// (RFC 2046 §5.1). Octets are taken as Latin-1, so that none is lost and none can fail.
using System.Text;
using System.Text.RegularExpressions;

namespace Weir.Desk.Complaints;

/// <summary>A mail or a part of one.</summary>
internal sealed partial class MailPart
{
    private const int MaxFields = 1_000;
    private const int MaxParts = 100;

    private readonly List<KeyValuePair<string, string>> _fields = [];

    private MailPart(string text)
    {
        var at = 0;
        while (at < text.Length && _fields.Count < MaxFields)
        {
            var end = text.IndexOf('\n', at);
            end = end < 0 ? text.Length : end;
            var line = text.AsSpan(at, end - at).TrimEnd('\r');
            at = Math.Min(text.Length, end + 1);
            if (line.IsEmpty)
            {
                break;
            }

            if (line[0] is ' ' or '\t')
            {
                if (_fields.Count > 0)
                {
                    _fields[^1] = new(_fields[^1].Key, $"{_fields[^1].Value} {line.Trim()}");
                }
            }
            else if (line.IndexOf(':') is > 0 and var colon)
            {
                _fields.Add(new(line[..colon].Trim().ToString(), line[(colon + 1)..].Trim().ToString()));
            }
        }

        Body = text[at..];
    }

    public string Body { get; }

    public static MailPart Parse(ReadOnlySpan<byte> octets) => new(Encoding.Latin1.GetString(octets));

    public static MailPart Parse(string text) => new(text);

    /// <summary>The first field of a name, or empty.</summary>
    public string this[string name] =>
        _fields.Find(f => f.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value ?? "";

    /// <summary>How many fields of a name there are.</summary>
    public int Count(string name) => _fields.Count(f => f.Key.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The media type in lower case, without parameters.</summary>
    public string MediaType => this["Content-Type"].Split(';')[0].Trim().ToLowerInvariant();

    /// <summary>A parameter of the content type, or empty.</summary>
    public string Parameter(string name)
    {
        foreach (Match found in Parameters().Matches(this["Content-Type"]))
        {
            if (found.Groups["name"].Value.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return found.Groups["quoted"].Success ? found.Groups["quoted"].Value : found.Groups["bare"].Value;
            }
        }

        return "";
    }

    /// <summary>The parts between the boundaries; none where there is no boundary.</summary>
    public List<MailPart> Parts()
    {
        var parts = new List<MailPart>();
        if (Parameter("boundary") is not { Length: > 0 and <= 70 } boundary)
        {
            return parts;
        }

        StringBuilder? open = null;
        foreach (var raw in Body.Split('\n'))
        {
            var line = raw.TrimEnd('\r', ' ', '\t');
            var last = line == $"--{boundary}--";
            if (last || line == $"--{boundary}")
            {
                if (open is not null)
                {
                    parts.Add(new(open.ToString()));
                }

                if (last || parts.Count >= MaxParts)
                {
                    return parts;
                }

                open = new();
            }
            else
            {
                open?.Append(raw).Append('\n');
            }
        }

        return parts;
    }

    [GeneratedRegex("""(?<name>[A-Za-z-]+)\s*=\s*("(?<quoted>[^"]*)"|(?<bare>[^\s;"]+))""",
        RegexOptions.CultureInvariant)]
    private static partial Regex Parameters();
}
