// SPDX-License-Identifier: Apache-2.0
//
// Pulls from a MISP instance the attributes that flows can be matched with and that are meant for detection, page after
// page, into one document as the search itself answers. Deleted ones are not in it, so what is gone there goes here
// too.
//
// Standards: MISP's automation API, attributes/restSearch.
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Weir.Desk.Lists.Fetching;

/// <summary>Takes pages of attributes.</summary>
internal static class MispAttributes
{
    private const int PageRows = 5_000;
    private const int MaxPages = 1_000;
    private const string Search = "attributes/restSearch";

    private static ReadOnlySpan<byte> Head => "{\"response\":{\"Attribute\":[\n"u8;

    private static ReadOnlySpan<byte> Between => ",\n"u8;

    private static ReadOnlySpan<byte> Tail => "\n]}}\n"u8;

    /// <exception cref="FeedRefusedException">It answers what no MISP does.</exception>
    public static async Task<FetchedCopy> DownloadAsync(
        FeedClient client, ListSource source, MemoryStream to, CancellationToken cancel)
    {
        to.Write(Head);
        var (has, url) = (false, UrlOf(source.Url));
        for (var page = 1; ; page++)
        {
            if (page > MaxPages)
            {
                throw new FeedRefusedException(FormattableString.Invariant($"it has more than {MaxPages} pages"));
            }

            var rows = 0;
            using var found = await AskAsync(client, url, page, cancel);
            foreach (var attribute in Attributes(found.RootElement))
            {
                to.Write(has ? Between : default);
                await using var json = new Utf8JsonWriter(to, new() { SkipValidation = true });
                attribute.WriteTo(json);
                (has, rows) = (true, rows + 1);
            }

            if (rows < PageRows)
            {
                break;
            }
        }

        to.Write(Tail);
        return new FetchedCopy { Url = source.Url.AbsoluteUri };
    }

    private static Uri UrlOf(Uri root)
    {
        var path = root.AbsoluteUri.TrimEnd('/');
        return new Uri(path.EndsWith(Search, StringComparison.OrdinalIgnoreCase) ? path : $"{path}/{Search}");
    }

    private static async Task<JsonDocument> AskAsync(
        FeedClient client, Uri url, int page, CancellationToken cancel)
    {
        var body = FormattableString.Invariant($$"""
            {"returnFormat":"json","type":["ip-dst","ip-src","ip-dst|port","ip-src|port","domain","hostname","domain|ip","hostname|port"],"to_ids":1,"deleted":0,"includeEventTags":1,"limit":{{PageRows}},"page":{{page}}}
            """);
        using var answer = await client.SendAsync(url, request =>
        {
            request.Method = HttpMethod.Post;
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }, cancel);
        using var octets = new MemoryStream();
        await client.CopyAsync(answer.Content, octets, cancel);
        try
        {
            return answer.StatusCode == HttpStatusCode.OK
                ? JsonDocument.Parse(octets.GetBuffer().AsMemory(0, (int)octets.Length))
                : throw new FeedRefusedException("it answers 304 to a question that has no condition");
        }
        catch (JsonException)
        {
            throw new FeedRefusedException("it answers no attributes but something that is not JSON");
        }
    }

    private static JsonElement.ArrayEnumerator Attributes(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty("response", out var response)
            && response.ValueKind == JsonValueKind.Object && response.TryGetProperty("Attribute", out var found)
            && found.ValueKind == JsonValueKind.Array
                ? found.EnumerateArray()
                : throw new FeedRefusedException("it answers no attributes: there is no response.Attribute");
}
