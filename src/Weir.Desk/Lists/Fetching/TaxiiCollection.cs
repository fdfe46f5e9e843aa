// SPDX-License-Identifier: Apache-2.0
//
// Polls a collection of a TAXII 2.1 server into a bundle. Asked is for what was added since the last poll, page after
// page, and once a day for all of it, so that what is gone there goes here too. Several versions of an object may stand
// in the bundle: whoever reads it takes the latest.
//
// Standards: TAXII 2.1 sections 3.4 (pagination), 3.5 (X-TAXII-Date-Added), 5.4 (objects of a collection).
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Weir.Desk.Lists.Fetching;

/// <summary>Takes pages of objects.</summary>
internal static class TaxiiCollection
{
    private const int MaxPages = 2_000;
    private const string LastAdded = "X-TAXII-Date-Added-Last";

    private static readonly TimeSpan WholeEvery = TimeSpan.FromDays(1);

    private static ReadOnlySpan<byte> Head => "{\"type\":\"bundle\",\"objects\":[\n"u8;

    private static ReadOnlySpan<byte> Between => ",\n"u8;

    private static ReadOnlySpan<byte> Tail => "\n]}\n"u8;

    /// <returns>Null where nothing was added.</returns>
    /// <exception cref="FeedRefusedException">It answers what no TAXII server does.</exception>
    public static async Task<FetchedCopy?> DownloadAsync(
        FeedClient client, ListSource source, FetchedCopy? known, MemoryStream to, DateTimeOffset now,
        CancellationToken cancel)
    {
        var since = known is { AddedUpTo: { } added, WholeAt: { } whole } && now - whole < WholeEvery ? added : null;
        var has = since is null ? Begin(to) : CopyObjects(source.Path, to);
        var (taken, upTo) = await TakePagesAsync(client, source, since, to, has, cancel);
        if (taken == 0 && since is not null)
        {
            return null;
        }

        to.Write(Tail);
        return new FetchedCopy
        {
            Url = source.Url.AbsoluteUri, AddedUpTo = upTo ?? since, WholeAt = since is null ? now : known!.WholeAt,
        };
    }

    /// <returns>How many objects there were, and up to when they were added.</returns>
    private static async Task<(int Taken, string? UpTo)> TakePagesAsync(
        FeedClient client, ListSource source, string? since, MemoryStream to, bool has, CancellationToken cancel)
    {
        var (taken, next, upTo) = (0, (string?)null, (string?)null);
        for (var pages = 0; ; pages++)
        {
            using var answer = await client.SendAsync(PageOf(source.Url, since, next), Ask, cancel);
            if (answer.StatusCode != HttpStatusCode.OK || pages == MaxPages)
            {
                throw new FeedRefusedException(answer.StatusCode != HttpStatusCode.OK
                    ? "the server answers 304 to a question that has no condition"
                    : FormattableString.Invariant($"it has more than {MaxPages} pages"));
            }

            using var page = await ReadAsync(client, answer, cancel);
            foreach (var item in Objects(page.RootElement))
            {
                to.Write(has ? Between : default);
                await using (var json = new Utf8JsonWriter(to, new() { SkipValidation = true }))
                {
                    item.WriteTo(json);
                }

                (has, taken) = (true, taken + 1);
            }

            upTo = answer.Headers.TryGetValues(LastAdded, out var values) ? values.First() : upTo;
            var more = page.RootElement.TryGetProperty("more", out var said) && said.ValueKind == JsonValueKind.True;
            if (!more)
            {
                return (taken, upTo);
            }

            next = page.RootElement.TryGetProperty("next", out var place) ? place.GetString() : null;
            since = next is null ? upTo ?? throw new FeedRefusedException(
                "it has more and says neither 'next' nor " + LastAdded) : since;
        }
    }

    private static void Ask(HttpRequestMessage request) => request.Headers.Accept.Add(
        MediaTypeWithQualityHeaderValue.Parse("application/taxii+json;version=2.1"));

    private static Uri PageOf(Uri collection, string? since, string? next)
    {
        var path = collection.AbsoluteUri.TrimEnd('/');
        path += path.EndsWith("/objects", StringComparison.Ordinal) ? "/" : "/objects/";
        var query = (since is null ? "" : $"&added_after={Uri.EscapeDataString(since)}")
            + (next is null ? "" : $"&next={Uri.EscapeDataString(next)}");
        return new Uri(query.Length == 0 ? path : $"{path}?{query[1..]}");
    }

    private static JsonElement.ArrayEnumerator Objects(JsonElement page) =>
        page.TryGetProperty("objects", out var objects)
            ? objects.ValueKind == JsonValueKind.Array ? objects.EnumerateArray()
                : throw new FeedRefusedException("its objects are no array")
            : default;

    private static async Task<JsonDocument> ReadAsync(
        FeedClient client, HttpResponseMessage answer, CancellationToken cancel)
    {
        using var octets = new MemoryStream();
        await client.CopyAsync(answer.Content, octets, cancel);
        try
        {
            var page = JsonDocument.Parse(octets.GetBuffer().AsMemory(0, (int)octets.Length));
            return page.RootElement.ValueKind == JsonValueKind.Object ? page
                : throw new FeedRefusedException("it answers no TAXII envelope");
        }
        catch (JsonException)
        {
            throw new FeedRefusedException("it answers no TAXII envelope but something that is not JSON");
        }
    }

    private static bool Begin(MemoryStream to)
    {
        to.Write(Head);
        return false;
    }

    /// <summary>The bundle of before without its end; it was written here.</summary>
    private static bool CopyObjects(string path, MemoryStream to)
    {
        using (var from = File.OpenRead(path))
        {
            from.CopyTo(to);
        }

        to.SetLength(to.Length - Tail.Length);
        to.Position = to.Length;
        return to.Length > Head.Length;
    }
}
