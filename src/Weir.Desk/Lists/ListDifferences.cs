// SPDX-License-Identifier: Apache-2.0
//
// What each load of a list changed, entry by entry, in a file of its own that who audits can open: the chain holds its
// digest. Compared is with what the chain had of the list before, over starts too: a file for each list says what that
// was, and is written once the chain has the next.
using System.Security.Cryptography;
using System.Text;
using Weir.Contracts.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Hosting.Files;
using Weir.Hosting.Posix;

namespace Weir.Desk.Lists;

/// <summary>What a load of a list changed.</summary>
/// <param name="Added">Entries that it has and the one before had not.</param>
/// <param name="Removed">Entries that the one before had.</param>
/// <param name="Digest">SHA-256 of the file that names them, hexadecimal; empty where there are none.</param>
internal sealed record ListDifference(int Added, int Removed, string Digest)
{
    /// <summary>Whose load it is, and what the next is compared with.</summary>
    internal required (string List, string Digest, string[] Entries) After { get; init; }
}

/// <summary>Keeps differences: 400 days, and no more than 256 MiB. For one thread at a time.</summary>
/// <param name="folder">Where; of the desk's own.</param>
/// <param name="time">Our clock.</param>
internal sealed class ListDifferences(string folder, TimeProvider time)
{
    /// <summary>So long is a difference kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(400);

    /// <summary>Octets of all of them; beyond, the oldest go.</summary>
    public const long MostOctets = 256L << 20;

    private const string Head = "weir-list-difference/1";

    /// <summary>Compares a load with what the chain had of the list before, and keeps the difference, durable.</summary>
    /// <exception cref="IOException">The disk refuses; so may <see cref="UnauthorizedAccessException"/> say.</exception>
    public ListDifference Take(string list, ListCopy copy)
    {
        string[] now = [.. LinesOf(copy.Feed)];
        var (digest, before) = Before(list);
        var (lines, added, removed) = (new StringBuilder(), 0, 0);
        for (int i = 0, j = 0; i < before.Length || j < now.Length;)
        {
            var order = i == before.Length ? 1 : j == now.Length ? -1 : string.CompareOrdinal(before[i], now[j]);
            _ = order == 0 ? lines
                : lines.Append(order < 0 ? "- " : "+ ").Append(order < 0 ? before[i] : now[j]).Append('\n');
            (removed, added) = (removed + (order < 0 ? 1 : 0), added + (order > 0 ? 1 : 0));
            (i, j) = (i + (order <= 0 ? 1 : 0), j + (order >= 0 ? 1 : 0));
        }

        var after = (list, copy.Digest, now);
        return added + removed == 0 ? new(0, 0, "") { After = after } : new(added, removed, Keep(
            $"{Head}\nlist: {OneLine(list)}\nfrom: {(digest.Length == 0 ? "nothing" : digest)}\nto: {copy.Digest}\n{lines}"))
        {
            After = after,
        };
    }

    /// <summary>The chain has it: the next is compared with this one.</summary>
    /// <exception cref="IOException">The disk refuses; so may <see cref="UnauthorizedAccessException"/> say.</exception>
    public void Follow(ListDifference taken)
    {
        var (list, digest, entries) = taken.After;
        AtomicFile.Write(StateOf(list), string.Concat(entries.Prepend(digest).Select(line => line + '\n')));
    }

    /// <summary>A difference as it is kept; null where it is kept no longer, or never was.</summary>
    /// <param name="digest">By which the chain names it.</param>
    /// <exception cref="IOException">The disk refuses; so may <see cref="UnauthorizedAccessException"/> say.</exception>
    public string? Find(string digest) =>
        digest.Length == 2 * SHA256.HashSizeInBytes && digest.All(char.IsAsciiHexDigitLower)
        && File.Exists(PathOf(digest)) ? File.ReadAllText(PathOf(digest)) : null;

    /// <summary>SHA-256 of a difference, hexadecimal.</summary>
    public static string DigestOf(string text) => ListDigest.Of(Encoding.UTF8.GetBytes(text));

    private string Keep(string text)
    {
        var digest = DigestOf(text);
        AtomicFile.Write(PathOf(digest), text);
        File.SetLastWriteTimeUtc(PathOf(digest), time.GetUtcNow().UtcDateTime);
        FolderSync.Flush(folder);
        Prune(digest);
        return digest;
    }

    private void Prune(string latest)
    {
        var (octets, since) = (0L, (time.GetUtcNow() - Kept).UtcDateTime);
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*.txt")
            .OrderByDescending(file => file.LastWriteTimeUtc).Where(file => file.Name != latest + ".txt"))
        {
            octets += file.Length;
            if (file.LastWriteTimeUtc < since || octets > MostOctets)
            {
                file.Delete();
            }
        }
    }

    private (string Digest, string[] Entries) Before(string list) => File.Exists(StateOf(list))
        && File.ReadAllLines(StateOf(list)) is [var digest, .. var entries] ? (digest, entries) : ("", []);

    private string PathOf(string digest) => Path.Combine(folder, digest + ".txt");

    private string StateOf(string list) => Path.Combine(folder, DigestOf(list) + ".entries");

    /// <summary>What it names and as what, each once, in ordinal order; how long it holds is not said.</summary>
    private static IEnumerable<string> LinesOf(Feed feed) =>
        feed.Entries.Select(entry => $"{entry} {WordOf(entry.Role)}")
            .Concat(feed.Domains.Select(one => $"{(one.Below ? "*." : "")}{one.Name} {WordOf(one.Tag.Role)}"))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    private static string WordOf(ListRole role) => role.ToString().ToLowerInvariant();

    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
