// SPDX-License-Identifier: Apache-2.0
//
// HTML by interpolation: what stands in the literal is markup, what is put into a hole is text and is escaped, always.
// Markup that was built elsewhere is put in as a Markup value, which only this file makes.
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using Weir.Contracts.Reports;

namespace Weir.Hosting.Html;

/// <summary>Text that is HTML already.</summary>
internal readonly record struct Markup
{
    public static readonly Markup None = new("");

    private readonly string? _html;

    private Markup(string html) => _html = html;

    /// <summary>Literal parts stay as they are, holes are escaped.</summary>
    public static Markup Format(ref MarkupHandler text) => new(text.ToString());

    public static Markup Join(IEnumerable<Markup> parts) => new(string.Concat(parts.Select(p => p.ToString())));

    /// <summary>Markup written in this program, such as the style sheet.</summary>
    public static Markup Literal(string html) => new(html);

    public override string ToString() => _html ?? "";
}

/// <summary>Escapes the holes of an interpolated string; numbers are written with a point whatever the
/// machine's language.</summary>
[InterpolatedStringHandler]
internal readonly ref struct MarkupHandler(int literalLength, int formattedCount)
{
    private readonly StringBuilder _html = new(literalLength + (16 * formattedCount));

    public void AppendLiteral(string literal) => _html.Append(literal);

    public void AppendFormatted(Markup markup) => _html.Append(markup.ToString());

    public void AppendFormatted(string? text) => _html.Append(WebUtility.HtmlEncode(text));

    public void AppendFormatted<T>(T value)
        where T : IFormattable => AppendFormatted(value, null);

    public void AppendFormatted<T>(T value, string? format)
        where T : IFormattable => AppendFormatted(value.ToString(format, CultureInfo.InvariantCulture));

    public void AppendFormatted(PublishedValue value) => AppendFormatted(value.ToString());

    public override string ToString() => _html.ToString();
}
