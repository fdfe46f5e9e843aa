// SPDX-License-Identifier: Apache-2.0
//
// Which edit of a list brought what a contact is about (rules.md R21). An edit is whatever one reading of a list found
// to be listed that no list named before; the first reading of a list is one too.
using Weir.Wire;
using Weir.Contracts.Flows;

namespace Weir.Desk.Cases.Braking;

/// <summary>One edit.</summary>
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

    /// <summary>In words.</summary>
    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{(IsFirst ? "the first load of" : "an update of")} {List} at {At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, {Entries} entries");
}

/// <summary>Knows edits.</summary>
public interface IListEdits
{
    /// <summary>The edit that first listed a far end as lists stand; <see cref="ListEdit.Confirmed"/> or
    /// <see cref="ListEdit.Unlisted"/> where there is none.</summary>
    int Of(in Endpoint endpoint);

    /// <summary>An edit by its number; null where nothing is left of it.</summary>
    ListEdit? Find(int number);
}

/// <summary>Where nobody keeps edits, nothing is new.</summary>
internal sealed class NoListEdits : IListEdits
{
    public static readonly NoListEdits Instance = new();

    public int Of(in Endpoint endpoint) => ListEdit.Confirmed;

    public ListEdit? Find(int number) => null;
}
