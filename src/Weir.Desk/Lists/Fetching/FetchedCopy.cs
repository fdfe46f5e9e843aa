// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.Desk.Lists.Feeds.Reading;
using Weir.Hosting.Files;

namespace Weir.Desk.Lists.Fetching;

/// <summary>What is known of the copy in place; it stands beside it, with <c>.fetch</c> behind its name.</summary>
internal sealed record FetchedCopy
{
    public required string Url { get; init; }

    /// <summary>Of the publisher; null where it gave none.</summary>
    public string? Tag { get; init; }

    public DateTimeOffset? Modified { get; init; }

    /// <summary>SHA-256 of the copy, hexadecimal.</summary>
    public string Digest { get; init; } = "";

    /// <summary>What its owner published beside it; null where it has no owner.</summary>
    public string? Signature { get; init; }

    /// <summary>Entries of the copy; 0 where an older Weir did not count them.</summary>
    public int Entries { get; init; }

    /// <summary>When the publisher last said that this is what it has.</summary>
    public DateTimeOffset CheckedAt { get; init; }

    /// <summary>TAXII: what was added up to then is in the copy, as the server writes it; null where it does not say.
    /// </summary>
    public string? AddedUpTo { get; init; }

    /// <summary>TAXII: when all of the collection was last taken.</summary>
    public DateTimeOffset? WholeAt { get; init; }

    /// <summary>Null where there is no copy, or it is of another URL, or nobody can read what is known: then all of it
    /// is fetched.</summary>
    public static FetchedCopy? Read(ListSource source)
    {
        if (!File.Exists(source.Path) || !File.Exists(PathOf(source)))
        {
            return null;
        }

        try
        {
            var state = JsonSerializer.Deserialize<FetchedCopy>(File.ReadAllText(PathOf(source)));
            return state?.Url == source.Url.AbsoluteUri ? state : null;
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Puts a copy in place of the one before. After a kill in between it is fetched anew, and what its owner
    /// signed before is in force until then.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Put(ListSource source, byte[] octets)
    {
        if (Signature is not null)
        {
            AtomicFile.Write(SignedList.SignatureOf(source.Path), Signature);
        }

        AtomicFile.Write(source.Path, octets);
        Write(source, this);
    }

    /// <exception cref="IOException">The disk refuses.</exception>
    public static void Write(ListSource source, FetchedCopy copy) =>
        AtomicFile.Write(PathOf(source), JsonSerializer.Serialize(copy));

    private static string PathOf(ListSource source) => source.Path + ".fetch";
}
