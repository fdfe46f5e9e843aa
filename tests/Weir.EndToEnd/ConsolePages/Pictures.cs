// SPDX-License-Identifier: Apache-2.0
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Weir.EndToEnd.SelfService;
using Weir.Tests.Support;

namespace Weir.EndToEnd.ConsolePages;

/// <summary>Every page, light, dark, and on a phone in German: axe finds nothing, none is wider than its screen, and
/// its picture lies in <c>artifacts/console</c>.</summary>
internal static class Pictures
{
    private static readonly (string Name, string Locale, ColorScheme Scheme, int Width)[] Ways =
    [
        ("light", "en-GB", ColorScheme.Light, 1_280), ("dark", "en-GB", ColorScheme.Dark, 1_280),
        ("phone", "de-DE", ColorScheme.Light, 390),
    ];

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
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults.Distinct()));
    }
}
