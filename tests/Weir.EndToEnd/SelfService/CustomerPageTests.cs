// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json;
using Microsoft.Playwright;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Scopes;
using Weir.EndToEnd.Blocking;
using Weir.EndToEnd.Support;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Tests.Support;
using Weir.Vault.Customers;
using Weir.Wire;

namespace Weir.EndToEnd.SelfService;

/// <summary>A customer with a browser before the real program: what was seen, "I fixed it", and what the check says,
/// once clean and once not.</summary>
public sealed class CustomerPageTests : IDisposable
{
    /// <summary>One case may be looked at once in two seconds for ever.</summary>
    private static readonly TimeSpan APatientLook = TimeSpan.FromSeconds(3);

    private readonly TempFolder _folder = new();
    private readonly int _port = FreePort.Tcp();

    public void Dispose() => _folder.Dispose();

    [Trait("Attack", "43")]
    [Fact]
    [Trait("Run", "prove")]
    public async Task A_customer_sees_the_facts_says_fixed_and_is_told_what_the_check_says()
    {
        Need.Programs("chromium");
        var place = await ServeFixture.MakeAsync(
            _folder, "us-provider", people: [(Environment.UserName, "analyst")]);
        await File.AppendAllTextAsync(place.Configuration, $"""


            selfservice:
              enabled: true
              listen: 127.0.0.1:{_port}
              public: http://127.0.0.1:{_port}
              provider: Example Net
              contact: "Telephone 0800 000000, daily 8 to 20"
              contact-de: "Telefon 0800 000000, täglich 8 bis 20 Uhr"
            escalating:
              check-time: 1m
              settles: 1s
              silence: 30s

            """);
        await using var weir = await RunningWeir.StartAsync(place);
        var sent = await place.SendAsync("sent");
        List<Contact> contacts = [];
        await weir.UntilAsync("two lines talked to a C&C", async () =>
            (contacts = await ContactsAsync(place, sent.Infected)).Count >= 2);
        var (relapsing, clean) = (contacts[0], contacts[1]);
        await using var browser = await Browser.StartAsync();

        // The facts, in the browser's language, then in the other.
        var page = await browser.PageAsync("de-DE");
        await page.GotoAsync(relapsing.Link);
        Assert.Equal("de", await page.Locator("html").GetAttributeAsync("lang"));
        Assert.Contains(relapsing.Endpoint, await page.Locator("main").InnerTextAsync(), StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Link, new() { Name = "English" }).ClickAsync();
        Assert.Equal("en", await page.Locator("html").GetAttributeAsync("lang"));
        var text = await page.Locator("body").InnerTextAsync();
        Assert.Contains("Contact with a control server", text, StringComparison.Ordinal);
        Assert.Contains("Nothing is blocked or restricted", text, StringComparison.Ordinal);
        Assert.Contains("Telephone 0800 000000", text, StringComparison.Ordinal);
        Assert.DoesNotContain(relapsing.Line.ToString(), text, StringComparison.Ordinal);
        Assert.DoesNotContain(clean.Id.ToString(), text, StringComparison.Ordinal);

        // "I fixed it", and it comes back.
        await page.GetByRole(AriaRole.Button, new() { Name = "I fixed it" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Thank you. The check begins.");
        Assert.Contains("Running until", await page.Locator(".check").First.InnerTextAsync(), StringComparison.Ordinal);
        var at = TimeProvider.System.GetUtcNow().AddSeconds(2);
        for (ushort own = 50_000; own < 50_010; own++)
        {
            await Exchange.SendAsync(
                place.Flows, relapsing.Line, relapsing.Remote.Address, relapsing.Remote.Port, at, own);
        }

        // Running still or over already, as fast as the machine is.
        await weir.UntilAsync(
            "it was seen again", async () => await SaysAsync(page, relapsing, "seen again"), APatientLook);

        // Another one says so too, and it stays away: it talks with others, and the exporter tells of that.
        await using var talk = new Talk(place.Flows, clean.Line);
        await page.GotoAsync($"{clean.Link}?lang=en");
        await page.GetByRole(AriaRole.Button, new() { Name = "I fixed it" }).ClickAsync();
        await weir.UntilAsync(
            "the other line is clean", async () => await SaysAsync(page, clean, "Clean: nothing was seen"), APatientLook);
        await weir.UntilAsync(
            "its check is over", async () => await SaysAsync(page, relapsing, "It is not fixed yet"), APatientLook);

        // A closer look, agreed to and taken back.
        await page.GotoAsync($"{relapsing.Link}?lang=en");
        await page.GetByRole(AriaRole.Button, new() { Name = "I agree to that" }).First.ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status))
            .ToHaveTextAsync("Thank you. You agreed, and the look begins.");
        await weir.UntilAsync("the look has begun", async () =>
            await SaysAsync(page, relapsing, "The check that you asked for"), APatientLook);
        await page.GetByRole(AriaRole.Button, new() { Name = "I withdraw my consent" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("Your consent is withdrawn.");
        await weir.UntilAsync("what it opened is erased", async () => (await ListAsync(
            place, "case", "show", relapsing.Id.ToString())).Any(scope =>
                scope.GetProperty("purpose").GetString() == "customer-diagnosis"
                && scope.GetProperty("state").GetString() == "erased"));

        // An appeal, and what is not this page's link.
        await page.GotoAsync($"{clean.Link}?lang=en");
        await page.GetByRole(AriaRole.Textbox).FillAsync("It was a guest's telephone <b>");
        await page.GetByRole(AriaRole.Button, new() { Name = "Ask for a review" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status))
            .ToHaveTextAsync("Your words have arrived. A person looks at them.");
        await page.GotoAsync(clean.Link[..^3]);
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 }))
            .ToHaveTextAsync("Diese Seite gibt es nicht");

        var link = clean.Link;
        // the browser's word for the last one
        Assert.All(browser.Complaints, c => Assert.Contains("404", c, StringComparison.Ordinal));
        Assert.All(
            browser.Asked, url => Assert.StartsWith($"http://127.0.0.1:{_port}/c/", url, StringComparison.Ordinal));
        await LooksAsync(browser, relapsing.Link);
        Assert.Equal(HttpStatusCode.OK, await CodeAsync(link));
        Assert.True(await weir.SumAsync("weir_selfservice_answers_total", "refused") >= 1);

        // What the exporter delivered in the last minute of a check comes after it.
        await weir.UntilAsync("both checks said how they ended", () => Task.FromResult(
            AuditReader.Entries(place.Audit).Count(e => e.Entry.Act == AuditActions.EndRemediation) >= 2));
        Assert.Equal(0, await weir.StopAsync());
        var entries = AuditReader.Entries(place.Audit).Select(r => r.Entry).ToList();
        var vaults = AuditReader.Entries(_folder.At("vault/audit")).Select(r => r.Entry).ToList();
        Assert.Contains(vaults, e =>
            e is { Actor: "customer", Act: AuditActions.ShowSubject, Outcome: AuditActions.Allow }
            && e.Case == relapsing.Id.ToString());
        Assert.DoesNotContain(entries, e => e.Act == AuditActions.ShowSubject);
        Assert.All(new[] { AuditActions.Consent, AuditActions.WithdrawConsent }, act => Assert.Contains(
            vaults, e => e.Actor == "customer" && e.Act == act && e.Case == relapsing.Id.ToString()));
        Assert.Contains(
            vaults, e => e is { Actor: "customer", Act: AuditActions.SayFixed } && e.Case == clean.Id.ToString());
        Assert.Contains(
            entries, e => e is { Actor: "customer", Act: AuditActions.Appeal } && e.Case == clean.Id.ToString());
        Assert.Contains(entries, e =>
            e is { Act: AuditActions.EndRemediation, Result: AuditActions.Clean } && e.Case == clean.Id.ToString());
        Assert.Contains(entries, e => e is { Act: AuditActions.EndRemediation, Result: AuditActions.NotClean }
            && e.Case == relapsing.Id.ToString());
        Assert.All(entries.Concat(vaults).Where(e => e.Actor == "customer"), e =>
            Assert.DoesNotContain("telephone", e.ToString(), StringComparison.Ordinal));
        Assert.DoesNotContain(link[^LinkSigner.Letters..], weir.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("/c/", weir.Log, StringComparison.Ordinal);
        var verified = await WeirProcess.RunAsync(
            "audit", "verify", "--dir", place.Audit, "--beside", _folder.At("vault/audit"));
        Assert.True(verified.ExitCode == 0, verified.Out + verified.Error);
    }

    /// <summary>The page at two widths, in two languages, light and dark: nothing stands beside the screen. Pictures of
    /// it go where WEIR_SCREENSHOTS says.</summary>
    private static async Task LooksAsync(Browser browser, string link)
    {
        foreach (var (width, language, scheme) in new[]
        {
            (320, "en", ColorScheme.Light), (320, "de", ColorScheme.Dark), (320, "de", ColorScheme.Light),
            (1_280, "en", ColorScheme.Dark), (1_280, "en", ColorScheme.Light), (1_280, "de", ColorScheme.Light)
        })
        {
            var page = await browser.PageAsync(language, scheme, width, mayAsk: true);
            await page.GotoAsync(link);
            Assert.Equal(language, await page.Locator("html").GetAttributeAsync("lang"));
            Assert.True(
                await page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width,
                $"at {width} px the page is wider than the screen");
            Assert.Equal(1, await page.Locator("h1").CountAsync());
            Assert.Equal((1, 1, 1), (
                await page.GetByRole(AriaRole.Main).CountAsync(), await page.GetByRole(AriaRole.Banner).CountAsync(),
                await page.GetByRole(AriaRole.Contentinfo).CountAsync()));
            Assert.True(await page.EvaluateAsync<bool>(
                "[...document.querySelectorAll('textarea')].every(t => t.labels.length == 1)"));
            if (Environment.GetEnvironmentVariable("WEIR_SCREENSHOTS") is { Length: > 0 } folder)
            {
                await page.ScreenshotAsync(
                    new() { FullPage = true, Path = Path.Combine(folder, $"page-{width}-{language}-{scheme}.png") });
            }

            await page.Context.CloseAsync();
        }
    }

    private static async Task<bool> SaysAsync(IPage page, Contact of, string what)
    {
        await page.GotoAsync($"{of.Link}?lang=en");
        return (await page.Locator("main").InnerTextAsync()).Contains(what, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<HttpStatusCode> CodeAsync(string link)
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(link));
        return answer.StatusCode;
    }

    /// <summary>Cases of one contact with a C&amp;C over IPv4, with the line that the vault's key finds among those
    /// that were simulated.</summary>
    private async Task<List<Contact>> ContactsAsync(ServeFixture place, IReadOnlyList<string> infected)
    {
        using var callers = new VaultCallers(_folder.At("weir/run/vault/vault.sock"));
        using var names = Pseudonymizer.UnderKey(
            await callers.Collector.EpochKeyAsync(Epochs.At(TimeProvider.System.GetUtcNow()), default));
        var lines = infected.Select(IpKey.Parse).ToDictionary(line => names.Pseudonymize(line).ToString());
        var found = new List<Contact>();
        foreach (var opened in AuditReader.Entries(place.Audit).Select(record => record.Entry).Where(entry =>
            entry is { Act: AuditActions.OpenScope, Outcome: AuditActions.Allow }
            && entry.Rule.StartsWith("cnc-contact", StringComparison.Ordinal)).DistinctBy(entry => entry.Case))
        {
            var scopes = await ListAsync(place, "case", "show", opened.Case);
            var named = scopes[0].GetProperty("class").GetString()!;
            var parts = named.Split(' ').Where(p => p.Contains('=', StringComparison.Ordinal))
                .ToDictionary(p => p.Split('=')[0], p => p.Split('=')[1]);
            if (lines.TryGetValue(opened.Subject, out var line) && line.IsV4
                && scopes.Count == 1 && ushort.TryParse(parts["rport"], out var port)
                && IpKey.TryParse(parts["raddr"], out var remote) && remote.IsV4
                && named.Contains("tcp", StringComparison.Ordinal))
            {
                _ = CaseId.TryParse(opened.Case, out var number);
                found.Add(new(number, line, new(remote, port, 6), Link(number)));
            }
        }

        return found;
    }

    /// <summary>As a notice carries it; the key is the running vault's.</summary>
    private string Link(CaseId id)
    {
        var key = File.ReadAllBytes(
            Path.Combine(_folder.At("vault/links"), LinkKeyFiles.CurrentName))[^LinkSigner.KeyOctets..];
        var options = new CustomerPageOptions
        {
            Enabled = true,
            Listen = new(IPAddress.Loopback, _port),
            Public = new Uri($"http://127.0.0.1:{_port}"),
            Provider = "Example Net",
            Contact = "by telephone",
        };
        return new CaseLinks(new LinkSigner(new(key, null)), options, TimeProvider.System).Create(id);
    }

    private static async Task<List<JsonElement>> ListAsync(ServeFixture place, params string[] arguments)
    {
        var result = await WeirProcess.RunAsync([.. arguments, "--socket", place.Control, "-o", "json"]);
        Assert.True(result.ExitCode == 0, result.Error);
        return [.. JsonDocument.Parse(result.Out).RootElement.EnumerateArray()];
    }

    private sealed record Contact(CaseId Id, IpKey Line, Endpoint Remote, string Link)
    {
        public string Endpoint => Remote.ToString();
    }
}
