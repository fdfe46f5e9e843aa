// SPDX-License-Identifier: Apache-2.0
//
// Posts JSON. A redirection is not followed: it would carry the body to an address that nobody configured. 4xx is for
// good but 408, 425 and 429, which ask for patience, and 401 and 403, which refuse us and not what is sent.
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Weir.Hosting.Channels;

/// <summary>A web address of the provider or of whom he chose.</summary>
public sealed class WebhookSender : IMessageSender, IDisposable
{
    /// <summary>However long the other end asks to be left alone.</summary>
    private static readonly TimeSpan LongestAfter = TimeSpan.FromHours(6);

    private readonly IWebhook _options;
    private readonly Uri _address;
    private readonly JsonTemplate? _template;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;

    /// <exception cref="ChannelException">The address would carry in clear what must not be, or the authority's file
    /// cannot be read.</exception>
    public WebhookSender(IWebhook options, TimeProvider time)
    {
        (_options, _time, _template) = (options, time, options.Template);
        _address = options.Address ?? throw new ChannelException(
            "webhook: no address is given; write one", isForGood: false);
        if (_address.Scheme is not ("http" or "https")
            || (_address.Scheme != Uri.UriSchemeHttps && !_address.IsLoopback && !options.AllowClear))
        {
            throw new ChannelException($"webhook: {Place} is not https, and what is sent leaves this machine; "
                + "write https, or set allow-clear", isForGood: false);
        }

#pragma warning disable CA2000 // the client disposes of it
        _client = new HttpClient(new SocketsHttpHandler
#pragma warning restore CA2000
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = options.Timeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            SslOptions = new TlsTrust(options.CaFile).For(null),
        })
        { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
    }

    /// <summary>Who receives.</summary>
    private string Place => _address.GetLeftPart(UriPartial.Authority);

    public async Task<string> SendAsync(ReadOnlyMemory<byte> json, CancellationToken cancel)
    {
        var body = _template?.Render(json.Span) ?? json;
        using var request = new HttpRequestMessage(HttpMethod.Post, _address)
        {
            Content = new ReadOnlyMemoryContent(body),
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrHigher
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.UserAgent.ParseAdd("weir");
        Sign(request, body.Span);
        if (IdOf(json) is { } id)
        {
            request.Headers.Add("Weir-Id", id); // the same when it is sent again
        }

        using var patient = new CancellationTokenSource(_options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patient.Token);
        try
        {
            using var response = await _client.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return Judge(response);
        }
        catch (HttpRequestException fault)
        {
            throw new ChannelException(
                $"webhook: {Place} cannot be told: {fault.InnerException?.Message ?? fault.Message}; see that "
                    + "it runs, is let through and has a certificate that is trusted",
                isForGood: false, fault);
        }
        catch (OperationCanceledException fault) when (!cancel.IsCancellationRequested)
        {
            throw new ChannelException(
                FormattableString.Invariant(
                    $"webhook: {Place} did not answer within {_options.Timeout.TotalSeconds:0} s"),
                isForGood: false, fault);
        }
    }

    public void Dispose() => _client.Dispose();

    private void Sign(HttpRequestMessage request, ReadOnlySpan<byte> body)
    {
        if (_options.KeyFile is not { } file)
        {
            return;
        }

        var seconds = _time.GetUtcNow().ToUnixTimeSeconds();
        request.Headers.Add(WebhookSignature.TimeHeader, seconds.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(WebhookSignature.SignatureHeader, WebhookSignature.Compute(
            SecretFile.Key(file, "the webhook's key", WebhookSignature.MinKeyOctets), seconds, body));
    }

    private string Judge(HttpResponseMessage response)
    {
        var code = (int)response.StatusCode;
        var said = FormattableString.Invariant($"{code} {response.StatusCode}");
        if (code is >= 200 and < 300)
        {
            return said;
        }

        var isForGood = code is >= 400 and < 500 and not (401 or 403 or 408 or 425 or 429);
        var mend = code is >= 300 and < 400
            ? "redirections are not followed; write the address it leads to"
            : "see that server";
        throw new ChannelException($"webhook: {Place} answers {said}; {mend}", isForGood)
        {
            After = After(response.Headers.RetryAfter)
        };
    }

    private TimeSpan? After(RetryConditionHeaderValue? asked)
    {
        var after = asked?.Delta ?? (asked?.Date is { } date ? date - _time.GetUtcNow() : null);
        return after is not { } asks || asks <= TimeSpan.Zero ? null : asks < LongestAfter ? asks : LongestAfter;
    }

    /// <summary>The id that stands in the JSON, where it can stand in a header.</summary>
    private static string? IdOf(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String
                && id.GetString() is { Length: > 0 and <= 128 } text && text.All(c => c is > ' ' and <= '~')
                ? text
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
