// SPDX-License-Identifier: Apache-2.0
using Microsoft.Playwright;
using Weir.Tests.Support;

namespace Weir.EndToEnd.ConsolePages;

/// <summary>A router stops sending while somebody has the console open.</summary>
public sealed class SilentExporterTests
{
    /// <summary>Routers that send little send once in a few minutes: five without a datagram are silence.</summary>
    private static readonly TimeSpan SilentAfter = TimeSpan.FromMinutes(5);

    [Fact]
    [Trait("Run", "prove")]
    public async Task Now_and_Exporters_say_since_when_and_the_case_that_the_customer_is_told_nothing()
    {
        await using var run = await ConsoleRun.StartAsync();
        var (browser, weir) = (run.Browser, run.Weir);
        var sent = await run.Place.SendAsync("sent");
        await weir.SettledAsync(sent.Flows);
        var fell = TimeProvider.System.GetUtcNow();
        var page = await browser.PageAsync("en-GB");
        await run.SignInAsync(page);

        // While it delivers there is nothing to say.
        await page.GotoAsync($"{run.Address}/cases");
        await page.Locator("tr[data-row] a").First.ClickAsync();
        await Assertions.Expect(page.Locator("#open")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("main")).Not.ToContainTextAsync("told nothing");
        var address = page.Url;

        // The first page, open all the while, says so by itself, and since when.
        await page.GotoAsync($"{run.Address}/");
        await Until.MomentAsync(fell + SilentAfter);
        var need = page.Locator(".todo li", new() { HasText = "sends nothing" }).First;
        await Assertions.Expect(need).ToBeVisibleAsync();
        await Assertions.Expect(need.Locator(".age")).ToContainTextAsync("5 min");
        await page.GotoAsync($"{run.Address}/exporters");
        var row = page.Locator("tbody tr", new() { HasText = "silent" }).First;
        await Assertions.Expect(row).ToContainTextAsync("127.0.0.1");
        await Assertions.Expect(row).ToContainTextAsync("min");
        await page.GotoAsync(address);
        await Assertions.Expect(page.Locator(".note")).ToContainTextAsync("its customer is told nothing");

        await Pictures.TakeAsync(browser, page, $"{run.Address}", [
            ("now-silent", "/"), ("exporters-silent", "/exporters"), ("case-silent", address),
        ]);
        Assert.Empty(browser.Complaints);
        Assert.Equal(0, await weir.StopAsync());
    }
}
