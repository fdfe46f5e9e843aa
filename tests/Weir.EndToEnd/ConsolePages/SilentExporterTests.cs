// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Microsoft.Playwright;
using Weir.EndToEnd.SelfService;
using Weir.EndToEnd.Support;
using Weir.Tests.Support;

namespace Weir.EndToEnd.ConsolePages;

/// <summary>A router stops sending while somebody has the console open.</summary>
public sealed class SilentExporterTests : IDisposable
{
    /// <summary>Routers that send little send once in a few minutes: five without a datagram are silence.</summary>
    private static readonly TimeSpan SilentAfter = TimeSpan.FromMinutes(5);

    private readonly TempFolder _folder = new();
    private readonly int _port = FreePort.Tcp();

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Run", "prove")]
    public async Task Now_and_Exporters_say_since_when_and_the_case_that_the_customer_is_told_nothing()
    {
        Need.Programs("chromium");
        var place = await ServeFixture.MakeAsync(_folder, people: [(Environment.UserName, "analyst")]);
        await File.AppendAllTextAsync(place.Configuration, $"\nconsole:\n  enabled: true\n  listen: 127.0.0.1:{_port}\n");
        await using var weir = await RunningWeir.StartAsync(place);
        await using var browser = await Browser.StartAsync();
        var sent = await place.SendAsync("sent");
        await weir.SettledAsync(sent.Flows);
        var fell = TimeProvider.System.GetUtcNow();
        var page = await browser.PageAsync("en-GB");
        await page.GotoAsync(await LinkAsync(place));
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();

        // While it delivers there is nothing to say.
        await page.GotoAsync($"http://localhost:{_port}/cases");
        await page.Locator("tr[data-row] a").First.ClickAsync();
        await Assertions.Expect(page.Locator("#open")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("main")).Not.ToContainTextAsync("told nothing");
        var address = page.Url;

        // The first page, open all the while, says so by itself, and since when.
        await page.GotoAsync($"http://localhost:{_port}/");
        await Until.MomentAsync(fell + SilentAfter);
        var need = page.Locator(".todo li", new() { HasText = "sends nothing" }).First;
        await Assertions.Expect(need).ToBeVisibleAsync();
        await Assertions.Expect(need.Locator(".age")).ToContainTextAsync("5 min");
        await page.GotoAsync($"http://localhost:{_port}/exporters");
        var row = page.Locator("tbody tr", new() { HasText = "silent" }).First;
        await Assertions.Expect(row).ToContainTextAsync("127.0.0.1");
        await Assertions.Expect(row).ToContainTextAsync("min");
        await page.GotoAsync(address);
        await Assertions.Expect(page.Locator(".note")).ToContainTextAsync("its customer is told nothing");

        await Pictures.TakeAsync(browser, page, $"http://localhost:{_port}", [
            ("now-silent", "/"), ("exporters-silent", "/exporters"), ("case-silent", address),
        ]);
        Assert.Empty(browser.Complaints);
        Assert.Equal(0, await weir.StopAsync());
    }

    private static async Task<string> LinkAsync(ServeFixture place)
    {
        var asked = await WeirProcess.RunAsync("console", "link", "--socket", place.Control, "-o", "json");
        Assert.True(asked.ExitCode == 0, asked.Error);
        return JsonDocument.Parse(asked.Out).RootElement[0].GetProperty("link").GetString()!;
    }
}
