// SPDX-License-Identifier: Apache-2.0
namespace Weir.Tests.House;

/// <summary>A component is a folder: of a size that can be read, under a name of its own, and on one side of every
/// other. What is still allowed stands here and may only shrink.</summary>
public sealed class FolderTests
{
    private const int MostFiles = 22;

    /// <summary>Folders of the program that still need each other.</summary>
    private static readonly string[] KnottedStill =
    [
        "src/Weir.Cli", "src/Weir.Cli/Analysis", "src/Weir.Cli/Api", "src/Weir.Cli/Commands",
        "src/Weir.Cli/Configuring", "src/Weir.Cli/Flows", "src/Weir.Cli/Processes", "src/Weir.Cli/Retaining",
        "src/Weir.Cli/SelfTesting", "src/Weir.Cli/SelfTesting/Rules", "src/Weir.Cli/Serving",
        "src/Weir.Cli/Web/SelfService",
    ];

    /// <summary>Folders that still hold more files, with how many.</summary>
    private static readonly Dictionary<string, int> LargeStill = new()
    {
        ["src/Weir.Cli/Commands"] = 43,
        ["src/Weir.Cli/Configuring"] = 35,
    };

    private static IEnumerable<IGrouping<string, SourceFile>> Projects =>
        Repository.Sources("src").Concat(Repository.Sources("src", ".razor"))
            .GroupBy(file => string.Join('/', file.Path.Split('/')[..2]));

    [Fact]
    public void No_folders_of_a_project_need_each_other()
    {
        var circles = Projects.SelectMany(project => new FolderGraph(project).Circles()).ToList();

        Breaches.None(circles.Where(circle => circle.Folders.Except(KnottedStill).Any())
            .Select(circle => $"{string.Join(", ", circle.Folders)}: {circle.Why}"));
        Breaches.None(KnottedStill.Except(circles.SelectMany(circle => circle.Folders))
            .Select(folder => $"{folder} is in no circle any more: strike it from the list"));
    }

    [Fact]
    public void A_folder_can_be_read_in_one_sitting()
    {
        var sizes = Repository.Sources("src").GroupBy(file => file.Path[..file.Path.LastIndexOf('/')])
            .ToDictionary(folder => folder.Key, folder => folder.Count());

        Breaches.None(sizes.Where(folder => folder.Value > LargeStill.GetValueOrDefault(folder.Key, MostFiles))
            .Select(folder => $"{folder.Key}: {folder.Value} files"));
        Breaches.None(LargeStill.Where(still => sizes.GetValueOrDefault(still.Key) < still.Value)
            .Select(still => $"{still.Key} holds {sizes.GetValueOrDefault(still.Key)} files: say so in the list"));
    }

    [Fact]
    public void No_two_types_bear_one_name() =>
        Breaches.None(
            from file in Repository.Sources("src")
            let space = string.Join('.', file.Path.Split('/')[1..^1])
            from name in FolderGraph.TypesOf(file)
            where name != "Program"
            group space by name into same
            where same.Distinct().Count() > 1
            select $"{same.Key}: {string.Join(", ", same.Distinct())}");
}
