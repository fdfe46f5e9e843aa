// SPDX-License-Identifier: Apache-2.0
//
// Every listing of the program comes as a table for people, or as JSON, JSON lines or CSV (RFC 4180) for programs. The
// same columns serve all four: a heading for people is a field name for programs.
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Weir.Contracts.Reports;
using Weir.Desk.Reporting;
using Weir.Desk.Reporting.Html;

namespace Weir.Cli.Reporting;

internal enum ListingFormat
{
    Table,
    Json,
    Ndjson,
    Csv,
}

/// <summary>Where a column stands.</summary>
internal enum ColumnUse
{
    /// <summary>In every form.</summary>
    Always,

    /// <summary>For programs, and in a table that may be wide.</summary>
    Detail,

    /// <summary>In a table of a hundred columns alone: a shorter form of others.</summary>
    Brief,
}

/// <summary>A column of a listing.</summary>
/// <param name="Name">camelCase, as programs will read it.</param>
/// <param name="Value">A string, a number, a truth value, a time, a <see cref="PublishedValue"/>, or null.</param>
/// <param name="Use">Where it stands.</param>
internal sealed record ListingColumn<T>(string Name, Func<T, object?> Value, ColumnUse Use = ColumnUse.Always)
{
    /// <summary>In a narrow table it is cut when nothing else can be.</summary>
    public bool IsCutLast { get; init; }
}

internal static class Listing
{
    private const int NarrowWidth = 100;
    private const int LeastWidth = 6;

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static bool TryParseFormat(string text, out ListingFormat format)
    {
        (var known, format) = text switch
        {
            "table" => (true, ListingFormat.Table),
            "json" => (true, ListingFormat.Json),
            "ndjson" => (true, ListingFormat.Ndjson),
            "csv" => (true, ListingFormat.Csv),
            _ => (false, default),
        };
        return known;
    }

    /// <summary>Writes the rows as they come; JSON lines and CSV hold one row in memory at a time.</summary>
    public static void Write<T>(
        IEnumerable<T> rows, IReadOnlyList<ListingColumn<T>> columns, ListingFormat format, TextWriter to)
    {
        switch (format)
        {
            case ListingFormat.Json:
                WriteJson(rows, columns, to);
                break;
            case ListingFormat.Ndjson:
                foreach (var row in rows)
                {
                    to.Write(JsonOf(writer => WriteObject(writer, row, columns)) + "\n");
                }

                break;
            case ListingFormat.Csv:
                WriteCsv(rows, columns, to, heading: true);
                break;
            default:
                WriteTable(rows, columns, to);
                break;
        }
    }

    /// <summary>Writes a table of at most a hundred columns, or all of it for programs. In the table a column that is
    /// empty in every row is left out, and the widest are cut until it fits; the first is never cut.</summary>
    public static void WriteNarrow<T>(
        IEnumerable<T> rows, IReadOnlyList<ListingColumn<T>> columns, ListingFormat format, TextWriter to)
    {
        if (format != ListingFormat.Table)
        {
            Write(rows, [.. columns.Where(column => column.Use != ColumnUse.Brief)], format, to);
            return;
        }

        var held = rows.ToList();
        ListingColumn<T>[] shown = [.. columns.Where(column => column.Use != ColumnUse.Detail)
            .Where((column, at) => at == 0 || held.Exists(row => Shown(column.Value(row)).Length > 0))];
        var widths = Widths(held, shown);
        while (widths.Sum() + (2 * (widths.Length - 1)) is var wide && wide > NarrowWidth)
        {
            var widest = Enumerable.Range(1, widths.Length - 1).Where(at =>
                widths[at] > Math.Max(LeastWidth, shown[at].Name.Length))
                .OrderBy(at => shown[at].IsCutLast).ThenByDescending(at => widths[at]).FirstOrDefault();
            if (widest == 0)
            {
                break;
            }

            widths[widest]--;
        }

        WriteTable(held, shown, widths, to);
    }

    /// <summary>Writes rows of RFC 4180, with or without the line of names.</summary>
    internal static void WriteCsv<T>(
        IEnumerable<T> rows, IReadOnlyList<ListingColumn<T>> columns, TextWriter to, bool heading)
    {
        if (heading)
        {
            to.Write(string.Join(',', columns.Select(c => CsvCell(c.Name))) + "\r\n");
        }

        foreach (var row in rows)
        {
            to.Write(string.Join(',', columns.Select(c => CsvCell(PlainText(c.Value(row))))) + "\r\n");
        }
    }

    private static void WriteJson<T>(IEnumerable<T> rows, IReadOnlyList<ListingColumn<T>> columns, TextWriter to)
    {
        var first = true;
        to.Write("[");
        foreach (var row in rows)
        {
            to.Write((first ? "\n  " : ",\n  ") + JsonOf(writer => WriteObject(writer, row, columns)));
            first = false;
        }

        to.Write(first ? "]\n" : "\n]\n");
    }

    private static string JsonOf(Action<Utf8JsonWriter> write)
    {
        using var octets = new MemoryStream();
        using (var writer = new Utf8JsonWriter(octets, Relaxed))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(octets.ToArray());
    }

    private static void WriteObject<T>(Utf8JsonWriter writer, T row, IReadOnlyList<ListingColumn<T>> columns)
    {
        writer.WriteStartObject();
        foreach (var column in columns)
        {
            writer.WritePropertyName(column.Name);
            WriteValue(writer, column.Value(row));
        }

        writer.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case bool truth:
                writer.WriteBooleanValue(truth);
                break;
            case PublishedValue { IsNumber: true } figure:
                WriteNumber(writer, figure.Number);
                break;
            case double or float:
                WriteNumber(writer, Convert.ToDouble(value, CultureInfo.InvariantCulture));
                break;
            case ulong or UInt128:
                writer.WriteRawValue(PlainText(value));
                break;
            case sbyte or byte or short or ushort or int or uint or long:
                writer.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            default:
                writer.WriteStringValue(PlainText(value));
                break;
        }
    }

    private static void WriteNumber(Utf8JsonWriter writer, double number)
    {
        if (number == Math.Truncate(number) && Math.Abs(number) < 1e15)
        {
            writer.WriteNumberValue((long)number);
        }
        else if (double.IsFinite(number))
        {
            writer.WriteNumberValue(number);
        }
        else
        {
            writer.WriteNullValue();
        }
    }

    // RFC 4180 quoting. A cell that a spreadsheet would run as a formula gets an apostrophe in front.
    private static string CsvCell(string text)
    {
        var safe = text.Length > 1 && text[0] is '=' or '+' or '-' or '@'
            && !double.TryParse(text, CultureInfo.InvariantCulture, out _)
            ? "'" + text
            : text;
        return safe.AsSpan().IndexOfAny(",\"\r\n") < 0
            ? safe
            : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static void WriteTable<T>(IEnumerable<T> rows, IReadOnlyList<ListingColumn<T>> columns, TextWriter to)
    {
        var held = rows.ToList();
        WriteTable(held, columns, Widths(held, columns), to);
    }

    private static int[] Widths<T>(List<T> rows, IReadOnlyList<ListingColumn<T>> columns) =>
        [.. columns.Select(c => rows.Select(row => Shown(c.Value(row)).Length).Append(c.Name.Length).Max())];

    private static void WriteTable<T>(
        List<T> rows, IReadOnlyList<ListingColumn<T>> columns, int[] widths, TextWriter to)
    {
        Line([.. columns.Select(c => (object?)c.Name)]);
        foreach (var row in rows)
        {
            Line([.. columns.Select(c => c.Value(row))]);
        }

        void Line(object?[] row)
        {
            var padded = row.Select((value, at) => IsNumber(value)
                ? Cut(Shown(value), widths[at]).PadLeft(widths[at])
                    : Cut(Shown(value), widths[at]).PadRight(widths[at]));
            to.Write(string.Join("  ", padded).TrimEnd() + "\n");
        }
    }

    private static string Cut(string text, int width) => text.Length <= width ? text : text[..(width - 1)] + "…";

    private static bool IsNumber(object? value) =>
        value is sbyte or byte or short or ushort or int or uint or long
            or ulong or UInt128 or float or double or PublishedValue;

    // A cell of a table stays on its line, and a terminal takes no orders from it.
    private static string Shown(object? value) =>
        string.Concat((value is PublishedValue figure ? figure.ToString() : PlainText(value)).Select(
            c => char.IsControl(c) ? ' ' : c));

    private static string PlainText(object? value) => value switch
    {
        null => "",
        bool truth => truth ? "true" : "false",
        DateTimeOffset time => UtcTimeConverter.Text(time),
        PublishedValue { IsNumber: true } figure => figure.Number.ToString("R", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
