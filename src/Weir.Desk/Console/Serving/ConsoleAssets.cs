// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Weir.Desk.Console.Layout;
using Weir.Hosting.Browsers;

namespace Weir.Desk.Console.Serving;

/// <summary>The style sheet and the script of the console.</summary>
internal sealed class ConsoleAssets
{
    public const string Folder = BrowserAssets.Folder;

    private const string Resources = "console/assets/";

    private readonly BrowserAssets _files = new();

    public ConsoleAssets()
    {
        var here = Assembly.GetExecutingAssembly();
        Names = new(
            _files.Add("console.css", here, Of("tokens.css", "console.css", "pages.css")),
            _files.Add("console.js", here, Of("console.js")));
        SignIn = _files.Add("sign-in.js", here, [BrowserAssets.Passkeys, .. Of("sign-in.js")]);
    }

    /// <summary>Where pages find them.</summary>
    public ShellAssets Names { get; }

    /// <summary>The script of pages that ask for a passkey.</summary>
    public string SignIn { get; }

    /// <summary>Answers where the path is one of them.</summary>
    public Task<bool> TryAnswerAsync(HttpContext context) => _files.TryAnswerAsync(context);

    private static IEnumerable<string> Of(params string[] parts) => parts.Select(part => Resources + part);
}
