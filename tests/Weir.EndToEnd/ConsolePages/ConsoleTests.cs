// SPDX-License-Identifier: Apache-2.0
using Microsoft.Playwright;
using Weir.EndToEnd.Support;

namespace Weir.EndToEnd.ConsolePages;

/// <summary>A person with a browser before the real program and lab traffic: by a link of the command line in, from the
/// first page to a case, to what stays closed, to a block that waits for another's key. Pictures of every page in both
/// themes and on a phone are written to <c>artifacts/console</c>.</summary>
public sealed class ConsoleTests
{
    private static readonly (string Name, string Path)[] Pages =
    [
        ("now", "/"), ("wall", "/?wall"), ("events", "/events"), ("exporters", "/exporters"), ("cases", "/cases"),
        ("endpoints", "/endpoints"), ("compare", "/compare"), ("blocks", "/blocks"), ("plan-empty", "/blocks/plan"),
        ("notices", "/notices"), ("away", "/notices/preview"), ("lists", "/lists"),
        ("approvals", "/approvals"), ("refused", "/audit"), ("oversight", "/oversight"), ("transparency", "/transparency"),
        ("governance-lab", "/governance"), ("health", "/health"), ("me", "/me"), ("nothing", "/nothing"),
    ];

    private const int Viewers = 200;

    /// <summary>Seconds between two renewals of a wall.</summary>
    private const double Renewal = 20;

    private const double TicksPerSecond = 100;

    [Fact]
    [Trait("Run", "prove")]
    public async Task From_the_first_page_to_a_planned_block_and_nothing_complains()
    {
        await using var run = await ConsoleRun.StartAsync();
        var (place, browser, weir) = (run.Place, run.Browser, run.Weir);

        // In, once.
        var page = await browser.PageAsync("en-GB");
        await page.GotoAsync($"{run.Address}/cases");
        Assert.Contains("weir console link", await page.Locator("main").InnerTextAsync(), StringComparison.Ordinal);
        await run.SignInAsync(page);

        // The first page follows what happens, under its own policy, while nobody works in it.
        await Assertions.Expect(page.Locator("main[data-listening]")).ToBeVisibleAsync();
        var sent = await place.SendAsync("sent");
        await weir.UntilAsync("a C&C's case is open", async () => await weir.SumAsync("weir_cases_files") >= 5);
        await Assertions.Expect(page.Locator("main[data-renewed]")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await weir.SettledAsync(sent.Flows);
        _ = await place.NextReportAsync(weir);

        await MissesNothingAsync(page, run.Address);
        var share = await ViewersAsync(run, page);
        Console.WriteLine(FormattableString.Invariant($"{Viewers} walls cost {100 * share:0.0} % of a core"));
        Assert.True(share < 0.05, FormattableString.Invariant($"{Viewers} walls cost {100 * share:0.0} % of a core"));

        // From the first page to a case of a listed endpoint, and what stays closed of it.
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("c");
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Cases");
        await page.Locator("#q").FillAsync("rule:cnc-contact");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("tr[data-row] a").First.ClickAsync();
        await Assertions.Expect(page.Locator("#open")).ToBeVisibleAsync();
        var address = page.Url;
        await page.GetByLabel("Direction/protocol/ports/addresses").FillAsync("out/tcp/25");
        await page.GetByRole(AriaRole.Button, new() { Name = "Ask" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("out-of-scope");
        await page.GotoAsync(address);
        await page.GetByRole(AriaRole.Link, new() { Name = "Read evidence" }).First.ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Evidence");
        var evidence = page.Url;

        // To a block: planned here, given by another's key elsewhere.
        await page.GotoAsync(address);
        await page.GetByRole(AriaRole.Link, new() { Name = "Plan a block" }).ClickAsync();
        var plan = page.Url;
        await page.GetByRole(AriaRole.Button, new() { Name = "Plan it" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("waits for a second person");
        await Assertions.Expect(page.Locator("table").First).ToContainTextAsync("weir block approve b-");
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "approve" })).ToHaveCountAsync(0);

        // What a comparison found has its own page, reached from the queue.
        await page.GotoAsync($"{run.Address}/compare");
        await page.Locator("td a[href^='/endpoint']").First.ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("found by comparing");
        var candidate = page.Url;
        await page.GotoAsync(address);
        await page.Locator("dd a[href^='/endpoint']").First.ClickAsync();
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("listed C&C");
        var listed = page.Url;

        await Pictures.TakeAsync(browser, page, $"{run.Address}", [
            .. Pages, ("case", address), ("evidence", evidence), ("plan", plan), ("ask", $"{address}/ask?what=out/tcp/25"),
            ("candidate", candidate), ("endpoint", listed),
        ]);
        // A refusal has a status of its own, which a browser notes.
        string[] told = ["403 (Forbidden)", "404 (Not Found)", "503 (Service Unavailable)"];
        Assert.DoesNotContain(browser.Complaints, said =>
            !told.Any(status => said.Contains(status, StringComparison.Ordinal)));
        Assert.All(browser.Asked, url => Assert.StartsWith($"{run.Address}/", url, StringComparison.Ordinal));
        Assert.Equal(0, await weir.StopAsync());
    }

    /// <summary>What changed after a page was made and before it listened is on it: a stream that says no more than that it
    /// begins has it made anew.</summary>
    private static async Task MissesNothingAsync(IPage page, string address)
    {
        var late = await page.Context.NewPageAsync();
        await late.RouteAsync("**/changes", route => route.FulfillAsync(new()
        {
            ContentType = "text/event-stream", Body = "event: begin\ndata: {\"topics\":[]}\n\n",
        }));
        await late.GotoAsync($"{address}/exporters");
        await Assertions.Expect(late.Locator("main[data-renewed]")).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await late.CloseAsync();
    }

    /// <summary>What so many walls, each renewed as walls are, cost the desk beside what it does anyway; of a core.
    /// </summary>
    private static async Task<double> ViewersAsync(ConsoleRun run, IPage signedIn)
    {
        var cookies = await signedIn.Context.CookiesAsync();
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("Cookie", string.Join("; ", cookies.Select(one => $"{one.Name}={one.Value}")));
        http.DefaultRequestHeaders.Add("Accept-Language", "en");
        var wall = new Uri($"{run.Address}/?wall");
        for (var i = 0; i < Viewers; i++)
        {
            Assert.Contains("class=\"wall\"", await http.GetStringAsync(wall), StringComparison.Ordinal); // compiled by now
        }

        var idle = await SpentAsync(run.Weir, () => Task.CompletedTask);
        var busy = await SpentAsync(run.Weir, () => http.GetStringAsync(wall));
        return busy - idle;
    }

    /// <summary>Of a core, while something is done as often as walls are renewed.</summary>
    private static async Task<double> SpentAsync(RunningWeir weir, Func<Task> act)
    {
        var desk = weir.ChildOf("desk");
        var (before, from) = (Ticks(desk), TimeProvider.System.GetTimestamp());
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(Renewal) / Viewers);
        for (var i = 0; i < Viewers; i++)
        {
            _ = await pace.WaitForNextTickAsync();
            await act();
        }

        return (Ticks(desk) - before) / TicksPerSecond / TimeProvider.System.GetElapsedTime(from).TotalSeconds;
    }

    /// <summary>User's and system's (proc(5)).</summary>
    private static double Ticks(int process)
    {
        var fields = File.ReadAllText($"/proc/{process}/stat").Split(") ")[1].Split(' ');
        return fields.Skip(11).Take(2).Sum(field => double.Parse(field, System.Globalization.CultureInfo.InvariantCulture));
    }
}
