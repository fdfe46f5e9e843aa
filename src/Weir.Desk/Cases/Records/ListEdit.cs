// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Weir.Desk.Cases.Records;

/// <summary>An edit of a list: what one reading found to be listed that no list named before.</summary>
/// <param name="Number">Its number; later ones have higher ones.</param>
/// <param name="List">The list that brought it.</param>
/// <param name="At">When it was read.</param>
/// <param name="Entries">Entries it brought.</param>
/// <param name="IsFirst">It was the first reading of that list.</param>
public sealed record ListEdit(int Number, string List, DateTimeOffset At, int Entries, bool IsFirst)
{
    /// <summary>What two people confirmed themselves, and what nobody keeps edits of: never new.</summary>
    public const int Confirmed = 0;

    /// <summary>No list names it any more: older than every edit, and belongs to none.</summary>
    public const int Unlisted = 1;

    /// <summary>So long what an edit brought is bounded together.</summary>
    public static readonly TimeSpan Trial = TimeSpan.FromDays(30);

    /// <summary>As it is kept: number, milliseconds since the UNIX epoch, entries, 1 for a first reading and else 0,
    /// and the list, with blanks between.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Number} {At.ToUnixTimeMilliseconds()} {Entries} {(IsFirst ? 1 : 0)} {List}");

    /// <summary>Reads one as <see cref="ToString"/> writes it.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ListEdit? edit)
    {
        var by = CultureInfo.InvariantCulture;
        edit = text.Split(' ', 5) is [var number, var at, var entries, var first and ("0" or "1"), var list]
            && int.TryParse(number, NumberStyles.None, by, out var parsed)
            && long.TryParse(at, NumberStyles.None, by, out var milliseconds)
            && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            && int.TryParse(entries, NumberStyles.None, by, out var count)
                ? new(parsed, list, DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), count, first == "1")
                : null;
        return edit is not null;
    }
}
