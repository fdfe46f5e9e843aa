// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Weir.EndToEnd.Blocking;
using Weir.EndToEnd.Governing;
using Weir.EndToEnd.SelfService;
using Weir.EndToEnd.Support;
using Weir.Tests.Support;
using Weir.Wire;

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

    private const string Brake = "settings: |\n  collecting:\n    corroborated-after: 2s\n    exporters:\n"
        + "      - network: 127.0.0.1\n  brake:\n    lines: 5\n    new-lines: 20\n    settles: 10s\n";

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
        var place = await MakeAsync();
        await File.AppendAllTextAsync(place.Configuration, $"""
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

        // The emergency stop: one person, a reason, the same key twice, and the router holds nothing more.
        await olaf.GotoAsync($"{Begin}/blocks");
        await olaf.Locator("#why").FillAsync("shops cannot be reached");
        await olaf.Keyboard.PressAsync("Escape");
        await olaf.Keyboard.PressAsync("S");
        await olaf.Keyboard.PressAsync("S");
        _ = await Peer.UntilAsync(
            "no rule at BIRD", () => routers.BirdAsync("show route table flowtab4"),
            answer => !answer.Contains(alerted.Address, StringComparison.Ordinal));
        Assert.Empty(browser.Complaints);
        Assert.Equal(0, await weir.StopAsync());
    }

    /// <summary>An edit of a list whose addresses would make more cases than the brake lets through.</summary>
    [Fact]
    [Trait("Run", "prove")]
    public async Task An_edit_that_would_make_many_cases_is_held_and_the_page_follows_two_people_who_release_it()
    {
        const int Met = 200;
        const int Picked = 50;
        Need.OtherUsers();
        Need.Programs("chromium", "ssh-keygen");
        var place = await MakeAsync();
        place.Governed!.Change(Brake, signers: 2);
        await using var weir = await RunningWeir.StartAsync(place);
        await using var browser = await Browser.StartAsync();
        var (ana, olaf) = (await SignInAsync(browser, place, Analyst), await SignInAsync(browser, place, Operator));
        var lines = Prefix.Parse(File.ReadLines(_folder.At("provider/networks.txt")).First(line =>
            line.Contains('/', StringComparison.Ordinal) && !line.Contains(':', StringComparison.Ordinal)
            && line[0] != '#').Split(',', ' ')[0]).Network.V4;
        using var router = new ForgingExporter(place.Flows, "127.0.0.1");
        Task TellAsync(int line, string remote) => router.TellAsync(IpKey.FromV4(lines + (uint)line).ToString(), remote);
        await weir.UntilAsync("the router's stream has its standing", async () =>
        {
            await TellAsync(1_000, "192.0.2.80");
            return (await ListAsync(place, "exporters")).Exists(one => one.GetProperty("standing").GetString() == "corroborated");
        });

        // One that nobody meets beside them: the provider's own list has as many entries as are met.
        await File.WriteAllLinesAsync(
            _folder.At("provider/watchlist.txt"), Enumerable.Range(0, Met + 1).Select(i => $"45.70.{i}.7:4443"));
        await weir.HangUpAsync();
        await weir.UntilAsync("the edit is in force", async () =>
            await weir.SumAsync("weir_lists_entries", "test-c2") == Met + 1
            && await weir.SumAsync("weir_lists_copy_entries", "test-c2") == Met + 1);
        for (var i = 0; i < Met; i++)
        {
            await TellAsync(1 + i, $"45.70.{i}.7");
        }

        // The page, which follows by itself, shows what is held, of how many lines, and what two people may do.
        await ana.GotoAsync($"{Begin}/lists");
        var card = ana.Locator(".card", new() { HasText = "update-" });
        await Assertions.Expect(card).ToContainTextAsync("held");
        await Assertions.Expect(card).ToContainTextAsync($"{Met} lines in a day, 20 may become cases");
        await Assertions.Expect(card).ToContainTextAsync($"{Met} events wait");
        await Assertions.Expect(ana.Locator("main form button")).ToHaveCountAsync(0);
        Assert.Empty(await ListAsync(place, "case", "list"));
        var update = Update().Match(await card.InnerTextAsync()).Value;
        await Assertions.Expect(card).ToContainTextAsync($"weir watchlist decide {update} --release");
        await Pictures.TakeAsync(browser, ana, Begin, [("lists-held", "/lists")]);

        await DecideAsync(place, update);
        await Assertions.Expect(card).ToContainTextAsync("released");
        await Assertions.Expect(card).Not.ToContainTextAsync("weir watchlist decide");
        await weir.UntilAsync("each line has its case", async () =>
            (await ListAsync(place, "case", "list")).Count == Met);

        // Fifty of two hundred, by the keyboard alone: along the rows, each selected, given together after a preview.
        await ana.GotoAsync($"{Begin}/cases");
        for (var i = 0; i < Picked; i++)
        {
            await ana.Keyboard.PressAsync("j");
            await ana.Keyboard.PressAsync("Space");
        }

        await ana.GetByRole(AriaRole.Button, new() { Name = "Assign", Exact = true }).PressAsync("Enter");
        await ana.Locator("[name=to]").FillAsync(Analyst);
        await ana.GetByRole(AriaRole.Button, new() { Name = $"Assign {Picked} cases" }).PressAsync("Enter");
        await Assertions.Expect(ana.Locator("main")).ToContainTextAsync($"{Picked} of {Picked} were done");
        Assert.Equal(Picked, (await ListAsync(place, "case", "list")).Count(one =>
            one.GetProperty("assignee").GetString() == Analyst));
        await olaf.GotoAsync($"{Begin}/lists");
        await Assertions.Expect(olaf.Locator(".card", new() { HasText = "update-" })).ToContainTextAsync("released");
        Assert.Empty(browser.Complaints);
        Assert.Equal(0, await weir.StopAsync());
    }

    /// <summary>The analyst asks, both sign with their keys, the operator gives.</summary>
    private static async Task DecideAsync(ServeFixture place, string update)
    {
        var asked = await OtherUser.RunAsync(
            Analyst, "watchlist", "decide", update, "--release", "--reason", "looked at by both of us", "--socket",
            place.Control, "-o", "json");
        Said(asked);
        var id = JsonDocument.Parse(asked.Out).RootElement[0].GetProperty("id").GetString()!;
        foreach (var user in (string[])[Analyst, Operator])
        {
            Said(await OtherUser.RunAsync(
                user, "approve", id, "--key", place.Governed!.KeyFor(user, user), "--yes", "--socket", place.Control));
        }

        Said(await OtherUser.RunAsync(Operator, "watchlist", "decide", "--approve", id, "--socket", place.Control));
    }

    private static async Task<List<JsonElement>> ListAsync(ServeFixture place, params string[] command)
    {
        var listed = await OtherUser.RunAsync(Analyst, [.. command, "--config", place.Configuration, "-o", "json"]);
        Said(listed);
        return [.. JsonDocument.Parse(listed.Out).RootElement.EnumerateArray()];
    }

    /// <summary>A provider with three people, and the console over TLS.</summary>
    private async Task<ServeFixture> MakeAsync()
    {
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

            """);
        return place;
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

    [GeneratedRegex(@"update-\d+")]
    private static partial Regex Update();

    [GeneratedRegex("b-[0-9a-f]{16}")]
    private static partial Regex BlockId();

    [GeneratedRegex(@"(\d+\.\d+\.\d+\.\d+):(8443|5555)/tcp")]
    private static partial Regex Command();
}
