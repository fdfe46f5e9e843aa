// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;

namespace Weir.Tests.House;

public partial class DocumentTests
{
    [Fact]
    public void Links_between_documents_lead_somewhere()
    {
        var dead =
            from file in Repository.AllPaths.Where(p => p.EndsWith(".md", StringComparison.Ordinal))
                .Select(p => new SourceFile(p, Repository.Read(p)))
            from Match link in Link().Matches(file.Text)
            let target = link.Groups["to"].Value.Split('#')[0]
            where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal)
                && !target.StartsWith("mailto:", StringComparison.Ordinal)
            let folder = Path.GetDirectoryName(file.Path)!
            where !Path.Exists(Path.Combine(Repository.Root, folder, target))
            select $"{file.Path}: {target}";

        Breaches.None(dead);
    }

    [Fact]
    public void Decisions_are_numbered_without_gaps_and_listed()
    {
        var decisions = Repository.AllPaths.Where(p => Decision().IsMatch(p)).Select(Path.GetFileName).ToList();

        Assert.Equal(Enumerable.Range(1, decisions.Count), decisions.Select(d => int.Parse(d![..4])));
        Assert.All(decisions, d => Assert.Contains(d!, Repository.Read("docs/80-design.md")));
    }

    /// <summary>Code names its rules, decisions and statistics by pages that a reader of this tree has.</summary>
    [Fact]
    public void Code_names_documents_that_are_there()
    {
        var there = Repository.AllPaths.Select(Path.GetFileName).ToHashSet();

        Breaches.None(
            from folder in new[] { "src", "tests", "bench", "lab" }
            from file in Repository.Sources(folder)
            from Match named in Named().Matches(file.Text)
            where !there.Contains(named.Value)
            select $"{file.Path}: {named.Value}");
    }

    /// <summary>Who follows the page of changes finds each file, folder, test and name that it says.</summary>
    [Fact]
    public void The_page_of_changes_names_what_is_there()
    {
        var files = Repository.AllPaths.Select(Path.GetFileName).ToHashSet();
        var code = string.Concat(
            new[] { "src", "tests", "lab" }.SelectMany(folder => Repository.Sources(folder)).Select(file => file.Text));
        string[] roots = ["", "tests/Weir.Tests/", "tests/Weir."];

        Breaches.None(
            from Match word in Quoted().Matches(Repository.Read("docs/90-how-to-change.md"))
            let name = word.Groups["name"].Value
            where name.Contains('/', StringComparison.Ordinal)
                    ? !roots.Any(root => Path.Exists(Repository.Absolute(root + name))
                        || Path.Exists(Repository.Absolute($"{root}{name}.cs")))
                : name.Contains('.', StringComparison.Ordinal) ? FileName().IsMatch(name) && !files.Contains(name)
                : Identifier().IsMatch(name)
                    && !Regex.IsMatch(code, $@"\b{name}\b", RegexOptions.CultureInvariant)
            select $"docs/90-how-to-change.md: `{name}` is not there");
    }

    [GeneratedRegex(@"`(?<name>[^`\n …{]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^[A-Z]\w+(\.\w+)*\.(cs|yaml|txt)$")]
    private static partial Regex FileName();

    [GeneratedRegex("^[A-Z][a-z][A-Za-z0-9]+$")]
    private static partial Regex Identifier();

    [GeneratedRegex(@"(?<![\w./""-])[a-z0-9][a-z0-9-]*\.md\b")]
    private static partial Regex Named();

    [GeneratedRegex(@"\]\((?<to>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^docs/adr/\d{4}-[a-z0-9-]+\.md$")]
    private static partial Regex Decision();
}
