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
using Weir.Tests.Support;

namespace Weir.EndToEnd.ConsolePages;

/// <summary>Two people outside the lab: from the case that an alert names to a block that a router holds, in three
/// screens and a minute. The console plans; two keys of ssh-keygen's decide; BIRD says whether it is so.</summary>
public sealed partial class TwoPeopleTests : IDisposable
{
    private const string Analyst = "daemon";
    private const string Operator = "bin";
    private const string Officer = "mail";

    /// <summary>Those with fewer pages than these have them in the other test of this folder.</summary>
    private static readonly (string Name, string Path)[] Theirs =
    [
        ("retention", "/retention"), ("settings", "/settings"), ("governance", "/governance"), ("audit", "/audit"),
        ("notice", "/notices/preview?step=reminder"), ("now-provider", "/"), ("compare-provider", "/compare"),
    ];

    private readonly TempFolder _folder = new();
    private readonly int _port = FreePort.Tcp();

    public void Dispose() => _folder.Dispose();

    private string Begin => $"https://localhost:{_port}";

    [Fact]
    [Trait("Run", "prove")]
    public async Task From_an_alert_to_what_BIRD_holds_in_three_screens_and_a_minute()
    {
        Need.OtherUsers();
        Need.Programs("chromium", "gobgpd", "bird", "birdc", "ssh-keygen");
        await using var routers = await Routers.StartAsync();
        var place = await ServeFixture.MakeAsync(
            _folder, "us-provider", people: [(Analyst, "analyst"), (Operator, "operator"), (Officer, "privacy-officer")]);
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_101_101);
        WriteCertificate();
        await File.AppendAllTextAsync(place.Configuration, $"""

            console:
              enabled: true
              listen: 127.0.0.1:{_port}
              certificate: {_folder.At("console.pem")}
              key: {_folder.At("console.key")}
              public: {Begin}
            blocking:
              enabled: true
              gobgp: {routers.Api}
              asn: {Routers.Asn}

            """);
        await using var weir = await RunningWeir.StartAsync(place);
        await using var browser = await Browser.StartAsync();
        var sent = await place.SendAsync("sent");
        await weir.SettledAsync(sent.Flows);
        var (ana, olaf) = (await SignInAsync(browser, place, Analyst), await SignInAsync(browser, place, Operator));
        var alerted = await CaseAsync(place);

        // The analyst: the case that the alert names, the plan, the plan that waits.
        List<string> screens = [];
        ana.FrameNavigated += (_, frame) => screens.Add(frame.Url);
        var from = Stopwatch.GetTimestamp();
        await ana.GotoAsync($"{Begin}/cases/{alerted.Case}");
        await Assertions.Expect(ana.Locator("#open")).ToBeVisibleAsync();
        await ana.Keyboard.PressAsync("b");
        await Assertions.Expect(ana.Locator("pre.conf").First).ToContainTextAsync("flow4");
        await ana.GetByRole(AriaRole.Button, new() { Name = "Plan it" }).ClickAsync();
        await Assertions.Expect(ana.GetByRole(AriaRole.Status).First).ToContainTextAsync("waits for a second person");
        var planned = Stopwatch.GetElapsedTime(from);
        Assert.Equal(3, screens.Count);
        Assert.Equal("/blocks", new Uri(screens[^1]).AbsolutePath);
        var block = BlockId().Match(await ana.Locator("main").InnerTextAsync()).Value;

        // The other sees it wait; a session approves nothing, a key each does.
        await olaf.GotoAsync($"{Begin}/blocks");
        await Assertions.Expect(olaf.Locator("main")).ToContainTextAsync($"weir block approve {block}");
        Assert.DoesNotContain(alerted.Address, await routers.BirdAsync("show route table flowtab4"), StringComparison.Ordinal);
        foreach (var user in (string[])[Analyst, Operator])
        {
            Said(await OtherUser.RunAsync(
                user, "approve", block, "--key", place.Governed!.KeyFor(user, user), "--yes", "--socket", place.Control));
        }

        Said(await OtherUser.RunAsync(Operator, "block", "approve", block, "--socket", place.Control));
        var held = await Peer.UntilAsync(
            "the rule at BIRD", () => routers.BirdAsync("show route table flowtab4"),
            answer => answer.Contains(alerted.Address, StringComparison.Ordinal));
        var took = Stopwatch.GetElapsedTime(from);
        Assert.Contains($"dst {alerted.Address}/32; proto 6; dport {alerted.Port}", held, StringComparison.Ordinal);
        Assert.True(took < TimeSpan.FromSeconds(60), $"it took {took.TotalSeconds:0.0} s");

        // And both read it back.
        await weir.UntilAsync("the console says that it is held", async () =>
        {
            await olaf.ReloadAsync();
            return (await olaf.Locator("main").InnerTextAsync()).Contains("1 of 1", StringComparison.Ordinal);
        });
        Console.WriteLine(FormattableString.Invariant(
            $"from the alert's case: planned after {planned.TotalSeconds:0.0} s and {screens.Count} screens, at BIRD after {took.TotalSeconds:0.0} s"));

        var petra = await SignInAsync(browser, place, Officer);
        await Pictures.TakeAsync(browser, petra, Begin, [.. Theirs, ("blocks-held", "/blocks"), ("endpoint-blocked", $"/endpoint?endpoint={Uri.EscapeDataString(alerted.Endpoint)}")]);
        Assert.Empty(browser.Complaints);
        Assert.Equal(0, await weir.StopAsync());
    }

    /// <summary>A case of a C&amp;C of the simulated nets, as an alert names it.</summary>
    private static async Task<(string Case, string Endpoint, string Address, string Port)> CaseAsync(ServeFixture place)
    {
        var listed = await OtherUser.RunAsync(Analyst, "case", "list", "--socket", place.Control, "-o", "json");
        Said(listed);
        foreach (var row in JsonDocument.Parse(listed.Out).RootElement.EnumerateArray())
        {
            if (Command().Match(row.GetRawText()) is { Success: true } found)
            {
                return (row.GetProperty("case").GetString()!, found.Value, found.Groups[1].Value, found.Groups[2].Value);
            }
        }

        throw new InvalidOperationException($"no case of a C&C: {listed.Out}");
    }

    private async Task<IPage> SignInAsync(Browser browser, ServeFixture place, string user)
    {
        var asked = await OtherUser.RunAsync(user, "console", "link", "--socket", place.Control, "-o", "json");
        Said(asked);
        var page = await browser.PageAsync("en-GB");
        await page.GotoAsync(JsonDocument.Parse(asked.Out).RootElement[0].GetProperty("link").GetString()!);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Now");
        return page;
    }

    private void WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        _ = _folder.File("console.pem", certificate.ExportCertificatePem());
        var path = _folder.File("console.key", key.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static void Said(WeirResult result) => Assert.True(result.ExitCode == 0, result.Error);

    [GeneratedRegex("b-[0-9a-f]{16}")]
    private static partial Regex BlockId();

    [GeneratedRegex(@"(\d+\.\d+\.\d+\.\d+):(8443|5555)/tcp")]
    private static partial Regex Command();
}
