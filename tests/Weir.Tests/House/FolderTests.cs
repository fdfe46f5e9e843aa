// SPDX-License-Identifier: Apache-2.0
namespace Weir.Tests.House;

/// <summary>A component is a folder: of a size that can be read, under a name of its own, and on one side of every
/// other.</summary>
public sealed class FolderTests
{
    private const int MostFiles = 22;

    private static IEnumerable<IGrouping<string, SourceFile>> Projects =>
        Repository.Sources("src").Concat(Repository.Sources("src", ".razor"))
            .GroupBy(file => string.Join('/', file.Path.Split('/')[..2]));

    [Fact]
    public void No_folders_of_a_project_need_each_other() =>
        Breaches.None(Projects.SelectMany(project => new FolderGraph(project).Circles())
            .Select(circle => $"{string.Join(", ", circle.Folders)}: {circle.Why}"));

    [Fact]
    public void A_folder_can_be_read_in_one_sitting() =>
        Breaches.None(Repository.Sources("src").GroupBy(file => file.Path[..file.Path.LastIndexOf('/')])
            .Where(folder => folder.Count() > MostFiles).Select(folder => $"{folder.Key}: {folder.Count()} files"));

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
