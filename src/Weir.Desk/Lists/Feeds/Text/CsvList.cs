// SPDX-License-Identifier: Apache-2.0
//
// Lists in columns: abuse.ch (a header behind '#' or not, quotes or not), ThreatFox, C2 intelligence lists ("#ip,ioc"),
// TweetFeed (no header), anything whose header names an address column, and what the operator maps by hand.
// RFC 4180 quoting; a quoted field may span lines, where what it makes of them is a row.
using System.Globalization;
using Weir.Hosting.Files;

namespace Weir.Desk.Lists.Feeds.Text;

internal static class CsvList
{
    /// <summary>Separator of a line, or '\0' where it has only one field.</summary>
    public static char SeparatorOf(string line) =>
        line.Contains(" | ", StringComparison.Ordinal) ? '|'
        : line.Contains(',', StringComparison.Ordinal) ? ','
        : line.Contains('\t', StringComparison.Ordinal) ? '\t'
        : line.Contains('|', StringComparison.Ordinal) ? '|'
        : line.Contains(';', StringComparison.Ordinal) ? ';'
        : '\0';

    /// <summary>Most lines that one row spans.</summary>
    private const int MostLines = 100;

    private enum Quotes
    {
        Closed,
        Open,

        /// <summary>One is closed inside its field: no quoting of fields.</summary>
        Stray,
    }

    /// <summary>Rows: a line, or several where a quote spans them. Where that would be no row, each line is
    /// one.</summary>
    public static IEnumerable<(int Number, string Line)> Rows(
        int number, string line, IEnumerator<(int Number, string Line)> lines, char separator)
    {
        for (var more = true; more; more = lines.MoveNext(), (number, line) = more ? lines.Current : default)
        {
            if (QuotesOf(line, separator) != Quotes.Open)
            {
                yield return (number, line);
                continue;
            }

            List<(int Number, string Line)> spanned = [(number, line)];
            var row = line;
            while (spanned.Count < MostLines && row.Length < TextList.LongestLine
                && QuotesOf(row, separator) == Quotes.Open && lines.MoveNext())
            {
                spanned.Add(lines.Current);
                row = $"{row}\n{lines.Current.Line}";
            }

            if (QuotesOf(row, separator) == Quotes.Closed)
            {
                spanned = [(number, row)];
            }

            foreach (var one in spanned)
            {
                yield return one;
            }
        }
    }

    private static Quotes QuotesOf(string line, char separator)
    {
        if (!line.Contains('"', StringComparison.Ordinal))
        {
            return Quotes.Closed;
        }

        var (isBlank, isQuoted) = (true, false);
        for (var i = 0; i < line.Length; i++)
        {
            if (isQuoted && line[i] == '"')
            {
                if (i + 1 < line.Length && line[i + 1] == '"')
                {
                    i++;
                    continue;
                }

                isQuoted = false;
                if (line.AsSpan(i + 1).TrimStart(' ') is [var next, ..] && next != separator)
                {
                    return Quotes.Stray;
                }
            }
            else if (!isQuoted)
            {
                (isQuoted, isBlank) = line[i] == '"' && isBlank ? (true, false)
                    : (false, line[i] == separator || (isBlank && char.IsWhiteSpace(line[i])));
            }
        }

        return isQuoted ? Quotes.Open : Quotes.Closed;
    }

    /// <summary>The fields of a line; a quote that is not closed takes the rest of it.</summary>
    public static List<string> Split(string line, char separator) => CsvLine.Split(line, separator, out _);

    /// <summary>Columns by a header, which may stand behind '#': null where the line is none.</summary>
    public static ColumnMap? Header(string line, char separator) =>
        separator == '\0' ? null : ColumnMap.FromHeader(Split(line.TrimStart('#', ' ', '\t', ';', '/'), separator));

    /// <summary>Columns by the operator's mapping; null where it is empty or names a column
    /// that is not there.</summary>
    public static ColumnMap? Mapped(
        IReadOnlyDictionary<string, string> mapping, List<string> header, out string missing)
    {
        missing = "";
        if (mapping.Count == 0)
        {
            return null;
        }

        var map = new ColumnMap();
        foreach (var (field, column) in mapping)
        {
            var at = int.TryParse(column, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number - 1
                : header.FindIndex(name => string.Equals(name, column, StringComparison.OrdinalIgnoreCase));
            if (at < 0 || at >= header.Count)
            {
                missing = column;
                return null;
            }

            map.Put(Enum.Parse<FeedField>(field, ignoreCase: true), at);
        }

        return map;
    }

    /// <summary>Columns of a list without a header, judged by its first row; null where no
    /// field is an indicator.</summary>
    public static ColumnMap? FromFirstRow(List<string> row)
    {
        var map = new ColumnMap();
        if (row.Count == 6 && row[2] is "ip" or "domain" or "url" or "md5" or "sha256")
        {
            map.Put(FeedField.First, 0);
            map.Put(FeedField.Type, 2);
            map.Put(FeedField.Address, 3);
            map.Put(FeedField.Family, 4);
            return map;
        }

        var address = row.FindIndex(field => IndicatorText.Parse(field).Kind == IndicatorKind.Network);
        if (address < 0)
        {
            return null;
        }

        if (row.Count > 1 && row.TrueForAll(field => IndicatorText.Parse(field).Kind == IndicatorKind.Network)
            && (row.Count > 2 || !AddressRange.TryCreate(row[0], row[1], out _)))
        {
            return null; // no columns: one entry behind the other
        }

        map.Put(FeedField.Address, address);
        if (address + 1 < row.Count && AddressRange.TryCreate(row[address], row[address + 1], out _))
        {
            // Two addresses in order are the ends of a range; what follows may be its length.
            map.Put(FeedField.End, address + 1);
            if (address + 2 < row.Count && row[address + 2].Length is 1 or 2
                && row[address + 2].All(char.IsAsciiDigit))
            {
                map.Put(FeedField.Length, address + 2);
            }

            return map.Guessed();
        }

        if (address + 1 < row.Count && IndicatorText.TryPort(row[address + 1], out _))
        {
            map.Put(FeedField.Port, address + 1);
        }

        if (address > 0 && FeedEntryAttributes.Time(row[0]) > 0)
        {
            map.Put(FeedField.First, 0);
        }

        return map;
    }
}
