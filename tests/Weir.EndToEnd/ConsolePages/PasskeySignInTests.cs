// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Weir.EndToEnd.SelfService;
using Weir.EndToEnd.Support;
using Weir.Tests.Notifying.Channels;
using Weir.Tests.Support;

namespace Weir.EndToEnd.ConsolePages;

/// <summary>Who has no shell on the desk's machine makes a passkey at the console, has it governed, and signs in by it,
/// before the real program; and a script asks over TLS by a token (ADR 0068 and 0069).</summary>
public sealed class PasskeySignInTests : IDisposable
{
    private const string Host = "console.localhost";

    private readonly TempFolder _folder = new();
    private readonly TestCertificate _certificate = new(Host);
    private readonly int _port = FreePort.Tcp();
    private readonly int _api = FreePort.Tcp();

    private string Origin => $"https://{Host}:{_port}";

    public void Dispose()
    {
        _folder.Dispose();
        _certificate.Dispose();
    }

    [Fact]
    [Trait("Run", "prove")]
    public async Task Somebody_without_a_shell_signs_in_once_two_people_signed_the_passkey_into_the_governance()
    {
        Need.Programs("chromium", "ssh-keygen");
        var place = await PlaceAsync();
        await using var weir = await RunningWeir.StartAsync(place);
        await using var browser = await Browser.StartAsync(Convert.ToBase64String(
            SHA256.HashData(_certificate.Certificate.PublicKey.ExportSubjectPublicKeyInfo())));
        var page = await browser.PageAsync("en-GB", mayAsk: true);
        _ = await VirtualAuthenticator.AddAsync(page);

        await page.GotoAsync($"{Origin}/sign-in/new");
        await page.GetByLabel("Your name").FillAsync("nora");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make a passkey" }).ClickAsync();
        await Assertions.Expect(page.Locator("[data-passkey-made]")).ToBeVisibleAsync();
        Assert.Empty((await page.RunAxe()).Violations);
        var line = (await page.Locator("[data-passkey-line]").InnerTextAsync()).Trim();
        await SignInAsync(page);
        await Assertions.Expect(page.Locator("[data-passkey-said]")).ToContainTextAsync("does not sign you in");

        place.Governed!.AddPasskey("nora", line, isForConsole: true);
        place.Governed.Change("", signers: 2);
        var digest = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(place.Governed.FilePath)));
        await weir.UntilAsync("the desk takes the governance", () => Task.FromResult(
            weir.Log.Split('\n').Count(told => told.Contains($"SHA-256 {digest}", StringComparison.Ordinal)) >= 3));
        await SignInAsync(page);
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Cases");
        await page.GotoAsync($"{Origin}/me");
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("nora");

        await ScriptAsync(place);
        Assert.Equal(0, await weir.StopAsync());
    }

    private async Task SignInAsync(IPage page)
    {
        await page.GotoAsync($"{Origin}/cases");
        Assert.Empty((await page.RunAxe()).Violations);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();
    }

    private async Task ScriptAsync(ServeFixture place)
    {
        var made = await WeirProcess.RunAsync(
            "token", "new", "report", "--from", "127.0.0.1", "--read-only", "--socket", place.Control, "-o", "json");
        Assert.True(made.ExitCode == 0, made.Error);
        var token = JsonDocument.Parse(made.Out).RootElement[0].GetProperty("token").GetString()!;
        using var http = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) =>
                shown?.GetCertHashString() == _certificate.Certificate.GetCertHashString() },
        }) { BaseAddress = new Uri($"https://127.0.0.1:{_api}/api/v1/") };
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("health")).StatusCode);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("health")).StatusCode);
        var id = JsonDocument.Parse(made.Out).RootElement[0].GetProperty("id").GetString()!;
        Assert.Equal(0, (await WeirProcess.RunAsync("token", "revoke", id, "--socket", place.Control)).ExitCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("health")).StatusCode);
    }

    private async Task<ServeFixture> PlaceAsync()
    {
        var place = await ServeFixture.MakeAsync(
            _folder, "us-provider", people: [("nora", "analyst"), (Environment.UserName, "auditor")]);
        var certificate = _folder.File("console.pem", _certificate.Certificate.ExportCertificatePem());
        var key = _folder.File("console.key", _certificate.Certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        var text = await File.ReadAllTextAsync(place.Configuration);
        Assert.Contains("\ncontrol:\n", text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(place.Configuration, text.Replace(
            "\ncontrol:\n",
            $"\ncontrol:\n  listen: 127.0.0.1:{_api}\n  certificate: {certificate}\n  key: {key}\n",
            StringComparison.Ordinal)
            + $"\nconsole:\n  enabled: true\n  listen: 127.0.0.1:{_port}\n  certificate: {certificate}\n  key: {key}\n"
            + $"  public: {Origin}\n");
        return place;
    }
}
