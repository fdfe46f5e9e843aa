// SPDX-License-Identifier: Apache-2.0
//
// Fetches published lists. The copy in place is replaced only by one that came whole, within its bounds, with the right
// digest where one is published, and that can be read as a list; until then the last good one stays. A fetch asks for
// what is newer than the copy.
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Reading;

namespace Weir.Desk.Lists.Fetching;

/// <summary>Fetches one list at a time; for any thread.</summary>
public sealed class ListFetcher(TimeProvider time)
{
    private const int MaxChecksumOctets = 4_096;

    /// <summary>Fetches a list where the publisher has a newer one. Never throws for what the other side
    /// does.</summary>
    public Task<FetchResult> FetchAsync(ListSource source, CancellationToken cancel)
    {
        var fresh = source.Path + ".new";
        return FetchAttempt.RunAsync(
            source, fresh, time, bound => FetchAsync(source, fresh, bound),
            (why, after) => Failed(source, why) with { RetryAfter = after }, cancel);
    }

    private async Task<FetchResult> FetchAsync(ListSource source, string fresh, CancellationToken cancel)
    {
        using var client = new FeedClient(source);
        var now = time.GetUtcNow();
        var known = FetchedCopy.Read(source);
        var next = await DownloadAsync(client, source, known, fresh, now, cancel);
        if (next is null)
        {
            FetchedCopy.Write(source, known! with { CheckedAt = now });
            HeldCopy.Forget(source);
            return new FetchResult(FetchOutcome.Unchanged, 0, 0, "");
        }

        var digest = ListDigest.Of(fresh);
        if (source.Checksum is { } where)
        {
            await CheckAsync(client, where, digest, cancel);
        }

        next = next with { Digest = digest, CheckedAt = now };
        if (digest == known?.Digest)
        {
            FetchedCopy.Write(source, next with { Entries = known.Entries });
            HeldCopy.Forget(source);
            return new FetchResult(FetchOutcome.Unchanged, 0, 0, "");
        }

        if (HeldCopy.Read(source) is { } waiting && waiting.Copy.Digest == digest)
        {
            return Held(source, waiting);
        }

        var feed = FeedReader.Read(fresh, new FeedOptions { Path = fresh, Name = source.Name }, time);
        var entries = feed.Entries.Count + feed.Domains.Count;
        if (entries == 0 && known is not null)
        {
            throw new FeedRefusedException("the new copy holds no entry, which a list that had some does not become");
        }

        return Place(source, fresh, known, next with { Entries = entries }) with { Octets = client.Octets };
    }

    /// <summary>Puts a new copy in place, or holds it for people.</summary>
    private static FetchResult Place(ListSource source, string fresh, FetchedCopy? known, FetchedCopy next)
    {
        if (HeldCopy.Doubt(known?.Entries ?? 0, next.Entries) is { } doubt)
        {
            var held = new HeldCopy
            {
                Copy = next, Reason = doubt, Entries = next.Entries, Before = known!.Entries, At = next.CheckedAt,
            };
            held.Hold(source, fresh);
            return Held(source, held);
        }

        HeldCopy.Forget(source);
        File.Move(fresh, source.Path, overwrite: true);
        FetchedCopy.Write(source, next);
        return new FetchResult(FetchOutcome.Replaced, 0, next.Entries, "");
    }

    /// <summary>Takes what a publisher has into a file.</summary>
    /// <param name="client">Asks it.</param>
    /// <param name="source">Whom.</param>
    /// <param name="known">What is there already; null asks for all.</param>
    /// <param name="fresh">The file.</param>
    /// <param name="now">By our clock.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>Null where the publisher has nothing newer.</returns>
    internal static async Task<FetchedCopy?> DownloadAsync(
        FeedClient client, ListSource source, FetchedCopy? known, string fresh, DateTimeOffset now,
        CancellationToken cancel) => source.Kind switch
    {
        FeedKind.Taxii => await TaxiiCollection.DownloadAsync(client, source, known, fresh, now, cancel),
        FeedKind.Misp => await MispAttributes.DownloadAsync(client, source, fresh, cancel),
        _ => await DownloadFileAsync(client, source, known, fresh, cancel),
    };

    private static async Task<FetchedCopy?> DownloadFileAsync(
        FeedClient client, ListSource source, FetchedCopy? known, string fresh, CancellationToken cancel)
    {
        using var response = await client.SendAsync(source.Url, request => AskForNewer(request, known), cancel);
        if (response.StatusCode == HttpStatusCode.NotModified)
        {
            return known is not null ? null : throw new FeedRefusedException(
                "the publisher answers 304 though it was asked for all");
        }

        await using (var to = new FileStream(fresh, FileMode.Create, FileAccess.Write))
        {
            await client.CopyAsync(response.Content, to, cancel);
            to.Flush(flushToDisk: true);
        }

        return new FetchedCopy
        {
            Url = source.Url.AbsoluteUri, Tag = response.Headers.ETag?.ToString(),
            Modified = response.Content.Headers.LastModified,
        };
    }

    private static void AskForNewer(HttpRequestMessage request, FetchedCopy? known)
    {
        if (known?.Tag is { } tag && EntityTagHeaderValue.TryParse(tag, out var parsed))
        {
            request.Headers.IfNoneMatch.Add(parsed);
        }

        request.Headers.IfModifiedSince = known?.Modified;
    }

    /// <exception cref="FeedRefusedException">The digest that is published is another.</exception>
    internal static async Task CheckAsync(FeedClient client, Uri where, string digest, CancellationToken cancel)
    {
        using var response = await client.SendAsync(where, _ => { }, cancel);
        var octets = new byte[MaxChecksumOctets];
        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        var read = await stream.ReadAtLeastAsync(octets, octets.Length, throwOnEndOfStream: false, cancel);
        var words = Encoding.ASCII.GetString(octets, 0, read)
            .Split((char[])[' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || !words[0].Equals(digest, StringComparison.OrdinalIgnoreCase))
        {
            throw new FeedRefusedException($"its digest is not the one that {where} names");
        }
    }

    private static FetchResult Held(ListSource source, HeldCopy held) =>
        new(FetchOutcome.Held, 0, held.Entries, $"list {source.Name}: {held.Text}");

    private static FetchResult Failed(ListSource source, string why) => new(
        FetchOutcome.Failed, 0, 0, $"list {source.Name} could not be fetched from {source.Url.Host}: {why}"
            + (File.Exists(source.Path) ? "; the last good copy stays" : "; there is no copy yet"));
}
