// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Weir.Desk.Console;
using Weir.Desk.Console.Words;

namespace Weir.Tests.House;

/// <summary>What docs/90-how-to-change.md promises of a page of the console: a folder, which has its words and its line
/// of the navigation, and a line in the table of routes.</summary>
public sealed partial class PageTests
{
    private const string Console = "src/Weir.Desk/Console/";
    private const string Table = "src/Weir.Desk/Console/ConsoleRouteTable.cs";

    /// <summary>Folders of what stands around pages.</summary>
    private static readonly string[] Around = ["Assets", "Layout", "Routing", "Serving", "SignIn", "Words"];

    /// <summary>Folders that have a page.</summary>
    private static IReadOnlyList<string> Pages =>
    [
        .. Repository.Sources("src").Where(file => file.Path.StartsWith(Console, StringComparison.Ordinal))
            .Select(file => file.Path[Console.Length..].Split('/')).Where(parts => parts.Length > 1)
            .Select(parts => parts[0]).Distinct().Except(Around).Order(StringComparer.Ordinal),
    ];

    [Fact]
    public void The_pages_are_found() => Assert.Equal(
        [
            "Account", "Approvals", "Blocks", "Cases", "Compare", "Endpoints", "Exporters", "Happenings", "Instance",
            "Lists", "Notices", "Now", "Records",
        ],
        Pages);

    /// <summary>A page is known to the table, and to what stands beside it in its own folder.</summary>
    [Fact]
    public void A_page_is_a_folder_and_a_line() => Breaches.None(
        from page in Pages
        from file in Repository.Sources("src")
        where file.Path.StartsWith(Console, StringComparison.Ordinal) && file.Path != Table
        where Around.Contains(file.Path[Console.Length..].Split('/')[0])
        where Regex.IsMatch(file.Text, $@"\bConsole\.{page};")
        select $"{file.Path} knows the page {page}; what it needs of a page goes through ConsoleRoutes");

    /// <summary>It is in the table, or in the page of its folder that it belongs to.</summary>
    [Fact]
    public void Its_line_is_one() => Assert.All(
        from file in Repository.Sources("src")
        where file.Path.StartsWith(Console, StringComparison.Ordinal) && MapsRoutes().IsMatch(file.Text)
        select (Folder: Path.GetDirectoryName(file.Path)!, Page: Path.GetFileNameWithoutExtension(file.Path)),
        one => Assert.Single(
            Repository.Sources("src").Where(
                    file => file.Path == Table || Path.GetDirectoryName(file.Path) == one.Folder)
                .SelectMany(file => file.Lines),
            line => line.Contains($" {one.Page}.Map(routes);", StringComparison.Ordinal)));

    /// <summary>What the frame says of a section is the section's own.</summary>
    [Fact]
    public void The_frame_names_no_section() => Breaches.None(
        from section in ConsoleRouteTable.Create().Sections
        from file in Repository.Sources("src")
        where file.Path.StartsWith($"{Console}Layout/Shell", StringComparison.Ordinal)
        where Regex.IsMatch(file.Text, $"(?<!=)\"{section.Name}\"")
        select $"{file.Path} names the section {section.Name}; ConsoleSection has what it needs");

    [Fact]
    public void Every_page_belongs_to_a_line_of_the_navigation()
    {
        var routes = ConsoleRouteTable.Create();
        var sections = routes.Sections.Select(section => section.Name).ToHashSet(StringComparer.Ordinal);
        Assert.All(routes.All, route => Assert.Contains(route.Section, sections));
        Assert.All(routes.Sections, section => Assert.Contains(routes.All, route => route.Path == section.Path));
        var words = WordCatalogue.Read().In("en");
        Assert.All(sections, section => Assert.NotNull(words.Find($"rail.{section}")));
    }

    /// <summary>A section's name stands in the words of the folder that has its page.</summary>
    [Fact]
    public void Its_words_lie_in_its_folder() => Breaches.None(
        from file in Repository.Sources("src", ".txt")
        where file.Path.StartsWith($"{Console}Words/words.", StringComparison.Ordinal)
        from section in ConsoleRouteTable.Create().Sections
        where file.Lines.Any(line => line.StartsWith($"rail.{section.Name} =", StringComparison.Ordinal)
            || line.StartsWith($"{section.Name}.", StringComparison.Ordinal))
        select $"{file.Path} has words of the section {section.Name}; they lie beside its page");

    [GeneratedRegex(@"public static void Map\(ConsoleRoutes routes\)")]
    private static partial Regex MapsRoutes();
}
