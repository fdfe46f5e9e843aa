// SPDX-License-Identifier: Apache-2.0
//
// Fetches published lists. What a publisher has is taken whole, within its bounds, with the right digest where one is
// published; who fetches puts it in place where it can be read as a list, and until then the last good copy stays. Who
// verifies compares it and puts nothing anywhere.
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Weir.Contracts.Ssh;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Reading;
using Weir.Hosting.Channels;
using Weir.Hosting.Files;

namespace Weir.Desk.Lists.Fetching;

/// <summary>What a publisher has.</summary>
/// <param name="Octets">All of it; null where it has nothing newer, or did not give it.</param>
/// <param name="Copy">What is known of it; null where it did not give it.</param>
/// <param name="Fault">Why it did not; empty where it did.</param>
internal sealed record FetchedList(byte[]? Octets, FetchedCopy? Copy, string Fault = "")
{
    /// <summary>How long the publisher asks to be left alone; null where it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Why its owner's signature was refused, as a word; empty where it was not.</summary>
    public string Refusal { get; init; } = "";
}

/// <summary>Fetches lists; for any thread.</summary>
public sealed class ListFetcher(TimeProvider time)
{
    private const int MaxChecksumOctets = 4_096;

    /// <summary>Fetches a list where the publisher has a newer one. Never throws for what the other side
    /// does.</summary>
    public async Task<FetchResult> FetchAsync(ListSource source, CancellationToken cancel)
    {
        var known = FetchedCopy.Read(source);
        var fetched = await AskAsync(source, known, cancel);
        try
        {
            return fetched.Copy is { } next ? Place(source, known, fetched.Octets, next)
                : Failed(source, fetched.Fault) with
                {
                    RetryAfter = fetched.RetryAfter, Refusal = fetched.Refusal,
                };
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or FeedException)
        {
            return Failed(source, fault.Message);
        }
    }

    /// <summary>Asks a publisher, by the guarded client and within its time, and puts nothing in place. Never throws
    /// for what the other side does.</summary>
    /// <param name="source">Whom.</param>
    /// <param name="known">What is there already; null asks for all.</param>
    /// <param name="cancel">Ends it.</param>
    internal async Task<FetchedList> AskAsync(ListSource source, FetchedCopy? known, CancellationToken cancel)
    {
        using var bound = new CancellationTokenSource(source.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, bound.Token);
        try
        {
            using var client = new FeedClient(source);
            return await DownloadAsync(client, source, known, either.Token);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or UnauthorizedAccessException
            or FeedRefusedException or ChannelException or CryptographicException or InvalidDataException)
        {
            return new(null, null, fault.InnerException is { } inner && fault is HttpRequestException
                ? $"{fault.Message} ({inner.Message})" : fault.Message)
            {
                RetryAfter = (fault as FeedRefusedException)?.RetryAfter,
            };
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new(null, null, string.Create(
                CultureInfo.InvariantCulture, $"not done within {source.Timeout.TotalSeconds:0} s"));
        }
    }

    private async Task<FetchedList> DownloadAsync(
        FeedClient client, ListSource source, FetchedCopy? known, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var beside = source.Owner is null ? null : await ReadSignatureAsync(client, source, cancel);
        if (beside is not null && beside == known?.Signature && FileOctets.Digest(source.Path) == known.Digest
            && ListSignature.TryParse(beside, out var by) && by.Signature.Key.Equals(source.Owner))
        {
            return new(null, known with { CheckedAt = now });
        }

        // What an owner signs is another where the signature is: all of it is asked for.
        var inForce = known?.Signature;
        known = source.Owner is null ? known : null;
        using var octets = new MemoryStream();
        var next = source.Kind switch
        {
            FeedKind.Taxii => await TaxiiCollection.DownloadAsync(client, source, known, octets, now, cancel),
            FeedKind.Misp => await MispAttributes.DownloadAsync(client, source, octets, cancel),
            _ => await DownloadFileAsync(client, source, known, octets, cancel),
        };
        if (next is null)
        {
            return new(null, known! with { CheckedAt = now });
        }

        var all = octets.ToArray();
        var digest = ListDigest.Of(all);
        if (source.Checksum is { } where)
        {
            await CheckAsync(client, where, digest, cancel);
        }

        return source.Owner is { } owner && FaultOf(source, owner, all, beside, inForce, now) is { } refused
            ? new(null, null, refused.Message) { Refusal = refused.Refusal }
            : new(all, next with { Digest = digest, CheckedAt = now, Signature = beside });
    }

    /// <summary>Why what was fetched is not its owner's; null where it is.</summary>
    private static FeedException? FaultOf(
        ListSource source, SshPublicKey owner, byte[] octets, string? beside, string? inForce, DateTimeOffset now)
    {
        var list = new OwnedList(
            source.Name, source.Url.GetLeftPart(UriPartial.Path), source.SignatureUrl.GetLeftPart(UriPartial.Path),
            owner);
        var before = ListSignature.TryParse(inForce ?? "", out var signed) ? signed.Says : null;
        return SignedList.Judge(list, octets, beside, before, now).Fault;
    }

    /// <summary>What the owner published beside a list; null where there is nothing.</summary>
    private static async Task<string?> ReadSignatureAsync(
        FeedClient client, ListSource source, CancellationToken cancel)
    {
        try
        {
            return await client.ReadTextAsync(source.SignatureUrl, SignedList.MaxSignature, cancel);
        }
        catch (FeedRefusedException none) when (none.Status is HttpStatusCode.NotFound or HttpStatusCode.Gone)
        {
            return null;
        }
    }

    /// <summary>Puts what was fetched in place, where it is new, or holds it for people.</summary>
    /// <exception cref="FeedException">It is no list.</exception>
    /// <exception cref="IOException">The disk refuses; so may <see cref="UnauthorizedAccessException"/> say.</exception>
    private FetchResult Place(ListSource source, FetchedCopy? known, byte[]? octets, FetchedCopy next)
    {
        if (octets is null || (source.Owner is null && next.Digest == known?.Digest))
        {
            FetchedCopy.Write(source, next with { Entries = known!.Entries });
            HeldCopy.Forget(source);
            return new(FetchOutcome.Unchanged, 0, 0, "");
        }

        if (HeldCopy.Read(source) is { } waiting && waiting.Copy.Digest == next.Digest
            && waiting.Copy.Signature == next.Signature)
        {
            return Held(source, waiting);
        }

        var feed = FeedReader.Read(octets, new FeedOptions { Path = source.Path, Name = source.Name }, time);
        next = next with { Entries = feed.Entries.Count + feed.Domains.Count };
        if (next.Entries == 0 && known is not null)
        {
            return Failed(source, "the new copy holds no entry, which a list that had some does not become");
        }

        if (HeldCopy.Doubt(known?.Entries ?? 0, next.Entries) is { } doubt)
        {
            var held = new HeldCopy
            {
                Copy = next, Reason = doubt, Entries = next.Entries, Before = known!.Entries, At = next.CheckedAt,
            };
            held.Hold(source, octets);
            return Held(source, held) with { Octets = octets.Length };
        }

        next.Put(source, octets);
        HeldCopy.Forget(source);
        return new(FetchOutcome.Replaced, octets.Length, next.Entries, "");
    }

    private static async Task<FetchedCopy?> DownloadFileAsync(
        FeedClient client, ListSource source, FetchedCopy? known, Stream to, CancellationToken cancel)
    {
        using var response = await client.SendAsync(source.Url, request => AskForNewer(request, known), cancel);
        if (response.StatusCode == HttpStatusCode.NotModified)
        {
            return known is not null ? null : throw new FeedRefusedException(
                "the publisher answers 304 though it was asked for all");
        }

        await client.CopyAsync(response.Content, to, cancel);
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
    private static async Task CheckAsync(FeedClient client, Uri where, string digest, CancellationToken cancel)
    {
        var words = (await client.ReadTextAsync(where, MaxChecksumOctets, cancel))
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
