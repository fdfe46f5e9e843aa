// SPDX-License-Identifier: Apache-2.0
using Microsoft.Playwright;

namespace Weir.EndToEnd.SelfService;

/// <summary>A real Chromium without a screen, as a customer's. What it complains of and what it
/// fetches is kept.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private const string Program = "/usr/bin/chromium";

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Browser(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    /// <summary>What its console said that is no page's own word: breaches of the page's policy, faults.</summary>
    public List<string> Complaints { get; } = [];

    /// <summary>All that it asked of anybody.</summary>
    public List<string> Asked { get; } = [];

    /// <param name="trusts">Digest of the key of a certificate that it takes for good, base64; empty for none.</param>
    public static async Task<Browser> StartAsync(string trusts = "")
    {
        var playwright = await Playwright.CreateAsync();
        return new(playwright, await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Program,
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync",
                .. trusts.Length > 0 ? [$"--ignore-certificate-errors-spki-list={trusts}"] : Array.Empty<string>(),
            ],
        }));
    }

    /// <param name="locale">The customer's language.</param>
    /// <param name="scheme">Light or dark.</param>
    /// <param name="width">Of the screen, in pixels.</param>
    /// <param name="mayAsk">The test may ask the page about itself, which its policy forbids to everybody.</param>
    public async Task<IPage> PageAsync(
        string locale, ColorScheme scheme = ColorScheme.Light, int width = 1_280, bool mayAsk = false)
    {
        var context = await _browser.NewContextAsync(new()
        {
            Locale = locale,
            ColorScheme = scheme,
            ViewportSize = new() { Width = width, Height = 900 },
            BypassCSP = mayAsk,
            IgnoreHTTPSErrors = true, // a certificate of the test's own, at most
        });
        context.SetDefaultTimeout(120_000);
        Assertions.SetDefaultExpectTimeout(60_000);
        var page = await context.NewPageAsync();
        page.Console += (_, said) =>
        {
            // Interfaces of other tests come and go on this machine; the page asks again.
            if (!said.Text.Contains("ERR_NETWORK_CHANGED", StringComparison.Ordinal))
            {
                Complaints.Add($"{said.Type}: {said.Text}");
            }
        };
        page.PageError += (_, said) => Complaints.Add(said);
        page.Request += (_, request) => Asked.Add(request.Url);
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
