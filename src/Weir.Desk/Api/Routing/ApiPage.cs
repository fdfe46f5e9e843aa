// SPDX-License-Identifier: Apache-2.0
//
// Lists come in pages. A page ends at a row and the next begins behind that row's place in the order, so that rows that
// come or go between two requests neither hide others nor show them twice.
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Weir.Desk.Records;

namespace Weir.Desk.Api.Routing;

/// <summary>Rows of a list.</summary>
/// <param name="Items">In the order of the list.</param>
/// <param name="Next">What to send as <c>after</c> for the rows behind; null where these are the last.</param>
internal sealed record ApiPage<TRow>(IReadOnlyList<TRow> Items, string? Next);

/// <summary>A row's place in its list: by time, and within a moment by name.</summary>
/// <param name="Ticks">Of the time, UTC.</param>
/// <param name="Name">Unique among the rows of a moment.</param>
internal readonly record struct PageCursor(long Ticks, string Name)
{
    private const char Between = '~';

    public static PageCursor At(DateTimeOffset time, string name) => new(KeptTime.TicksOf(time), name);

    /// <summary>Behind which row a call wants the list to go on; null from its begin.</summary>
    /// <exception cref="ApiRefusalException">It is no place in a list.</exception>
    public static PageCursor? Read(ApiCall call) => call.Query("after") is not { } text ? null
        : TryParse(text, out var place) ? place
        : throw Wrong(call);

    /// <summary>What a call wants to go on behind is no place in its list.</summary>
    public static ApiRefusalException Wrong(ApiCall call) => ApiRefusalException.BadRequest(
        $"after '{call.Query("after")}' is no place in this list; send the next of the page before, or begin without it");

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static bool TryParse(string text, out PageCursor place)
    {
        place = default;
        var octets = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (!Base64Url.IsValid(text, out _) || !Base64Url.TryDecodeFromChars(text, octets, out var length))
        {
            return false;
        }

        var read = Encoding.UTF8.GetString(octets, 0, length);
        var at = read.IndexOf(Between, StringComparison.Ordinal);
        if (at <= 0
            || !long.TryParse(read.AsSpan(0, at), NumberStyles.None, CultureInfo.InvariantCulture, out var ticks))
        {
            return false;
        }

        place = new(ticks, read[(at + 1)..]);
        return true;
    }

    /// <summary>One word that nobody has to take apart.</summary>
    public override string ToString() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{Ticks}{Between}{Name}")));
}

/// <summary>Cuts lists into pages.</summary>
internal static class ApiPages
{
    /// <summary>The page that a call asks for.</summary>
    /// <param name="call">Its query says how many rows, and behind which.</param>
    /// <param name="rows">All rows, in no order.</param>
    /// <param name="place">Where a row stands.</param>
    /// <param name="newestFirst">Else oldest first; within a moment by name either way.</param>
    /// <param name="show">A row as it is answered.</param>
    /// <exception cref="ApiRefusalException">The query cannot be read.</exception>
    public static ApiPage<TRow> Cut<T, TRow>(
        ApiCall call, IEnumerable<T> rows, Func<T, PageCursor> place, bool newestFirst, Func<T, TRow> show)
    {
        var after = PageCursor.Read(call);
        var order = Comparer<PageCursor>.Create((one, other) =>
            one.Ticks != other.Ticks
                ? newestFirst ? other.Ticks.CompareTo(one.Ticks) : one.Ticks.CompareTo(other.Ticks)
                : string.CompareOrdinal(one.Name, other.Name));
        // A page and one row more: what is behind them need not be put in order.
        var first = rows.Select(row => (Place: place(row), Row: row))
            .Where(row => after is not { } last || order.Compare(row.Place, last) > 0)
            .OrderBy(row => row.Place, order).Take(call.Limit + 1).ToList();
        var page = first.Take(call.Limit).ToList();
        return new(
            [.. page.Select(row => show(row.Row))], page.Count < first.Count ? page[^1].Place.ToString() : null);
    }
}
