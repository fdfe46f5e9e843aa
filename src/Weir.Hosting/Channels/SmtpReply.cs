// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;

namespace Weir.Hosting.Channels;

/// <summary>What the station said (RFC 5321 section 4.2).</summary>
/// <param name="Code">200 to 599.</param>
/// <param name="Lines">The texts, one a line; at least one, which may be empty.</param>
internal sealed partial record SmtpReply(int Code, IReadOnlyList<string> Lines)
{
    private const int LongestShown = 200;

    public bool IsDone => Code is >= 200 and < 300;

    public bool IsPermanent => Code >= 500;

    /// <summary>Takes one line in.</summary>
    /// <returns>False where it is no reply.</returns>
    public static bool TryLine(string line, out int code, out bool isLast, out string text)
    {
        (code, isLast, text) = (0, true, "");
        if (line.Length < 3 || line[0] is < '2' or > '5' || !char.IsAsciiDigit(line[1])
            || !char.IsAsciiDigit(line[2]) || (line.Length > 3 && line[3] is not (' ' or '-')))
        {
            return false;
        }

        code = ((line[0] - '0') * 100) + ((line[1] - '0') * 10) + (line[2] - '0');
        (isLast, text) = (line.Length == 3 || line[3] == ' ', line.Length > 4 ? line[4..] : "");
        return true;
    }

    /// <summary>The reply in one line without anybody's address: stations like to repeat the receiver's.</summary>
    public string Shown(string hidden)
    {
        var text = Addresses().Replace(string.Join(' ', Lines.Select(l => l.Trim())), "<...>");
        text = hidden.Length == 0 ? text : Regex.Replace(
            text, $@"(?<![A-Za-z0-9]){Regex.Escape(hidden)}(?![A-Za-z0-9])", "...",
            RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        text = string.Concat(text.Select(c => c is >= ' ' and <= '~' ? c : '?'));
        return FormattableString.Invariant($"{Code} {(text.Length > LongestShown ? text[..LongestShown] : text)}")
            .TrimEnd();
    }

    [GeneratedRegex(@"<[^<>]*>|[^\s<>:;,()'""]+@[^\s<>:;,()'""]+")]
    private static partial Regex Addresses();
}
