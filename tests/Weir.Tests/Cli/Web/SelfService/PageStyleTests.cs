// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Weir.Cli.Configuring;
using Weir.Cli.Web.SelfService;
using Weir.Desk.Reporting.Html;

namespace Weir.Tests.Cli.Web.SelfService;

/// <summary>The page can be read by people who see badly, and its style is the one that the policy names.</summary>
public sealed partial class PageStyleTests
{
    [Fact]
    public void The_policy_names_the_style_sheet_as_it_stands_in_the_page()
    {
        var page = new PageLayout(new() { Provider = "x" }).Plain(PageResources.In(Language.En), "t", "x");
        var style = Style().Match(page).Groups[1].Value;
        Assert.Contains(
            Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style))), SecurityHeaders.Policy,
            StringComparison.Ordinal);
        Assert.DoesNotContain("url(", style, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ink", "paper")]
    [InlineData("ink", "sunk")]
    [InlineData("quiet", "paper")]
    [InlineData("quiet", "sunk")]
    [InlineData("blue", "paper")]
    [InlineData("blue", "sunk")]
    [InlineData("on", "blue")]
    public void Text_stands_out_from_what_is_behind_it_in_light_and_in_dark(string text, string behind)
    {
        // WCAG 2.2, success criterion 1.4.3: 4.5 to 1.
        foreach (var root in Root().Matches(PageStyle.Sheet.ToString()).Select(m => m.Groups[1].Value))
        {
            var (one, other) = (Luminance(root, text), Luminance(root, behind));
            Assert.True(
                (Math.Max(one, other) + 0.05) / (Math.Min(one, other) + 0.05) >= 4.5,
                $"{text} on {behind}: {(Math.Max(one, other) + 0.05) / (Math.Min(one, other) + 0.05):0.00}");
        }

        Assert.Equal(2, Root().Count(PageStyle.Sheet.ToString()));
    }

    [Fact]
    public void Both_languages_say_everything_and_not_the_same()
    {
        var (english, german) = (PageResources.In(Language.En), PageResources.In(Language.De));
        foreach (var said in typeof(PageResources).GetProperties().Where(p => p.PropertyType == typeof(string)))
        {
            var (one, other) = ((string)said.GetValue(english)!, (string)said.GetValue(german)!);
            Assert.True(one.Length > 0 && other.Length > 0 && one != other, said.Name);
        }

        foreach (var matter in Enum.GetValues<FindingKind>())
        {
            Assert.NotEqual(english.Heading(matter), german.Heading(matter));
            Assert.NotEqual(english.About(matter), german.About(matter));
            Assert.NotEmpty(english.Steps(matter));
            Assert.Equal(english.Steps(matter).Count, german.Steps(matter).Count);
        }

        Assert.Equal(Enum.GetValues<FindingKind>().Length, Enum.GetValues<FindingKind>()
            .Select(english.Heading).Distinct().Count());
    }

    private static double Luminance(string root, string name)
    {
        var hex = Regex.Match(root, $@"--{name}:#([0-9a-f]+)").Groups[1].Value;
        hex = hex.Length == 3 ? string.Concat(hex.Select(c => $"{c}{c}")) : hex;
        return Enumerable.Range(0, 3).Select(
            i => int.Parse(hex.AsSpan(i * 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) / 255.0)
            .Select(c => c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4))
            .Zip([0.2126, 0.7152, 0.0722], (c, weight) => c * weight).Sum();
    }

    [GeneratedRegex("<style>(.*?)</style>", RegexOptions.Singleline)]
    private static partial Regex Style();

    [GeneratedRegex(@":root \{ ([^}]*--paper[^}]*)\}")]
    private static partial Regex Root();
}
