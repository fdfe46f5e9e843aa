// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Weir.EndToEnd.SelfService;
using Weir.Tests.Support;

namespace Weir.EndToEnd.ConsolePages;

/// <summary>Every page, light, dark, and on a phone in German: axe finds nothing, none is wider than its screen, and
/// its picture lies in <c>artifacts/console</c>. With <c>WEIR_WRITE_DOCS=1</c> a small one of it lies beside the page of
/// docs that shows them all, which is written anew.</summary>
internal static class Pictures
{
    private static readonly (string Name, string Locale, ColorScheme Scheme, int Width)[] Ways =
    [
        ("light", "en-GB", ColorScheme.Light, 1_280), ("dark", "en-GB", ColorScheme.Dark, 1_280),
        ("phone", "de-DE", ColorScheme.Light, 390),
    ];

    private const string Document = "docs/37-console-pictures.md";

    /// <summary>Where the pictures of the documentation lie, a folder a page, by the page that shows them.</summary>
    private const string Shown = "pictures";

    /// <summary>A queue of hundreds of rows looks below this, in pixels, as above it.</summary>
    private const int Highest = 1_800;

    /// <summary>Of WebP, percent: words stay sharp.</summary>
    private const int Quality = 40;

    /// <summary>The head as it is at its longest, whatever this run's parts say.</summary>
    private const string Unwell =
        "() => { const at = document.querySelector('.top .health .st'); if (at) at.textContent = '12 Teile sind nicht gut'; }";

    /// <summary>Of a page that is wider than its screen, what sticks out; empty of any other.</summary>
    private const string Widest = """
        () => {
          const root = document.documentElement;
          if (root.scrollWidth <= root.clientWidth) return "";
          const out = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > root.clientWidth + 1);
          return out.slice(0, 3).map(e => e.outerHTML.slice(0, 160)).join(" | ");
        }
        """;

    /// <summary>Texts of a German page that are English: those with a word that no German sentence has. What is marked
    /// as English, and what is no language, such as addresses and commands, does not count.</summary>
    private const string English = """
        () => {
          const words = /(^|[^\p{L}-])(the|and|is|are|of|with|for|this|that|been|which|from|they|by|has|have|its|until|nobody|where)([^\p{L}-]|$)/iu;
          const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
          const out = [];
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            if (words.test(node.data) && !node.parentElement.closest("code, pre, kbd, .code, .canon, .conf, [lang=en], [data-said], script")) out.push(node.data.trim().slice(0, 120));
          }
          return out;
        }
        """;

    /// <param name="browser">Draws.</param>
    /// <param name="signedIn">Whose session it is.</param>
    /// <param name="begin">Scheme and host.</param>
    /// <param name="pages">Names of pictures, and paths.</param>
    public static async Task TakeAsync(
        Browser browser, IPage signedIn, string begin, IReadOnlyList<(string Name, string Path)> pages)
    {
        var folder = Directory.CreateDirectory(Path.Combine(RepositoryRoot.Path, "artifacts", "console")).FullName;
        var cookies = await signedIn.Context.CookiesAsync();
        List<string> faults = [];
        foreach (var (way, locale, scheme, width) in Ways)
        {
            var page = await browser.PageAsync(locale, scheme, width, mayAsk: true);
            await page.Context.AddCookiesAsync(cookies.Select(one => new Cookie
            {
                Name = one.Name, Value = one.Value, Domain = one.Domain, Path = one.Path, Secure = one.Secure,
                HttpOnly = one.HttpOnly, SameSite = one.SameSite, Expires = one.Expires,
            }));
            foreach (var (name, path) in pages)
            {
                await page.GotoAsync(path.StartsWith('/') ? $"{begin}{path}" : path);
                var found = await page.RunAxe();
                faults.AddRange(found.Violations.Select(one =>
                    $"{way} {path}: {one.Id}: {string.Join(" | ", one.Nodes.Take(3).Select(node => node.Html))}"));
                var wide = await page.EvaluateAsync<string>(Widest);
                faults.AddRange(wide.Length > 0 ? [$"{way} {path}: wider than its screen: {wide}"] : []);
                faults.AddRange(locale != "de-DE" ? [] : (await page.EvaluateAsync<string[]>(English))
                    .Select(text => $"{way} {path}: English on a German page: {text}"));
                _ = await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}-{way}.png"), FullPage = true });
                await ShowAsync(page, name, way, width);
                await page.EvaluateAsync(Unwell);
                var unwell = wide.Length > 0 ? "" : await page.EvaluateAsync<string>(Widest);
                faults.AddRange(unwell.Length > 0 ? [$"{way} {path}: wider than its screen when parts are not well: {unwell}"] : []);
            }
        }

        WriteDocument();

        Assert.True(faults.Count == 0, string.Join('\n', faults.Distinct()));
    }

    private static bool IsForDocs => Environment.GetEnvironmentVariable("WEIR_WRITE_DOCS") == "1";

    /// <summary>The picture for the documentation: by Chromium itself, which alone of what is here writes WebP.</summary>
    private static async Task ShowAsync(IPage page, string name, string way, int width)
    {
        if (!IsForDocs)
        {
            return;
        }

        var height = await page.EvaluateAsync<int>("() => document.documentElement.scrollHeight");
        var session = await page.Context.NewCDPSessionAsync(page);
        var taken = await session.SendAsync("Page.captureScreenshot", new()
        {
            ["format"] = "webp", ["quality"] = Quality, ["captureBeyondViewport"] = true,
            ["clip"] = new Dictionary<string, object>
            {
                ["x"] = 0, ["y"] = 0, ["width"] = width, ["height"] = Math.Min(height, Highest), ["scale"] = 1,
            },
        });
        var folder = Directory.CreateDirectory(Path.Combine(RepositoryRoot.Path, "docs", Shown, name)).FullName;
        await File.WriteAllBytesAsync(
            Path.Combine(folder, $"{way}.webp"), taken!.Value.GetProperty("data").GetBytesFromBase64());
    }

    /// <summary>The page that shows what is there, by name.</summary>
    private static string Compose()
    {
        var text = new StringBuilder("""
            # The console in pictures

            This page and its pictures are made by the tests of the console in Chromium, against the real four processes with simulated traffic: run `WEIR_WRITE_DOCS=1 scripts/prove.d/60-console.sh`. Each page in light and in dark at 1280 pixels, and on a phone in German; what is longer is cut. What the pages are for: [35-console.md](35-console.md).

            """);
        foreach (var name in Directory.GetDirectories(Path.Combine(RepositoryRoot.Path, "docs", Shown))
            .Select(Path.GetFileName).Order(StringComparer.Ordinal))
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"\n## {name!.Replace('-', ' ')}\n\n| {string.Join(" | ", Ways.Select(one => one.Name))} |\n|---|---|---|\n|");
            foreach (var (way, _, _, _) in Ways)
            {
                _ = text.Append(CultureInfo.InvariantCulture, $" ![{name}, {way}]({Shown}/{name}/{way}.webp) |");
            }

            _ = text.Append('\n');
        }

        return text.ToString();
    }

    private static void WriteDocument()
    {
        if (IsForDocs)
        {
            RepositoryRoot.AssertFresh(Document, Compose());
        }
    }
}
