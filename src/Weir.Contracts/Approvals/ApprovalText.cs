// SPDX-License-Identifier: Apache-2.0
//
// The canonical text of an approval (rules.md R23): UTF-8, one `name: value` a line in fixed order, each line ended by
// a line feed. What could make a terminal show something else than what is signed is escaped: controls, marks of
// direction, spaces that are none, what is not assigned. There is one text for each request and role.
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Weir.Contracts.Policy;

namespace Weir.Contracts.Approvals;

/// <summary>Writes and reads <c>weir-approval/1</c>.</summary>
public static class ApprovalText
{
    /// <summary>The first line.</summary>
    public const string Form = "weir-approval/1";

    /// <summary>Longest text that is read, characters.</summary>
    public const int MaxText = 64 << 10;

    private const string TimeForm = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    private static readonly string[] Names =
    [
        "instance", "act", "request", "case", "scope", "target", "parameters", "reason", "role", "not-before",
        "expires",
    ];

    /// <summary>The text that a person of a role signs.</summary>
    public static string Write(ApprovalRequest request, Role role)
    {
        string[] values =
        [
            request.Instance, WhoSigns.Of(request.Act).Name, request.Number, request.Case, request.Scope,
            request.Target, request.Parameters, request.Reason, Actor.ToName(role), Time(request.NotBefore),
            Time(request.Expires),
        ];
        var text = new StringBuilder(Form).Append('\n');
        foreach (var (name, value) in Names.Zip(values))
        {
            _ = text.Append(name).Append(": ").Append(Escape(value)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Reads what <see cref="Write"/> wrote, and nothing else. Never throws.</summary>
    public static bool TryRead(string? text, [NotNullWhen(true)] out ApprovalRequest? request, out Role role)
    {
        (request, role) = (null, default);
        if (text is not { Length: <= MaxText } || text.Split('\n') is not [Form, .. var lines, ""]
            || lines.Length != Names.Length)
        {
            return false;
        }

        var values = new string[Names.Length];
        for (var i = 0; i < Names.Length; i++)
        {
            if (!lines[i].StartsWith(Names[i] + ": ", StringComparison.Ordinal)
                || Unescape(lines[i].AsSpan(Names[i].Length + 2)) is not { } value)
            {
                return false;
            }

            values[i] = value;
        }

        if (!WhoSigns.TryParse(values[1], out var act) || Actor.RoleOf(values[8]) is not { } signedAs
            || !TryTime(values[9], out var from) || !TryTime(values[10], out var until))
        {
            return false;
        }

        var read = new ApprovalRequest
        {
            Instance = values[0], Act = act, Number = values[2], Case = values[3], Scope = values[4],
            Target = values[5], Parameters = values[6], Reason = values[7], NotBefore = from, Expires = until,
        };
        if (Write(read, signedAs) != text)
        {
            return false;
        }

        (request, role) = (read, signedAs);
        return true;
    }

    /// <summary>A value on one line, in which every character shows itself.</summary>
    public static string Escape(string value)
    {
        if (value.All(c => c is >= ' ' and <= '~' and not '\\'))
        {
            return value;
        }

        var text = new StringBuilder(value.Length + 8);
        foreach (var rune in value.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '\\' => text.Append(@"\\"),
                '\n' => text.Append(@"\n"),
                _ when IsPlain(rune) => text.Append(rune.ToString()),
                _ => text.Append(CultureInfo.InvariantCulture, $@"\u{{{rune.Value:x}}}"),
            };
        }

        return text.ToString();
    }

    private static bool IsPlain(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.SpaceSeparator or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark);

    private static string? Unescape(ReadOnlySpan<char> text)
    {
        var value = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                _ = value.Append(text[i]);
                continue;
            }

            switch (++i < text.Length ? text[i] : '\0')
            {
                case '\\':
                    _ = value.Append('\\');
                    break;
                case 'n':
                    _ = value.Append('\n');
                    break;
                case 'u' when text[i..].IndexOf('}') is > 2 and var end && text[i + 1] == '{'
                    && int.TryParse(text[(i + 2)..(i + end)], NumberStyles.AllowHexSpecifier,
                        CultureInfo.InvariantCulture, out var code) && Rune.IsValid(code):
                    _ = value.Append(new Rune(code).ToString());
                    i += end;
                    break;
                default:
                    return null;
            }
        }

        return value.ToString();
    }

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString(TimeForm, CultureInfo.InvariantCulture);

    private static bool TryTime(string text, out DateTimeOffset at) => DateTimeOffset.TryParseExact(
        text, TimeForm, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out at);
}
