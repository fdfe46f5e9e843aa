// SPDX-License-Identifier: Apache-2.0
namespace Weir.Desk.Console.Routing;

/// <summary>How one browser wants it, in a cookie of its own. Words of closed lists alone, whatever the cookie
/// says.</summary>
/// <param name="Theme">system, light or dark.</param>
/// <param name="Density">usual or comfortable.</param>
/// <param name="Language">A tag; empty for what the browser asks for.</param>
internal sealed record ConsoleLook(string Theme, string Density, string Language)
{
    public static readonly ConsoleLook Usual = new("system", "usual", "");

    public static readonly IReadOnlyList<string> Themes = ["system", "light", "dark"];

    public static readonly IReadOnlyList<string> Densities = ["usual", "comfortable"];

    private const char Between = '.';

    /// <summary>Reads what <see cref="ToString"/> writes; a part that is none of its list is the usual one.</summary>
    public static ConsoleLook Parse(string? text, IReadOnlyList<string> languages) =>
        text?.Split(Between) is [var theme, var density, var language]
        ? From(theme, density, language, languages)
        : Usual;

    public static ConsoleLook From(string theme, string density, string language, IReadOnlyList<string> languages) =>
        new(
        Themes.Contains(theme) ? theme : Usual.Theme, Densities.Contains(density) ? density : Usual.Density,
        languages.Contains(language) ? language : "");

    public override string ToString() => string.Join(Between, Theme, Density, Language);
}
