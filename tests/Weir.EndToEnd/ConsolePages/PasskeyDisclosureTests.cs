// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Security.Cryptography;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Weir.Contracts.Approvals;
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Scopes;
using Weir.EndToEnd.SelfService;
using Weir.EndToEnd.Support;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.EndToEnd.ConsolePages;

/// <summary>A disclosure by two passkeys in two browsers on the page of the real vault, while the desk lies about what
/// is approved: the page shows the truth, and nothing but that is signed (rules.md R23, attacks 47).</summary>
public sealed class PasskeyDisclosureTests : IDisposable
{
    private const string Reason = "mail comes back, the line floods";
    private const string Lie = "Approve: put 192.0.2.80:8443/tcp on our own list";

    /// <summary>What a page of the desk would try: to have the passkey of the vault's page sign for it.</summary>
    private const string Steal = """
        async (host) => {
          try {
            await navigator.credentials.get({ publicKey: {
              challenge: new Uint8Array(32), rpId: host, userVerification: "required", allowCredentials: [] } });
            return "it signed";
          } catch (fault) { return fault.name; }
        }
        """;

    private readonly TempFolder _folder = new();
    private readonly int _port = FreePort.Tcp();
    private readonly int _deskPort = FreePort.Tcp();
    private Governed? _governed;

    private string Socket => _folder.At("vault.sock");

    private string Origin => $"http://vault.localhost:{_port}";

    public void Dispose() => _folder.Dispose();

    [Trait("Attack", "47")]
    [Fact]
    [Trait("Run", "prove")]
    public async Task Two_passkeys_sign_what_the_vault_shows_whatever_the_desk_says()
    {
        Need.Programs("chromium", "openssl", "ssh-keygen");
        var configuration = Configuration();
        await using var vault = await RunningVault.StartAsync(configuration, Socket);
        await using var browser = await Browser.StartAsync();
        var (ann, annsKey) = await PersonAsync(browser);
        var (otto, ottosKey) = await PersonAsync(browser);

        // Each makes a passkey; two people sign the lines into the governance, and the vault takes it.
        _governed!.AddPasskey("ann", await EnrolAsync(ann, "ann"));
        _governed.AddPasskey("otto", await EnrolAsync(otto, "otto"));
        _governed.Change("", signers: 2);
        await vault.TellsAsync($"SHA-256 {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(_governed.FilePath)))}");

        // The desk has a disclosure drawn up and says that it is something else.
        var order = await AskAsync(vault);
        var drawn = await vault.Client.OpenAsync(
            new(order.Number, ApprovalAct.Disclosure, order.Case, order.Scope, "", Reason), default);
        Assert.Equal($"{Origin}/approve/{order.Number}", drawn.Page);
        await using var desk = await LyingDesk.StartAsync(_deskPort, Lie, drawn.Page);
        await ann.GotoAsync(desk.Origin);
        Assert.Contains(Lie, await ann.Locator("body").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal("SecurityError", await ann.EvaluateAsync<string>(Steal, "vault.localhost"));
        Assert.DoesNotContain("Show what waits", string.Concat(
            await Task.WhenAll(ann.Frames.Skip(1).Select(frame => frame.ContentAsync()))), StringComparison.Ordinal);

        // The vault's page shows what it is; who is not known to the authenticator signs nothing.
        await ann.GetByRole(AriaRole.Link, new() { Name = "Approve" }).ClickAsync();
        await ShowAsync(ann, "ann, analyst");
        var shown = await ann.Locator(".request").InnerTextAsync();
        Assert.Contains("disclosure", shown, StringComparison.Ordinal);
        Assert.Contains(order.Case.ToString(), shown, StringComparison.Ordinal);
        Assert.Contains(Reason, shown, StringComparison.Ordinal);
        Assert.DoesNotContain("192.0.2.80", shown, StringComparison.Ordinal);
        await annsKey.KnowAsync(false);
        await SignAsync(ann);
        await Assertions.Expect(ann.Locator("#said.bad")).ToBeVisibleAsync();
        await annsKey.KnowAsync(true);
        await SignAsync(ann);
        await Assertions.Expect(ann.Locator("#said")).ToContainTextAsync("waits for a second person");
        await Assert.ThrowsAsync<VaultRefusedException>(() => vault.Client.DiscloseAsync(order, default));
        await otto.GotoAsync(drawn.Page);
        await ShowAsync(otto, "otto, privacy-officer");
        await SignAsync(otto);
        await Assertions.Expect(otto.Locator("#said")).ToContainTextAsync("Two people did");
        await PicturesAsync(browser, drawn.Page);

        Assert.Equal("10.0.0.7", (await vault.Client.DiscloseAsync(order, default)).Line);
        Assert.Empty(await ann.Context.CookiesAsync());
        Assert.DoesNotContain(browser.Complaints, said => !Expected(said));
        Assert.Equal(0, await vault.StopAsync());
        await OfflineAsync();
    }

    /// <summary>The frame of the lying desk is refused, and keys of RSA are not asked for; a browser says both.
    /// </summary>
    private static bool Expected(string said) => said.Contains("frame-ancestors", StringComparison.Ordinal)
        || said.Contains("pubKeyCredParams", StringComparison.Ordinal);

    private static async Task<(IPage Page, VirtualAuthenticator Key)> PersonAsync(Browser browser)
    {
        var page = await browser.PageAsync("en-GB");
        return (page, await VirtualAuthenticator.AddAsync(page));
    }

    private async Task<string> EnrolAsync(IPage page, string name)
    {
        await page.GotoAsync($"{Origin}/enrol");
        await page.GetByLabel("Your name").FillAsync(name);
        await page.GetByRole(AriaRole.Button, new() { Name = "Make a passkey" }).ClickAsync();
        await Assertions.Expect(page.Locator("#made")).ToBeVisibleAsync();
        return (await page.Locator("#line").InnerTextAsync()).Trim();
    }

    private static async Task ShowAsync(IPage page, string who)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Show what waits" }).ClickAsync();
        await Assertions.Expect(page.Locator("#who")).ToContainTextAsync(who);
        await Assertions.Expect(page.Locator(".request")).ToHaveCountAsync(1);
    }

    private static Task SignAsync(IPage page) =>
        page.GetByRole(AriaRole.Button, new() { Name = "Sign this" }).ClickAsync();

    /// <summary>A sealed case, and the order to disclose its line.</summary>
    private static async Task<DisclosureOrder> AskAsync(RunningVault vault)
    {
        var id = new CaseId(0xCA5E);
        var now = TimeProvider.System.GetUtcNow();
        using var names = Pseudonymizer.UnderKey(
            await vault.Callers.Collector.EpochKeyAsync(Epochs.At(now), default));
        var name = names.Pseudonymize(IpKey.Parse("10.0.0.7"));
        await vault.Client.SealAsync(vault.Callers.Give(SignedOrders.Make(
            VaultCallers.EventKey, id, name, new ScopeId(5), now)), default);
        return new(id, new ScopeId(5), "ann", "analyst", "otto", "privacy-officer", Reason, "a-0000000000000001");
    }

    private async Task PicturesAsync(Browser browser, string address)
    {
        var folder = Directory.CreateDirectory(Path.Combine(RepositoryRoot.Path, "artifacts", "console")).FullName;
        foreach (var (name, scheme, width) in new[]
        {
            ("light", ColorScheme.Light, 1_280), ("dark", ColorScheme.Dark, 1_280), ("phone", ColorScheme.Light, 390),
        })
        {
            var page = await browser.PageAsync("en-GB", scheme, width, mayAsk: true);
            foreach (var (what, path) in new[] { ("approve", address), ("enrol", $"{Origin}/enrol") })
            {
                await page.GotoAsync(path);
                Assert.Empty((await page.RunAxe()).Violations);
                _ = await page.ScreenshotAsync(new()
                {
                    Path = Path.Combine(folder, $"vault-{what}-{name}.png"), FullPage = true,
                });
            }
        }
    }

    /// <summary>From the record alone: by Weir, and by openssl without it.</summary>
    private async Task OfflineAsync()
    {
        var record = _folder.At("vault/audit");
        var verified = await WeirProcess.RunAsync("audit", "verify", "--dir", record, "--people", _governed!.FilePath);
        Assert.True(verified.ExitCode == 0, verified.Out + verified.Error);
        Assert.Contains("approved: 2 signatures of people hold", verified.Out, StringComparison.Ordinal);
        var signed = _folder.At("signed");
        var written = await WeirProcess.RunAsync("audit", "signatures", "--dir", record, "--out", signed);
        Assert.True(written.ExitCode == 0, written.Error);
        foreach (var text in Directory.GetFiles(signed, "*.txt"))
        {
            var name = text[..^".txt".Length];
            var who = name[(name.LastIndexOf('.') + 1)..];
            var challenge = Convert.ToBase64String(SHA256.HashData(File.ReadAllBytes(text))).TrimEnd('=')
                .Replace('+', '-').Replace('/', '_');
            Assert.Contains($"\"{challenge}\"", File.ReadAllText(name + ".client.json"), StringComparison.Ordinal);
            var ssh = _folder.File($"{who}.pub", string.Join(' ', _governed.PasskeyOf(who).Split(' ')[2..4]) + "\n");
            var pem = _folder.File($"{who}.pem", await RunAsync("ssh-keygen", "-e", "-m", "PKCS8", "-f", ssh));
            Assert.Contains("Verified OK", await RunAsync(
                "openssl", "dgst", "-sha256", "-verify", pem, "-signature", name + ".sig", name + ".signed"),
                StringComparison.Ordinal);
        }
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program}: {output}{await error}");
        return output;
    }

    private string Configuration()
    {
        _governed = Governed.Write(_folder, ("ann", "analyst"), ("otto", "privacy-officer"));
        return _folder.File(
            "vault.yaml",
            $"""
            attributing:
              networks:
                - prefix: 10.0.0.0/8
            vault:
              socket: {Socket}
              dir: {_folder.At("vault")}
              allow-root: true
              approvals:
                enabled: true
                listen: 127.0.0.1:{_port}
                public: {Origin}
            {VaultCallers.Section}
            {_governed.Section}
            """);
    }
}
