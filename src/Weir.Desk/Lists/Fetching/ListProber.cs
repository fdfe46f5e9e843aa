// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Reading;

namespace Weir.Desk.Lists.Fetching;

/// <summary>What a publisher has now.</summary>
/// <param name="Digest">SHA-256, hexadecimal; empty where it cannot be told.</param>
/// <param name="Fault">Why it cannot; empty where it can.</param>
internal sealed record ListProbe(string Digest, string Fault)
{
    /// <summary>What it names; null for a file behind a URL, which its digest says all of.</summary>
    public Feed? Feed { get; init; }
}

/// <summary>Asks publishers for all they have, as a fetch does by the same guarded client, and puts nothing in place.
/// For any thread.</summary>
/// <param name="time">Our clock.</param>
internal sealed class ListProber(TimeProvider time)
{
    /// <summary>Never throws for what the other side does.</summary>
    /// <param name="source">Whom.</param>
    /// <param name="options">How what it has is read.</param>
    /// <param name="cancel">Ends it.</param>
    public Task<ListProbe> AskAsync(ListSource source, FeedOptions options, CancellationToken cancel)
    {
        var fresh = source.Path + ".verify";
        return FetchAttempt.RunAsync(
            source, fresh, time, bound => AskAsync(source, options, fresh, bound),
            static (why, _) => new ListProbe("", why), cancel);
    }

    private async Task<ListProbe> AskAsync(
        ListSource source, FeedOptions options, string fresh, CancellationToken cancel)
    {
        using var client = new FeedClient(source);
        _ = await ListFetcher.DownloadAsync(client, source, known: null, fresh, time.GetUtcNow(), cancel);
        var digest = ListDigest.Of(fresh);
        if (source.Checksum is { } where)
        {
            await ListFetcher.CheckAsync(client, where, digest, cancel);
        }

        return new(digest, "") { Feed = source.Kind == FeedKind.File ? null : FeedReader.Read(fresh, options, time) };
    }
}
