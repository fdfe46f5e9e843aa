// SPDX-License-Identifier: Apache-2.0
//
// Fetches published lists. The copy in place is replaced only by one that came whole, within its bounds, with the right
// digest where one is published, and that can be read as a list; until then the last good one stays. A fetch asks for
// what is newer than the copy. Redirects stay within the host and https.
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Weir.Desk.Lists.Feeds;

namespace Weir.Desk.Lists.Fetching;

/// <summary>Fetches one list at a time; for any thread.</summary>
public sealed class ListFetcher(TimeProvider time)
{
    private const int MaxRedirects = 5;
    private const int MaxChecksumOctets = 4_096;

    /// <summary>What is known of the copy in place.</summary>
    private sealed record CopyState(string Url, string? Tag, DateTimeOffset? Modified, string Digest);

    /// <summary>Fetches a list where the publisher has a newer one. Never throws for what the other side does.</summary>
    public async Task<FetchResult> FetchAsync(ListSource source, CancellationToken cancel)
    {
        using var bound = new CancellationTokenSource(source.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, bound.Token);
        var fresh = source.Path + ".new";
        try
        {
            return await FetchAsync(source, fresh, either.Token);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or UnauthorizedAccessException
            or FeedException or CryptographicException or InvalidDataException)
        {
            return Failed(source, fault.InnerException is { } inner && fault is HttpRequestException
                ? $"{fault.Message} ({inner.Message})" : fault.Message);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Failed(source, string.Create(
                CultureInfo.InvariantCulture, $"not done within {source.Timeout.TotalSeconds:0} s"));
        }
        finally
        {
            File.Delete(fresh);
        }
    }

    private async Task<FetchResult> FetchAsync(ListSource source, string fresh, CancellationToken cancel)
    {
        if (source.Url.Scheme != Uri.UriSchemeHttps)
        {
            throw new InvalidDataException("the URL is not https; what is fetched in clear can be anybody's");
        }

        using var client = GuardedConnections.Open(source);
        var known = KnownOf(source);
        using var response = await GetAsync(client, source, source.Url, known, cancel);
        if (response.StatusCode == HttpStatusCode.NotModified && known is not null)
        {
            return new FetchResult(FetchOutcome.Unchanged, 0, 0, "");
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture, $"the publisher answers {(int)response.StatusCode}"));
        }

        var octets = await SaveAsync(response.Content, fresh, source.MaxOctets, cancel);
        var digest = await DigestAsync(fresh, cancel);
        if (source.Checksum is { } where)
        {
            await CheckAsync(client, source, where, digest, cancel);
        }

        if (digest == known?.Digest)
        {
            return new FetchResult(FetchOutcome.Unchanged, 0, 0, "");
        }

        var feed = FeedReader.Read(fresh, new FeedOptions { Path = fresh, Name = source.Name }, time);
        if (feed.Entries.Count + feed.Domains.Count == 0 && known is not null)
        {
            throw new InvalidDataException("the new copy holds no entry, which a list that had some does not become");
        }

        File.Move(fresh, source.Path, overwrite: true);
        var state = new CopyState(
            source.Url.AbsoluteUri, response.Headers.ETag?.ToString(), response.Content.Headers.LastModified, digest);
        await File.WriteAllTextAsync(StatePath(source), JsonSerializer.Serialize(state), cancel);
        return new FetchResult(FetchOutcome.Replaced, octets, feed.Entries.Count + feed.Domains.Count, "");
    }

    private static async Task<HttpResponseMessage> GetAsync(
        HttpClient client, ListSource source, Uri url, CopyState? known, CancellationToken cancel)
    {
        for (var hops = 0; ; hops++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            if (source.KeyFile is { } file)
            {
                var key = (await File.ReadAllTextAsync(file, cancel)).Trim();
                request.Headers.TryAddWithoutValidation(source.KeyHeader, key);
            }

            if (known?.Tag is { } tag && EntityTagHeaderValue.TryParse(tag, out var parsed))
            {
                request.Headers.IfNoneMatch.Add(parsed);
            }

            request.Headers.IfModifiedSince = known?.Modified;
            var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308))
            {
                return response;
            }

            var to = response.Headers.Location is { } location ? new Uri(url, location) : null;
            response.Dispose();
            if (to is null || to.Scheme != Uri.UriSchemeHttps || to.Port != source.Url.Port
                || !to.Host.Equals(source.Url.Host, StringComparison.OrdinalIgnoreCase) || hops == MaxRedirects)
            {
                throw new InvalidDataException(
                    $"it redirects to {to?.Host ?? "nowhere"}: lists are fetched from their own host by https alone; "
                    + "write the new URL where that is right");
            }

            url = to;
        }
    }

    private static async Task<long> SaveAsync(HttpContent content, string path, long most, CancellationToken cancel)
    {
        await using var from = await content.ReadAsStreamAsync(cancel);
        await using var to = new FileStream(path, FileMode.Create, FileAccess.Write);
        var part = new byte[1 << 16];
        var total = 0L;
        for (int count; (count = await from.ReadAsync(part, cancel)) > 0;)
        {
            total += count;
            if (total > most)
            {
                throw new InvalidDataException(string.Create(
                    CultureInfo.InvariantCulture, $"it is longer than {most} octets"));
            }

            await to.WriteAsync(part.AsMemory(0, count), cancel);
        }

        to.Flush(flushToDisk: true);
        return total;
    }

    private static async Task CheckAsync(
        HttpClient client, ListSource source, Uri where, string digest, CancellationToken cancel)
    {
        using var response = await GetAsync(client, source, where, null, cancel);
        var octets = new byte[MaxChecksumOctets];
        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        var read = await stream.ReadAtLeastAsync(octets, octets.Length, throwOnEndOfStream: false, cancel);
        var words = System.Text.Encoding.ASCII.GetString(octets, 0, read)
            .Split((char[])[' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        if (response.StatusCode != HttpStatusCode.OK || words.Length == 0
            || !words[0].Equals(digest, StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidDataException($"its digest is not the one that {where} names");
        }
    }

    private static async Task<string> DigestAsync(string path, CancellationToken cancel)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel));
    }

    private static string StatePath(ListSource source) => source.Path + ".fetch";

    /// <summary>What is known of the copy; null where there is none, or it is of another URL, or nobody can read it: then
    /// all of it is fetched.</summary>
    private static CopyState? KnownOf(ListSource source)
    {
        if (!File.Exists(source.Path) || !File.Exists(StatePath(source)))
        {
            return null;
        }

        try
        {
            var state = JsonSerializer.Deserialize<CopyState>(File.ReadAllText(StatePath(source)));
            return state?.Url == source.Url.AbsoluteUri ? state : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static FetchResult Failed(ListSource source, string why) => new(
        FetchOutcome.Failed, 0, 0, $"list {source.Name} could not be fetched from {source.Url.Host}: {why}"
            + (File.Exists(source.Path) ? "; the last good copy stays" : "; there is no copy yet"));
}
