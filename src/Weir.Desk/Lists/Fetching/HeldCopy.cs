// SPDX-License-Identifier: Apache-2.0
//
// A new copy of a list that differs too much from the one in force is held: who answers for a list's host, or one wrong
// edit, decides who is called infected. Two people in different roles put it in force, or one drops it; until then the
// copy of before stays. What is known of it stands beside the list, with .held behind its name.
using System.Globalization;
using System.Text.Json;
using Weir.Contracts.Policy;
using Weir.Hosting.Files;

namespace Weir.Desk.Lists.Fetching;

/// <summary>A copy that waits for people.</summary>
internal sealed record HeldCopy
{
    /// <summary>Lists with fewer entries may do as they like.</summary>
    public const int Fewest = 20;

    private const double MostLost = 0.5;
    private const int MostGrown = 5;
    private const int AlwaysMayGrow = 1_000;

    /// <summary>What is put in force with it.</summary>
    public required FetchedCopy Copy { get; init; }

    /// <summary>What is suspicious about it.</summary>
    public required string Reason { get; init; }

    public required int Entries { get; init; }

    /// <summary>Entries of the copy in force when it came.</summary>
    public required int Before { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Who asked for its release, and in which role; null where nobody did.</summary>
    public string? AskedBy { get; init; }

    public Role AskedRole { get; init; }

    /// <summary>Who dropped it; null where it waits. The same octets are not offered again.</summary>
    public string? DroppedBy { get; init; }

    /// <summary>One sentence.</summary>
    public string Text => DroppedBy is { } by
        ? $"the publisher's copy was dropped by {by}: {Reason}"
        : $"the publisher's copy is held for people: {Reason}; weir watchlist held shows it";

    /// <summary>Why a change is not taken without people; null where it is.</summary>
    /// <param name="before">Entries in force; 0 where that is not known.</param>
    /// <param name="after">Entries of the new copy.</param>
    public static string? Doubt(int before, int after) => before < Fewest ? null
        : after < before * MostLost ? string.Create(
            CultureInfo.InvariantCulture,
            $"it has {after} entries where {before} are in force: more than half are gone")
        : after > before + AlwaysMayGrow && after > (long)before * MostGrown ? string.Create(
            CultureInfo.InvariantCulture,
            $"it has {after} entries where {before} are in force: more than five times as many")
        : null;

    /// <summary>Null where none is held, or nobody can read what is known of it: then it is judged anew.</summary>
    public static HeldCopy? Read(ListSource source)
    {
        try
        {
            return File.Exists(PathOf(source))
                ? JsonSerializer.Deserialize<HeldCopy>(File.ReadAllText(PathOf(source))) is { } held
                    && held.Copy.Url == source.Url.AbsoluteUri ? held : null
                : null;
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Holds a copy in place of the one that was held before.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Hold(ListSource source, byte[] octets)
    {
        AtomicFile.Write(OctetsOf(source), octets);
        Write(source);
    }

    /// <summary>Somebody asks for its release.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Ask(ListSource source, Actor actor) =>
        (this with { AskedBy = actor.Name, AskedRole = actor.Role }).Write(source);

    /// <summary>Puts it in force.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Release(ListSource source, DateTimeOffset now)
    {
        (Copy with { CheckedAt = now }).Put(source, File.ReadAllBytes(OctetsOf(source)));
        Forget(source);
    }

    /// <summary>Throws its octets away and remembers which they were.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Drop(ListSource source, Actor actor)
    {
        (this with { DroppedBy = actor.Name }).Write(source);
        File.Delete(OctetsOf(source));
    }

    /// <summary>The publisher has something else by now.</summary>
    public static void Forget(ListSource source)
    {
        File.Delete(PathOf(source));
        File.Delete(OctetsOf(source));
    }

    private void Write(ListSource source) => AtomicFile.Write(PathOf(source), JsonSerializer.Serialize(this));

    private static string PathOf(ListSource source) => source.Path + ".held";

    private static string OctetsOf(ListSource source) => source.Path + ".held-copy";
}
