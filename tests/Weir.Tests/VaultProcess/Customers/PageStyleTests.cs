// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Weir.Vault.Customers;
using Weir.Vault.Texts;

namespace Weir.Tests.VaultProcess.Customers;

/// <summary>The page can be read by people who see badly, and its style is the one that the policy names.</summary>
public sealed partial class PageStyleTests
{
    [Fact]
    public void The_policy_names_the_style_sheet_as_it_stands_in_the_page()
    {
        var catalogue = TextCatalogue.Read(null);
        var page = new PageLayout(
            new() { Listen = new(IPAddress.Loopback, 0), Public = new Uri("https://x"), Provider = "x", Contact = "x" },
            catalogue).Plain(catalogue.In("en"), TextEntries.Refused);
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
