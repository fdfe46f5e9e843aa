// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Weir.EndToEnd.Blocking;
using Weir.EndToEnd.SelfService;
using Weir.EndToEnd.Support;
using Weir.Tests.Notifying.Channels;
using Weir.Tests.Support;

namespace Weir.EndToEnd.ConsolePages;

/// <summary>Two people who have no key but a passkey and no shell for it: what both signed on the vault's page is
/// carried out from the console, and its page says what the router answered (rules.md R23, ADR 0077).</summary>
public sealed partial class TwoPasskeysTests : IDisposable
{
    private const string Host = "console.localhost";
    private const string Analyst = "daemon";
    private const string Operator = "bin";
    private const string Officer = "mail";

    private readonly TempFolder _folder = new();
    private readonly TestCertificate _certificate = new(Host);
    private readonly int _port = FreePort.Tcp();
    private readonly int _vaultPort = FreePort.Tcp();

    private string Origin => $"https://{Host}:{_port}";

    private string VaultOrigin => $"http://vault.localhost:{_vaultPort}";

    public void Dispose()
    {
        _folder.Dispose();
        _certificate.Dispose();
    }

    [Fact]
    [Trait("Run", "prove")]
    public async Task A_block_and_a_disclosure_that_two_passkeys_signed_are_carried_out_from_the_console()
    {
        Need.OtherUsers();
        Need.Programs("chromium", "gobgpd", "bird", "birdc", "ssh-keygen");
        await using var routers = await Routers.StartAsync();
        var place = await PlaceAsync(routers);
        await using var weir = await RunningWeir.StartAsync(place);
        await using var browser = await Browser.StartAsync(Convert.ToBase64String(
            SHA256.HashData(_certificate.Certificate.PublicKey.ExportSubjectPublicKeyInfo())));
        var sent = await place.SendAsync("sent");
        await weir.SettledAsync(sent.Flows);
        List<IPage> pages = [];
        foreach (var user in (string[])[Analyst, Operator, Officer])
        {
            pages.Add(await PersonAsync(browser, place, user));
        }

        place.Governed!.Change(Governed.Inputs, signers: 2);
        var digest = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(place.Governed.FilePath)));
        await weir.UntilAsync("everybody takes the governance", () => Task.FromResult(
            weir.Log.Split('\n').Count(told => told.Contains($"SHA-256 {digest}", StringComparison.Ordinal)) >= 3));
        var (ana, olaf, petra) = (pages[0], pages[1], pages[2]);
        var alerted = await CaseAsync(place);
        await BlockAsync(ana, olaf, routers, alerted);
        await DiscloseAsync(ana, petra, alerted.Case);
        Assert.DoesNotContain(browser.Complaints, told => !told.Contains("pubKeyCredParams", StringComparison.Ordinal));
        Assert.Equal(0, await weir.StopAsync());
    }

    /// <summary>Planned on the console, signed by two on the vault's page, carried out on the console, held by BIRD.
    /// </summary>
    private async Task BlockAsync(IPage ana, IPage olaf, Routers routers, (string Case, string Address, string Endpoint) alerted)
    {
        var from = Stopwatch.GetTimestamp();
        await ana.GotoAsync($"{Origin}/blocks/plan?endpoint={Uri.EscapeDataString(alerted.Endpoint)}&case={alerted.Case}");
        await ana.GetByRole(AriaRole.Button, new() { Name = "Plan it" }).ClickAsync();
        await Assertions.Expect(ana.GetByRole(AriaRole.Status).First).ToContainTextAsync("waits for a second person");
        var block = BlockId().Match(await ana.Locator("main").InnerTextAsync()).Value;
        await SignAsync(ana, block, "waits for a second person");

        // One signature carries nothing out, and offers nothing.
        await olaf.GotoAsync($"{Origin}/approvals/{block}");
        await Assertions.Expect(olaf.GetByRole(AriaRole.Button, new() { Name = "Carry it out" })).ToHaveCountAsync(0);
        await SignAsync(olaf, block, "Two people did");
        await olaf.GetByRole(AriaRole.Link, new() { Name = "Back to the console" }).ClickAsync();
        await olaf.GetByRole(AriaRole.Link, new() { Name = "Go on" }).ClickAsync();
        await Assertions.Expect(ana.GetByRole(AriaRole.Button, new() { Name = "Carry it out" })).ToHaveCountAsync(0);
        Assert.DoesNotContain(alerted.Address, await routers.BirdAsync("show route table flowtab4"), StringComparison.Ordinal);
        await olaf.GetByRole(AriaRole.Button, new() { Name = "Carry it out" }).ClickAsync();
        await Assertions.Expect(olaf).ToHaveURLAsync($"{Origin}/blocks/{block}");

        // The page says by itself what the router answered, and BIRD has it.
        await Assertions.Expect(olaf.GetByText("1 of 1 routers and resolvers answered that they hold it")).ToBeVisibleAsync(
            new() { Timeout = 30_000 });
        Assert.Contains(alerted.Address, await routers.BirdAsync("show route table flowtab4"), StringComparison.Ordinal);
        Console.WriteLine(FormattableString.Invariant(
            $"planned, signed by two passkeys, carried out and confirmed by BIRD on the page after {Stopwatch.GetElapsedTime(from).TotalSeconds:0.0} s"));
    }

    private async Task DiscloseAsync(IPage ana, IPage petra, string id)
    {
        await ana.GotoAsync($"{Origin}/cases/{id}");
        await ana.GetByRole(AriaRole.Link, new() { Name = "Ask who it is" }).ClickAsync();
        await ana.GetByLabel("Reason").FillAsync("the customer has to be reached today");
        await ana.GetByRole(AriaRole.Button, new() { Name = "Ask", Exact = true }).ClickAsync();
        var asked = RequestId().Match(ana.Url).Value;
        await SignAsync(ana, asked, "waits for a second person");
        await SignAsync(petra, asked, "Two people did");
        await petra.GotoAsync($"{Origin}/approvals/{asked}");
        await petra.GetByRole(AriaRole.Button, new() { Name = "Carry it out" }).ClickAsync();
        await Assertions.Expect(petra.Locator("[data-line]")).Not.ToBeEmptyAsync();
        var line = await petra.Locator("[data-line]").InnerTextAsync();

        // The first person sees the same, from a link of the console; the other roles nothing.
        await ana.GotoAsync($"{Origin}/approvals/{asked}");
        await ana.GetByRole(AriaRole.Link, new() { Name = "Show it again" }).ClickAsync();
        await Assertions.Expect(ana.Locator("[data-line]")).ToHaveTextAsync(line);
    }

    private async Task SignAsync(IPage page, string id, string said)
    {
        await page.GotoAsync($"{Origin}/approvals/{id}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Open the vault's page" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Show what waits" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign this" }).ClickAsync();
        await Assertions.Expect(page.Locator("#said")).ToContainTextAsync(said);
    }

    /// <summary>A browser with an authenticator, a passkey of the vault's page in the governance, and a session.</summary>
    private async Task<IPage> PersonAsync(Browser browser, ServeFixture place, string user)
    {
        var page = await browser.PageAsync("en-GB");
        _ = await VirtualAuthenticator.AddAsync(page);
        await page.GotoAsync($"{VaultOrigin}/enrol");
        await page.GetByLabel("Your name").FillAsync(user);
        await page.GetByRole(AriaRole.Button, new() { Name = "Make a passkey" }).ClickAsync();
        await Assertions.Expect(page.Locator("#made")).ToBeVisibleAsync();
        place.Governed!.AddPasskey(user, (await page.Locator("#line").InnerTextAsync()).Trim());
        var asked = await OtherUser.RunAsync(user, "console", "link", "--socket", place.Control, "-o", "json");
        Assert.True(asked.ExitCode == 0, asked.Error);
        await page.GotoAsync(JsonDocument.Parse(asked.Out).RootElement[0].GetProperty("link").GetString()!);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Now");
        return page;
    }

    private static async Task<(string Case, string Address, string Endpoint)> CaseAsync(ServeFixture place)
    {
        var listed = await OtherUser.RunAsync(Analyst, "case", "list", "--socket", place.Control, "-o", "json");
        Assert.True(listed.ExitCode == 0, listed.Error);
        return JsonDocument.Parse(listed.Out).RootElement.EnumerateArray()
            .Select(row => (Row: row, Found: Command().Match(row.GetRawText()))).Where(one => one.Found.Success)
            .Select(one => (one.Row.GetProperty("case").GetString()!, one.Found.Groups[1].Value, one.Found.Value)).First();
    }

    private async Task<ServeFixture> PlaceAsync(Routers routers)
    {
        var place = await ServeFixture.MakeAsync(
            _folder, "us-provider", people: [(Analyst, "analyst"), (Operator, "operator"), (Officer, "privacy-officer")]);
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_101_101);
        var certificate = _folder.File("console.pem", _certificate.Certificate.ExportCertificatePem());
        var key = _folder.File("console.key", _certificate.Certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var text = await File.ReadAllTextAsync(place.Configuration);
        Assert.Contains("\nvault:\n", text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(place.Configuration, text.Replace(
            "\nvault:\n",
            $"\nvault:\n  approvals:\n    enabled: true\n    listen: 127.0.0.1:{_vaultPort}\n    public: {VaultOrigin}\n    console: {Origin}\n",
            StringComparison.Ordinal) + $"""

            console:
              enabled: true
              listen: 127.0.0.1:{_port}
              certificate: {certificate}
              key: {key}
              public: {Origin}
            blocking:
              enabled: true
              gobgp: {routers.Api}
              asn: {Routers.Asn}

            """);
        return place;
    }

    [GeneratedRegex("b-[0-9a-f]{16}")]
    private static partial Regex BlockId();

    [GeneratedRegex("a-[0-9a-f]{16}")]
    private static partial Regex RequestId();

    [GeneratedRegex(@"(\d+\.\d+\.\d+\.\d+):(8443|5555)/tcp")]
    private static partial Regex Command();
}
