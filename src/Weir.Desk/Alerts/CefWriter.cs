// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Weir.Contracts.Scopes;
using Weir.Hosting.Channels;

namespace Weir.Desk.Alerts;

/// <summary>An alert in the Common Event Format, version 0: a head of seven fields between bars, then
/// names and values.</summary>
public static class CefWriter
{
    /// <summary>One line. Severity 2 (informational) to 10 (critical).</summary>
    public static string Write(Alert alert, string version)
    {
        var text = new StringBuilder("CEF:0|Weir|Weir");
        foreach (var field
            in new[] { version, alert.Kind, alert.Text, Grade(alert.Severity).ToString(CultureInfo.InvariantCulture) })
        {
            _ = text.Append('|').Append(SyslogMessage.Line(field)
                .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal));
        }

        _ = text.Append(CultureInfo.InvariantCulture, $"|rt={alert.At.ToUnixTimeMilliseconds()}");
        Extension(text, "externalId", alert.Id);
        if (alert.Case.Number != 0)
        {
            Extension(text, "cs1Label", "case");
            Extension(text, "cs1", alert.Case.ToString());
        }

        if (alert.Scope.Number != 0)
        {
            Extension(text, "cs2Label", "scope");
            Extension(text, "cs2", alert.Scope.ToString());
        }

        foreach (var (name, value) in alert.Words.OrderBy(w => w.Key, StringComparer.Ordinal))
        {
            Extension(text, Key(name), value);
        }

        Extension(text, "msg", alert.Text);
        return text.ToString();
    }

    private static int Grade(Severity severity) => severity switch
    {
        Severity.Critical => 10,
        Severity.Error => 8,
        Severity.Warning => 6,
        Severity.Notice => 4,
        _ => 2,
    };

    private static void Extension(StringBuilder text, string name, string value)
    {
        var escaped = value.ReplaceLineEndings("\n").Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("=", "\\=", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        _ = text.Append(' ').Append(name).Append('=').Append(SyslogMessage.Line(escaped));
    }

    /// <summary>A name of ours among the format's own: letters and digits, <c>weirRule</c>.</summary>
    private static string Key(string name) =>
        "weir" + string.Concat(
            name.Split('-', '_', '.', ' ').Select(part => string.Concat(part.Where(char.IsAsciiLetterOrDigit)))
                .Where(part => part.Length > 0).Select(part => char.ToUpperInvariant(part[0]) + part[1..]));
}
