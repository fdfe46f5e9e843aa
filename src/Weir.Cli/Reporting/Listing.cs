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
    /// <summary>For people; as wide as the screen at most.</summary>
    Table,

    /// <summary>For people; every column whole, a row a line, however wide.</summary>
    Wide,

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

    /// <summary>In a table that fits the screen alone: a shorter form of others.</summary>
    Brief,

    /// <summary>In every form; a table that has no room for all leaves out the first of these, and says so.</summary>
    Spare,

    /// <summary>In every form; a table that has it in no row leaves it out, since there is nothing to say.</summary>
    Told,
}

/// <summary>A column of a listing.</summary>
/// <param name="Name">camelCase, as programs will read it.</param>
/// <param name="Value">A string, a number, a truth value, a time, a <see cref="PublishedValue"/>, or null.</param>
/// <param name="Use">Where it stands.</param>
/// <param name="Head">Its heading in a table, where it is another than its name.</param>
internal sealed record ListingColumn<T>(
    string Name, Func<T, object?> Value, ColumnUse Use = ColumnUse.Always, string? Head = null);

internal static class Listing
{
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

    /// <summary>A table for people, in one of its two widths.</summary>
    public static bool IsTable(this ListingFormat format) => format is ListingFormat.Table or ListingFormat.Wide;

    /// <summary>Writes the rows as they come; JSON lines and CSV hold one row in memory at a time. A table fits the
    /// screen unless it is asked for whole.</summary>
    public static void Write<T>(
        IEnumerable<T> rows, IReadOnlyList<ListingColumn<T>> columns, ListingFormat format, TextWriter to)
    {
        var without = format == ListingFormat.Table ? ColumnUse.Detail : ColumnUse.Brief;
        ListingColumn<T>[] used = [.. columns.Where(column => column.Use != without)];
        switch (format)
        {
            case ListingFormat.Json:
                WriteJson(rows, used, to);
                break;
            case ListingFormat.Ndjson:
                foreach (var row in rows)
                {
                    to.Write(JsonOf(writer => WriteObject(writer, row, used)) + "\n");
                }

                break;
            case ListingFormat.Csv:
                WriteCsv(rows, used, to, heading: true);
                break;
            default:
                IReadOnlyList<T> all = [.. rows];
                used = [.. used.Where(column => column.Use != ColumnUse.Told || format == ListingFormat.Wide
                    || all.Any(row => Shown(column.Value(row)).Length > 0))];
                var left = format == ListingFormat.Table ? Fitting(all, used, Screen.WidthOf(to)) : used;
                ScreenTable.Write(
                    [.. left.Select(column => column.Head ?? column.Name)],
                    [.. all.Select(row => left.Select(column => Cell(column.Value(row))).ToArray())],
                    format == ListingFormat.Wide ? null : Screen.WidthOf(to), to);
                if (left.Length < used.Length)
                {
                    to.Write($"--wide shows {string.Join(", ", used.Except(left).Select(one => one.Name))} too\n");
                }

                break;
        }
    }

    /// <summary>The columns of a table of lines: spare ones go, the first first, until it fits.</summary>
    private static ListingColumn<T>[] Fitting<T>(IReadOnlyList<T> rows, ListingColumn<T>[] columns, int screen)
    {
        while (rows.Count > 1 && !IsFitting() && Array.Find(columns, one => one.Use == ColumnUse.Spare) is { } spare)
        {
            columns = [.. columns.Where(column => column != spare)];
        }

        return columns;

        bool IsFitting()
        {
            var told = columns.Where(column => rows.Any(row => Shown(column.Value(row)).Length > 0)).ToList();
            return ScreenTable.Fits(
                [.. told.Select(column => column.Head ?? column.Name)],
                [.. rows.Select(row => told.Select(column => Cell(column.Value(row))).ToArray())], screen);
        }
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

    private static ScreenCell Cell(object? value) => new(Shown(value), IsNumber(value));

    private static bool IsNumber(object? value) =>
        value is sbyte or byte or short or ushort or int or uint or long
            or ulong or UInt128 or float or double or PublishedValue;

    // A cell of a table stays on its line, and a terminal takes no orders from it.
    private static string Shown(object? value) =>
        Screen.Clean(value is PublishedValue figure ? figure.ToString() : PlainText(value));

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
