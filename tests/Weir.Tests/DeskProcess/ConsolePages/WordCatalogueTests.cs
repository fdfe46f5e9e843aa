// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Console.Words;

namespace Weir.Tests.DeskProcess.ConsolePages;

/// <summary>The words of many folders are one language, or the start is refused with the place.</summary>
public sealed class WordCatalogueTests
{
    [Fact]
    public void A_name_that_two_folders_give_is_refused_with_the_file()
    {
        var first = WordCatalogue.Parse("console/Lists/words.en.txt", "lists.sub = Lists");
        var second = WordCatalogue.Parse("console/Cases/words.en.txt", "cases.sub = Cases\nlists.sub = Other");
        var refused = Assert.Throws<InvalidDataException>(
            () => WordCatalogue.Join("console/Cases/words.en.txt", first, second));
        Assert.Contains("console/Cases/words.en.txt", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'lists.sub'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_of_two_folders_are_all_there()
    {
        var joined = WordCatalogue.Join(
            "b", WordCatalogue.Parse("a", "one = 1"), WordCatalogue.Parse("b", "two = 2\n goes on"));
        Assert.Equal(("1", "2 goes on"), (joined["one"], joined["two"]));
    }

    [Fact]
    public void A_language_that_lacks_a_word_is_refused_with_its_name()
    {
        var refused = Assert.Throws<InvalidDataException>(() => WordCatalogue.From(
            new Dictionary<string, Dictionary<string, string>>
            {
                ["en"] = new() { ["one"] = "1" }, ["de"] = [],
            }));
        Assert.Contains("'one'", refused.Message, StringComparison.Ordinal);
    }
}
