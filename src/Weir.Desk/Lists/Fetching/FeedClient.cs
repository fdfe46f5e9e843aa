// SPDX-License-Identifier: Apache-2.0
//
// Asks one publisher, within the octets and the time of one fetch. Redirects stay within the host and https, and the
// key of a subscription goes nowhere else.
using System.Globalization;
using System.Net;
using System.Text;
using Weir.Hosting.Channels;

namespace Weir.Desk.Lists.Fetching;

/// <summary>A publisher that refuses, or that does what none may.</summary>
internal sealed class FeedRefusedException(string message, TimeSpan? retryAfter = null) : Exception(message)
{
    /// <summary>How long it asks to be left alone; null where it does not say.</summary>
    public TimeSpan? RetryAfter => retryAfter;

    /// <summary>What it answers; null where that is not why.</summary>
    public HttpStatusCode? Status { get; init; }
}

/// <summary>One fetch's client. Not for several threads.</summary>
internal sealed class FeedClient(ListSource source) : IDisposable
{
    private const int MaxRedirects = 5;

    private readonly HttpClient _http = GuardedConnections.Open(source);
    private long _octets;

    /// <summary>Octets taken so far.</summary>
    public long Octets => _octets;

    /// <summary>Asks; the answer is 200 or 304.</summary>
    /// <param name="url">https.</param>
    /// <param name="prepare">Writes headers and body of each request; called again behind a redirect.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="FeedRefusedException">It answers otherwise, or leads elsewhere.</exception>
    /// <exception cref="HttpRequestException">It cannot be reached.</exception>
    /// <exception cref="ChannelException">The key cannot be read.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        Uri url, Action<HttpRequestMessage> prepare, CancellationToken cancel)
    {
        if (url.Scheme != Uri.UriSchemeHttps)
        {
            throw new FeedRefusedException("the URL is not https; what is fetched in clear can be anybody's");
        }

        var first = url;
        for (var hops = 0; ; hops++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            prepare(request);
            AddKey(request);
            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotModified)
            {
                return response;
            }

            using (response)
            {
                url = (int)response.StatusCode is 301 or 302 or 303 or 307 or 308
                    ? Redirect(first, url, response, hops)
                    : throw new FeedRefusedException(
                        FormattableString.Invariant($"the publisher answers {(int)response.StatusCode}"),
                        response.Headers.RetryAfter?.Delta)
                    {
                        Status = response.StatusCode,
                    };
            }
        }
    }

    /// <summary>Copies a body; what all bodies of the fetch have together is bounded.</summary>
    /// <exception cref="FeedRefusedException">It is longer.</exception>
    public async Task CopyAsync(HttpContent content, Stream to, CancellationToken cancel)
    {
        await using var from = await content.ReadAsStreamAsync(cancel);
        var part = new byte[1 << 16];
        for (int count; (count = await from.ReadAsync(part, cancel)) > 0;)
        {
            _octets += count;
            if (_octets > source.MaxOctets)
            {
                throw new FeedRefusedException(string.Create(
                    CultureInfo.InvariantCulture, $"it is longer than {source.MaxOctets} octets"));
            }

            await to.WriteAsync(part.AsMemory(0, count), cancel);
        }
    }

    /// <summary>A short text.</summary>
    /// <param name="url">https.</param>
    /// <param name="most">Octets that are read of it; what is behind them is left.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="FeedRefusedException">As <see cref="SendAsync"/>; so may the others that it throws.</exception>
    public async Task<string> ReadTextAsync(Uri url, int most, CancellationToken cancel)
    {
        using var response = await SendAsync(url, _ => { }, cancel);
        var octets = new byte[most];
        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        var read = await stream.ReadAtLeastAsync(octets, octets.Length, throwOnEndOfStream: false, cancel);
        return Encoding.UTF8.GetString(octets, 0, read);
    }

    public void Dispose() => _http.Dispose();

    private static Uri Redirect(Uri first, Uri url, HttpResponseMessage response, int hops)
    {
        var to = response.Headers.Location is { } location ? new Uri(url, location) : null;
        return to is not null && hops < MaxRedirects && to.Scheme == Uri.UriSchemeHttps && IsSameHost(to, first)
            ? to
            : throw new FeedRefusedException(
                $"it redirects to {to?.Host ?? "nowhere"}: lists are fetched from their own host by https alone; "
                + "write the new URL where that is right");
    }

    private static bool IsSameHost(Uri one, Uri other) =>
        one.Port == other.Port && one.Host.Equals(other.Host, StringComparison.OrdinalIgnoreCase);

    private void AddKey(HttpRequestMessage request)
    {
        if (source.KeyFile is { } file && IsSameHost(request.RequestUri!, source.Url))
        {
            var header = source.KeyHeader ?? (source.Kind == FeedKind.File ? "Auth-Key" : "Authorization");
            if (!request.Headers.TryAddWithoutValidation(header, SecretFile.Line(file, "the key of the list")))
            {
                throw new FeedRefusedException($"'{header}' is no header that a key can be sent in");
            }
        }
    }
}
