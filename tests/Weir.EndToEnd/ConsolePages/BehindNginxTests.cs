// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.Playwright;
using Weir.EndToEnd.SelfService;
using Weir.EndToEnd.Support;
using Weir.Tests.Notifying.Channels;
using Weir.Tests.Support;

namespace Weir.EndToEnd.ConsolePages;

/// <summary>The console behind Debian's nginx, by the very block that docs/35-console.md gives: signing in, cookies,
/// where forms come from, events that are not kept back, and whose address counts.</summary>
public sealed class BehindNginxTests : IDisposable
{
    private const string Host = "weir.localhost";

    /// <summary>Far above what an address has at once, and what comes back while they are sent.</summary>
    private const int MostSent = 10_000;

    private const int AtOnce = 64;

    private readonly TempFolder _folder = new();
    private readonly TestCertificate _certificate = new(Host);
    private readonly int _port = FreePort.Tcp();
    private readonly int _front = FreePort.Tcp();

    private string Origin => $"https://{Host}:{_front}";

    public void Dispose()
    {
        _folder.Dispose();
        _certificate.Dispose();
    }

    [Fact]
    [Trait("Run", "prove")]
    public async Task What_the_document_says_of_nginx_is_so()
    {
        Need.Programs("nginx", "chromium");
        var place = await ServeFixture.MakeAsync(_folder, people: [(Environment.UserName, "analyst")]);
        await File.AppendAllTextAsync(place.Configuration, $"""

            console:
              enabled: true
              listen: 127.0.0.1:{_port}
              public: {Origin}
              fronts: [127.0.0.1]

            """);
        await using var weir = await RunningWeir.StartAsync(place);
        using var nginx = await StartNginxAsync();
        try
        {
            await using var browser = await Browser.StartAsync(Convert.ToBase64String(
                SHA256.HashData(_certificate.Certificate.PublicKey.ExportSubjectPublicKeyInfo())));
            var page = await SignInAsync(browser, place);
            var cookie = Assert.Single(await page.Context.CookiesAsync(), one => one.Name == "__Host-weir");
            Assert.True(cookie is { Secure: true, HttpOnly: true, SameSite: SameSiteAttribute.Strict, Path: "/", Domain: Host });

            // Events come through as they are said: the first at once, and what changes while the page stands.
            await Assertions.Expect(page.Locator("main[data-listening]")).ToBeVisibleAsync(new() { Timeout = 10_000 });
            _ = await place.SendAsync("sent");
            await Assertions.Expect(page.Locator("main[data-renewed]")).ToBeVisibleAsync(new() { Timeout = 60_000 });
            await FormsAsync($"{cookie.Name}={cookie.Value}");
            await StreamAsync($"{cookie.Name}={cookie.Value}");
            Assert.Empty(browser.Complaints);
            await ClientsAsync();
        }
        finally
        {
            nginx.Kill(entireProcessTree: true);
            await nginx.WaitForExitAsync();
        }

        Assert.Equal(0, await weir.StopAsync());
    }

    private async Task<IPage> SignInAsync(Browser browser, ServeFixture place)
    {
        var asked = await WeirProcess.RunAsync("console", "link", "--socket", place.Control, "-o", "json");
        Assert.True(asked.ExitCode == 0, asked.Error);
        var link = JsonDocument.Parse(asked.Out).RootElement[0].GetProperty("link").GetString()!;
        Assert.StartsWith($"{Origin}/", link, StringComparison.Ordinal);
        var page = await browser.PageAsync("en-GB");
        await page.GotoAsync(link);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Now");
        return page;
    }

    /// <summary>A form of another site, one without the session's key, and another host's name are refused through the
    /// front as without it.</summary>
    private async Task FormsAsync(string cookie)
    {
        using var http = Client();
        Task<HttpStatusCode> PostAsync(params (string Name, string Value)[] headers) => StatusAsync(http, "POST", "/me/look", cookie, headers);
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(("Origin", "https://elsewhere.example"), ("Sec-Fetch-Site", "cross-site")));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(("Origin", Origin), ("Sec-Fetch-Site", "same-origin")));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync());
        Assert.Equal(HttpStatusCode.MisdirectedRequest, await StatusAsync(http, "GET", "/", cookie, ("Host", "elsewhere.example")));
        using var answer = await http.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/sign-in"));
        Assert.True(answer.Headers.Contains("Strict-Transport-Security"));
        Assert.Contains("default-src 'none'", string.Join(' ', answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
    }

    /// <summary>The stream's first event is there while the stream goes on.</summary>
    private async Task StreamAsync(string cookie)
    {
        using var http = Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/changes");
        request.Headers.Add("Cookie", cookie);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(patience.Token));
        Assert.Equal("event: begin", await reader.ReadLineAsync(patience.Token));
    }

    /// <summary>Who floods is refused for themselves alone, whatever address they say they have; and who comes past the
    /// front from an address that is none is not believed.</summary>
    private async Task ClientsAsync()
    {
        using (var flood = Client("127.0.0.2"))
        {
            Assert.True(await IsRefusedAsync(flood), "an address may ask without end, by saying that it is another");
        }

        using var other = Client("127.0.0.3");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(other, "GET", "/sign-in", ""));
        using var past = Client("127.0.0.4", isPast: true);
        Assert.True(await IsRefusedAsync(past), "somebody who is no front is believed about an address");
    }

    /// <summary>Whether somebody who says to be another with each request is refused in the end.</summary>
    private static async Task<bool> IsRefusedAsync(HttpClient http)
    {
        for (var sent = 0; sent < MostSent; sent += AtOnce)
        {
            var first = sent;
            var answers = await Task.WhenAll(Enumerable.Range(first, AtOnce).Select(i => StatusAsync(
                http, "GET", "/sign-in", "", ("X-Forwarded-For", $"192.0.{i / 250 % 250}.{i % 250}"))));
            if (answers.Contains(HttpStatusCode.TooManyRequests))
            {
                return true;
            }
        }

        return false;
    }

    private static async Task<HttpStatusCode> StatusAsync(
        HttpClient http, string method, string path, string cookie, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method == "POST")
        {
            request.Content = new FormUrlEncodedContent([new("theme", "dark")]);
        }

        foreach (var (name, value) in headers.Append(("Cookie", cookie)).Where(one => one.Item2.Length > 0))
        {
            _ = request.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }

    /// <summary>A program from one of this machine's addresses, through the front or past it.</summary>
    private HttpClient Client(string from = "127.0.0.1", bool isPast = false)
    {
        var mine = _certificate.Certificate.GetCertHashString();
        var http = new HttpClient(new SocketsHttpHandler
        {
            UseCookies = false, AllowAutoRedirect = false,
            SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == mine },
            ConnectCallback = async (_, cancel) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
                await socket.ConnectAsync(IPAddress.Loopback, isPast ? _port : _front, cancel);
                return new NetworkStream(socket, ownsSocket: true);
            },
        }) { BaseAddress = new Uri(isPast ? $"http://{Host}:{_port}" : Origin) };
        if (isPast)
        {
            http.DefaultRequestHeaders.Host = $"{Host}:{_front}";
        }

        return http;
    }

    private async Task<Process> StartNginxAsync()
    {
        var certificate = _folder.File("weir.pem", _certificate.Certificate.ExportCertificatePem());
        var key = _folder.File("weir.key", _certificate.Certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        var document = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, "docs", "35-console.md"));
        var from = document.IndexOf("```nginx\n", StringComparison.Ordinal) + "```nginx\n".Length;
        var block = document[from..document.IndexOf("```", from, StringComparison.Ordinal)];
        foreach (var (written, here) in new[]
        {
            ("listen 443 ", $"listen 127.0.0.1:{_front} "), ("server_name weir.example.net;", $"server_name {Host};"),
            ("/etc/nginx/weir.pem", certificate), ("/etc/nginx/weir.key", key), ("127.0.0.1:8483", $"127.0.0.1:{_port}"),
        })
        {
            Assert.Contains(written, block, StringComparison.Ordinal);
            block = block.Replace(written, here, StringComparison.Ordinal);
        }

        var all = _folder.File("nginx.conf", $$"""
            daemon off;
            user {{Environment.UserName}};
            pid {{_folder.At("nginx.pid")}};
            error_log {{_folder.At("nginx.log")}};
            events { worker_connections 1024; }
            http {
                client_body_temp_path {{_folder.At("nginx-body")}};
                proxy_temp_path {{_folder.At("nginx-proxy")}};
                fastcgi_temp_path {{_folder.At("nginx-fastcgi")}};
                uwsgi_temp_path {{_folder.At("nginx-uwsgi")}};
                scgi_temp_path {{_folder.At("nginx-scgi")}};
            {{block}}
            }
            """);
        var nginx = Process.Start("nginx", ["-c", all, "-e", _folder.At("nginx.log")]);
        using var http = Client();
        await Until.IsSoAsync(async () =>
        {
            try
            {
                return (await http.GetAsync("/sign-in")).StatusCode == HttpStatusCode.OK;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        return nginx;
    }
}
