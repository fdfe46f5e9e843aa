// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Weir.Contracts.Approvals;
using Weir.Tests.Support;
using Weir.Vault.ApprovalPages;
using Weir.Vault.Approving;

namespace Weir.Tests.Vault.ApprovalPages;

/// <summary>The vault's page speaks the browser's language, whole: pages, what the script says, and each refusal.</summary>
public sealed partial class ApprovalPageWordsTests
{
    private static readonly ApprovalPageMarkup Pages = new(new ApprovalPageOptions
    {
        Enabled = true, Public = new("https://approve.example.net"), Console = new("https://weir.example.net:8483"),
    });

    [Fact]
    public void Both_languages_have_the_same_names_and_each_refusal_has_words()
    {
        var all = ApprovalPageWords.ReadAll();

        Assert.Equal(all["en"].Names.Order(StringComparer.Ordinal), all["de"].Names.Order(StringComparer.Ordinal));
        Assert.All(
            Enum.GetValues<ApprovalFault>().Where(fault => fault != ApprovalFault.None),
            fault => Assert.Contains($"problem.{ApprovalFaults.Word(fault)}", all["de"].Names));
        var scripts = string.Concat(Directory.EnumerateFiles(Path.Combine(
            RepositoryRoot.Path, "src", "Weir.Vault", "ApprovalPages", "Assets"), "*.js").Select(File.ReadAllText));
        Assert.All(Named().Matches(scripts), name => Assert.Contains(name.Groups[1].Value, all["en"].Names));
    }

    [Theory]
    [InlineData("de-AT,de;q=0.9,en;q=0.5", "de", "Zeigen, was wartet")]
    [InlineData("fr,en;q=0.5", "en", "Show what waits")]
    [InlineData("", "en", "Show what waits")]
    [InlineData("nonsense;;;q=x", "en", "Show what waits")]
    public void The_page_is_in_the_browsers_language(string accepted, string language, string button)
    {
        var page = Pages.Approve("a-0000000000000001", accepted).ToString();

        Assert.Contains($"<html lang=\"{language}\">", page, StringComparison.Ordinal);
        Assert.Contains(button, page, StringComparison.Ordinal);
        Assert.Contains("data-console=\"https://weir.example.net:8483\"", page, StringComparison.Ordinal);
        Assert.Equal(language == "de", Pages.Enrol(accepted).ToString().Contains("Passkey anlegen", StringComparison.Ordinal));
    }

    [GeneratedRegex("""words\["([a-z.-]+)"\]""")]
    private static partial Regex Named();
}
