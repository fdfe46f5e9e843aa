// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Microsoft.Playwright;
using Weir.EndToEnd.SelfService;
using Weir.EndToEnd.Support;
using Weir.Tests.Support;

namespace Weir.EndToEnd.ConsolePages;

/// <summary>The real program in a lab with its console, an analyst's, and a browser before it.</summary>
internal sealed class ConsoleRun : IAsyncDisposable
{
    private readonly TempFolder _folder = new();

    private ConsoleRun()
    {
    }

    /// <summary>Where it runs.</summary>
    public ServeFixture Place { get; private set; } = null!;

    /// <summary>The program.</summary>
    public RunningWeir Weir { get; private set; } = null!;

    public Browser Browser { get; private set; } = null!;

    /// <summary>Scheme, host and port of the console.</summary>
    public string Address { get; } = $"http://localhost:{FreePort.Tcp()}";

    public static async Task<ConsoleRun> StartAsync()
    {
        Need.Programs("chromium");
        var run = new ConsoleRun();
        run.Place = await ServeFixture.MakeAsync(run._folder, people: [(Environment.UserName, "analyst")]);
        await File.AppendAllTextAsync(
            run.Place.Configuration,
            $"\nconsole:\n  enabled: true\n  listen: 127.0.0.1:{new Uri(run.Address).Port}\n");
        run.Weir = await RunningWeir.StartAsync(run.Place);
        run.Browser = await Browser.StartAsync();
        return run;
    }

    /// <summary>Signs in by a link of the command line.</summary>
    public async Task SignInAsync(IPage page)
    {
        var asked = await WeirProcess.RunAsync("console", "link", "--socket", Place.Control, "-o", "json");
        Assert.True(asked.ExitCode == 0, asked.Error);
        await page.GotoAsync(JsonDocument.Parse(asked.Out).RootElement[0].GetProperty("link").GetString()!);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Now");
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        await Weir.DisposeAsync();
        _folder.Dispose();
    }
}
