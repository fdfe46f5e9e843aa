// SPDX-License-Identifier: Apache-2.0
//
// Lists of lines. What a list is shows in its first line that is not a comment: zone file lines (RPZ), one JSON object
// a line (Spamhaus DROP), an address and a number behind a tab (ipsum), columns (CSV), or one indicator a line (plain,
// ipset/netset, DROP's text form), each with comments behind '#', ';' or '//', whole lines or trailing ones.
using System.Text;
using Weir.Desk.Lists.Feeds.Json;
using Weir.Wire;

namespace Weir.Desk.Lists.Feeds.Text;

internal static class TextList
{
    internal const int LongestLine = 65_536;
    private const int ReadChars = 1 << 16;

    /// <summary>The most hits that a counted list (ipsum) tells of an address; a larger number is a port.</summary>
    private const int MostHits = 64;

    /// <summary>Marks of byte order and blanks without width, as files put together from others have them.</summary>
    private static readonly char[] Invisible = ['\uFEFF', '\u200B'];

    public static void Read(Stream text, FeedParseContext intake)
    {
        var comments = new List<string>();
        using var lines = Lines(text).GetEnumerator();
        var (number, line) = FirstLine(lines, comments);
        if (line.Length == 0)
        {
            intake.Format = FormatOfPlain(comments);
            return;
        }

        if (RpzZone.IsZoneLine(line))
        {
            intake.Format = "rpz";
            RpzZone.Read(lines, intake);
        }
        else if (line[0] == '{')
        {
            intake.Format = "json-lines";
            JsonLines.Read(number, line, lines, intake);
        }
        else if (IsCounted(line))
        {
            intake.Format = "ipsum";
            Each(number, line, lines, intake, TakeCounted);
        }
        else if (Columns(line, comments, intake, out var isHeader) is { } columns)
        {
            intake.Format = "csv";
            ReadColumns(columns, number, isHeader ? "" : line, lines, intake);
        }
        else
        {
            intake.Format = FormatOfPlain(comments);
            Each(number, line, lines, intake, TakePlain);
        }
    }

    /// <summary>Lines with their numbers, from 1. Of one that is too long comes only its beginning, which is too long
    /// still.</summary>
    private static IEnumerable<(int Number, string Line)> Lines(Stream text)
    {
        using var reader = new StreamReader(text, Encoding.UTF8, true, ReadChars, leaveOpen: true);
        var (part, line) = (new char[ReadChars], new StringBuilder());
        var (number, isBehindReturn, has) = (1, false, false);
        for (int count; (count = reader.Read(part)) > 0;)
        {
            for (var from = 0; from < count;)
            {
                if (isBehindReturn && part[from] == '\n')
                {
                    (from, isBehindReturn) = (from + 1, false);
                    continue;
                }

                isBehindReturn = false;
                var length = part.AsSpan(from, count - from).IndexOfAny('\r', '\n');
                var until = length < 0 ? count : from + length;
                line.Append(part, from, Math.Min(until - from, LongestLine + 1 - line.Length));
                has = true;
                if (length >= 0)
                {
                    yield return (number++, line.ToString());
                    line.Clear();
                    (has, isBehindReturn) = (false, part[until] == '\r');
                }

                from = until + 1;
            }
        }

        if (has)
        {
            yield return (number, line.ToString());
        }
    }

    private static (int Number, string Line) FirstLine(
        IEnumerator<(int Number, string Line)> lines, List<string> comments)
    {
        while (lines.MoveNext())
        {
            var (number, line) = lines.Current;
            var trimmed = line.Trim().Trim(Invisible);
            if (trimmed.Length == 0)
            {
                continue;
            }

            if (!IsComment(trimmed))
            {
                return (number, trimmed);
            }

            if (comments.Count < 200)
            {
                comments.Add(trimmed);
            }
        }

        return (0, "");
    }

    private static void Each(
        int number, string line, IEnumerator<(int Number, string Line)> lines, FeedParseContext intake,
        Action<string, string, FeedParseContext> take)
    {
        for (var more = true; more; more = lines.MoveNext(), (number, line) = more ? lines.Current : default)
        {
            var trimmed = line.Trim().Trim(Invisible);
            if (trimmed.Length == 0 || IsComment(trimmed))
            {
                continue;
            }

            if (trimmed.Length > LongestLine)
            {
                intake.Refuse($"line {number}", "longer than 65,536 characters");
                continue;
            }

            take(trimmed, $"line {number}", intake);
        }
    }

    private static void TakePlain(string line, string place, FeedParseContext intake)
    {
        if (IsException(line))
        {
            intake.Refuse(place, $"'{ColumnMap.Short(line)}' is an exception of its set (nomatch), and not listed");
            return;
        }

        var text = Bare(WithoutComment(line));
        if (SeveralIn(text) is { } several)
        {
            foreach (var one in several)
            {
                intake.Add(IndicatorText.Parse(one), place, new FeedEntryAttributes());
            }

            return;
        }

        if (AddressRange.TryParse(text, out var range))
        {
            intake.AddRange(in range, place, new FeedEntryAttributes());
            return;
        }

        var indicator = IndicatorText.Parse(text);
        if (indicator.Kind == IndicatorKind.Unreadable)
        {
            intake.Refuse(place, $"'{ColumnMap.Short(text)}' is {indicator.Reason}");
        }
        else if (indicator.Kind == IndicatorKind.Domain && !intake.Options.Domains)
        {
            intake.Refuse(
                place,
                $"'{ColumnMap.Short(text)}' is a name and flows carry none; list its address, or say domains=yes");
        }
        else if (indicator.Kind == IndicatorKind.Url)
        {
            intake.Refuse(place, $"'{ColumnMap.Short(text)}' is a URL; list its address and port");
        }
        else
        {
            intake.Add(indicator, place, new FeedEntryAttributes());
        }
    }

    /// <summary>What a set of ipset leaves out of a network that it has (ipset(8), nomatch).</summary>
    private static bool IsException(string line) =>
        line.StartsWith("add ", StringComparison.Ordinal)
        && line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(3).TakeWhile(word => word != "comment")
            .Contains("nomatch", StringComparer.Ordinal);

    /// <summary>Addresses or networks with commas between; null where it is anything else.</summary>
    private static string[]? SeveralIn(string text) =>
        text.Contains(',', StringComparison.Ordinal)
        && text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is var all
        && all.All(one => IndicatorText.Parse(one).Kind == IndicatorKind.Network) ? all : null;

    private static void TakeCounted(string line, string place, FeedParseContext intake)
    {
        var text = WithoutComment(line);
        var tab = text.IndexOf('\t', StringComparison.Ordinal);
        if (tab < 0 || !long.TryParse(
            text.AsSpan(tab + 1).Trim(), System.Globalization.NumberStyles.None,
            System.Globalization.CultureInfo.InvariantCulture, out var hits))
        {
            intake.Refuse(place, $"'{ColumnMap.Short(text)}' is not an address and a count behind a tab");
        }
        else if (!intake.HasTooFewHits(hits))
        {
            TakePlain(text[..tab], place, intake);
        }
    }

    private static void ReadColumns(
        (ColumnMap Map, char Separator) columns, int number, string line, IEnumerator<(int Number, string Line)> lines,
        FeedParseContext intake)
    {
        using var rows = CsvList.Rows(number, line, lines, columns.Separator).GetEnumerator();
        Each(0, "", rows, intake, (row, place, to) =>
            columns.Map.AddRow(CsvList.Split(row, columns.Separator), place, to));
    }

    /// <summary>The columns of a list that has some. A header may be the first line or the last comment that
    /// names an address.</summary>
    private static (ColumnMap, char)? Columns(
        string line, List<string> comments, FeedParseContext intake, out bool isHeader)
    {
        isHeader = false;
        var separator = CsvList.SeparatorOf(
            WithoutComment(line) is { Length: > 0 } bare && CsvList.SeparatorOf(bare) != '\0' ? bare : "");
        if (separator == '\0' && intake.Options.Columns.Count == 0)
        {
            separator = CsvList.Header(line, ';') is not null ? ';' : '\0';
        }

        if (separator == '\0')
        {
            return null;
        }

        var first = CsvList.Split(line, separator);
        var named = CsvList.Header(line, separator);
        var isNamed = named is not null
            && !first.Exists(field => IndicatorText.Parse(field).Kind != IndicatorKind.Unreadable);
        var behind = isNamed ? -1 : comments.FindLastIndex(comment =>
            CsvList.Header(comment, separator) is not null && CsvList.Split(comment, separator).Count == first.Count);
        var header = behind >= 0 ? CsvList.Split(comments[behind].TrimStart('#', ' ', ';', '/'), separator) : first;
        var mapped = CsvList.Mapped(intake.Options.Columns, header, out var missing);
        if (missing.Length > 0)
        {
            throw new FeedException($"watchlist '{intake.Options.Path}' has no column '{missing}'; its first row has "
                + $"{string.Join(" | ", header)}.", FeedException.BadArgument);
        }

        isHeader = isNamed || (mapped is not null && behind < 0
            && IndicatorText.Parse(mapped.Value(first, FeedField.Address) ?? "").Kind == IndicatorKind.Unreadable);
        var map = mapped ?? (isNamed
            ? named : behind >= 0 ? CsvList.Header(comments[behind], separator) : CsvList.FromFirstRow(first));
        return map is null ? null : (map, separator);
    }

    private static bool IsComment(string trimmed) =>
        trimmed[0] is '#' or ';' || trimmed.StartsWith("//", StringComparison.Ordinal);

    /// <summary>A trailing comment begins with '#', ';' or '//' behind white space.</summary>
    private static string WithoutComment(string line)
    {
        for (var i = 1; i < line.Length; i++)
        {
            if (char.IsWhiteSpace(line[i - 1])
                && (line[i] is '#' or ';' || (line[i] == '/' && i + 1 < line.Length && line[i + 1] == '/')))
            {
                return line[..i].TrimEnd();
            }
        }

        return line;
    }

    /// <summary>What of a line names the address, in forms that others' programs write: "add SET ADDRESS" (ipset),
    /// "LABEL: FIRST-LAST" (P2P), "ADDRESS PORT", "0.0.0.0 NAME" (hosts), and a comment right behind the
    /// address.</summary>
    private static string Bare(string line)
    {
        var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words is ["add", _, var listed, ..])
        {
            return listed;
        }

        if (words is ["0.0.0.0" or "127.0.0.1" or "::1" or "::", var host]
            && IndicatorText.Parse(host).Kind == IndicatorKind.Domain)
        {
            return host;
        }

        if (words is [var address, var port] && IndicatorText.TryPort(port, out _)
            && IpKey.TryParse(address, out _))
        {
            return address.Contains(':', StringComparison.Ordinal) ? $"[{address}]:{port}" : $"{address}:{port}";
        }

        var label = line.LastIndexOf(':');
        if (label > 0 && line.IndexOf('-', label) > 0 && AddressRange.TryParse(line[(label + 1)..], out _))
        {
            return line[(label + 1)..];
        }

        var mark = line.AsSpan().IndexOfAny('#', ';');
        return mark > 0 && IndicatorText.Parse(line.AsSpan(0, mark)).Kind == IndicatorKind.Network ? line[..mark] : line;
    }

    private static bool IsCounted(string line)
    {
        var fields = line.Split('\t');
        return fields.Length == 2 && int.TryParse(
            fields[1], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture,
            out var hits) && hits <= MostHits && IndicatorText.Parse(fields[0]).Kind == IndicatorKind.Network;
    }

    private static string FormatOfPlain(List<string> comments) =>
        comments.Exists(c =>
            c.Contains("ipset", StringComparison.OrdinalIgnoreCase) || c.Contains("hash:net", StringComparison.Ordinal))
            ? "ipset"
        : comments.Exists(c => c.Contains("Spamhaus", StringComparison.OrdinalIgnoreCase)) ? "drop-text"
        : "plain";
}
