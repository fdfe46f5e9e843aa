// SPDX-License-Identifier: Apache-2.0
//
// What was really done about a case, as a value: words are made where a customer reads them, in the customer's
// language. The text form is for the desk's journal and its people.
using System.Globalization;

namespace Weir.Contracts.Notices;

/// <summary>What can have been done.</summary>
public enum ActionKind : byte
{
    /// <summary>An endpoint is closed for this line alone.</summary>
    ClosedForLine = 1,

    /// <summary>An endpoint is closed for everybody.</summary>
    ClosedForAll,

    /// <summary>A name does not resolve.</summary>
    NameClosed,

    /// <summary>The line is in the leaky garden.</summary>
    LeakyGarden,

    /// <summary>The line is in the strict garden.</summary>
    StrictGarden,

    /// <summary>A restriction of the line ended.</summary>
    Released,
}

/// <summary>One thing that was done, as it really stands. Never holds an address of the line.</summary>
/// <param name="Kind">What.</param>
/// <param name="What">The endpoint, <c>203.0.113.9:443/tcp</c>, or the name; empty for gardens and releases.</param>
/// <param name="At">When it ends (closed) or began (the others), UTC.</param>
public sealed record ActionTaken(ActionKind Kind, string What, DateTimeOffset At)
{
    /// <summary>Most characters of <see cref="What"/>: a name of RFC 1035 section 2.3.4, or an endpoint.</summary>
    public const int MaxWhat = 255;

    private const string Format = "yyyy-MM-ddTHH:mm:ssZ";
    private const string Nothing = "-";

    private static readonly (ActionKind Kind, string Word)[] Words =
    [
        (ActionKind.ClosedForLine, "closed-for-line"), (ActionKind.ClosedForAll, "closed-for-all"),
        (ActionKind.NameClosed, "name-closed"), (ActionKind.LeakyGarden, "leaky-garden"),
        (ActionKind.StrictGarden, "strict-garden"), (ActionKind.Released, "released"),
    ];

    /// <summary>Whether it ends by itself at <see cref="At"/>.</summary>
    public bool Ends => Kind is ActionKind.ClosedForLine or ActionKind.ClosedForAll or ActionKind.NameClosed;

    /// <summary>The word of a kind.</summary>
    public static string ToName(ActionKind kind) => Array.Find(Words, one => one.Kind == kind).Word
        ?? throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of action.");

    /// <summary>Reads the word of a kind.</summary>
    public static bool TryParse(string word, out ActionKind kind)
    {
        kind = Array.Find(Words, one => one.Word == word).Kind;
        return kind != 0;
    }

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static bool TryParse(string text, out ActionTaken action)
    {
        action = null!;
        if (text.Split(' ') is not [var word, var what, var time] || !TryParse(word, out ActionKind kind)
            || what.Length is 0 or > MaxWhat || what.Any(char.IsControl)
            || !DateTimeOffset.TryParseExact(
                time, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
        {
            return false;
        }

        action = new(kind, what == Nothing ? "" : what, at);
        return action.What.Length > 0 == action.Ends;
    }

    /// <summary>One line: <c>closed-for-line 203.0.113.9:443/tcp 2026-01-08T00:00:00Z</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{ToName(Kind)} {(What.Length > 0 ? What : Nothing)} {At.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture)}");
}
