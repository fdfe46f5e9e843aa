// SPDX-License-Identifier: Apache-2.0
//
// Which folder of a project names a type of which other folder of it, read from the sources with regular expressions: a
// name counts where its namespace is open to the file. A folder is a component; those that need each other are one.
using System.Text.RegularExpressions;

namespace Weir.Tests.House;

/// <summary>The folders of one project and what they use of each other.</summary>
internal sealed partial class FolderGraph
{
    private readonly Dictionary<string, Dictionary<string, string>> _uses = [];

    /// <param name="files">All sources of one project, of one namespace for each folder.</param>
    public FolderGraph(IEnumerable<SourceFile> files)
    {
        var sources = files.Select(file => (Folder: FolderOf(file.Path), File: file, Code: Strip(file.Text))).ToList();
        var declared =
            from source in sources
            from name in TypesOf(source.File)
            select (Space: SpaceOf(source.File), Name: name, source.Folder);
        var types = declared.GroupBy(type => type.Space).ToDictionary(
            space => space.Key,
            space => space.DistinctBy(type => type.Name).ToDictionary(type => type.Name, type => type.Folder));
        foreach (var (folder, file, code) in sources)
        {
            var words = Word().Matches(code).Select(word => word.Value).ToHashSet();
            foreach (var (name, other) in OpenTo(file).Where(types.ContainsKey).SelectMany(space => types[space])
                .Where(type => type.Value != folder && words.Contains(type.Key)))
            {
                _uses.TryAdd(folder, []);
                _uses[folder].TryAdd(other, $"{file.Name} names {name}");
            }
        }
    }

    /// <summary>every group of folders that cannot do without each other, with an example of each use.</summary>
    public IReadOnlyList<(IReadOnlyList<string> Folders, string Why)> Circles()
    {
        var reach = _uses.Keys.ToDictionary(folder => folder, Reach);
        var circles = new List<(IReadOnlyList<string>, string)>();
        var done = new HashSet<string>();
        foreach (var folder in _uses.Keys.Order(StringComparer.Ordinal).Where(folder => reach[folder].Contains(folder)))
        {
            if (!done.Contains(folder))
            {
                string[] ring = [.. reach[folder]
                    .Where(other => reach.GetValueOrDefault(other)?.Contains(folder) == true)
                    .Order(StringComparer.Ordinal)];
                done.UnionWith(ring);
                circles.Add((ring, string.Join("; ",
                    from one in ring
                    from use in _uses[one]
                    where ring.Contains(use.Key)
                    select $"{one} -> {use.Key} ({use.Value})")));
            }
        }

        return circles;
    }

    /// <summary>Names of the types that a file declares, nested ones left out.</summary>
    public static IEnumerable<string> TypesOf(SourceFile file) =>
        Declared().Matches(Strip(file.Text)).Select(type => type.Groups[1].Value);

    private HashSet<string> Reach(string from)
    {
        var reached = new HashSet<string>();
        var open = new Queue<string>([from]);
        while (open.TryDequeue(out var folder))
        {
            foreach (var next in _uses.GetValueOrDefault(folder)?.Keys.Where(reached.Add) ?? [])
            {
                open.Enqueue(next);
            }
        }

        return reached;
    }

    private static string FolderOf(string path) => path[..path.LastIndexOf('/')];

    private static string SpaceOf(SourceFile file) =>
        Space().Match(file.Text) is { Success: true } found
            ? found.Groups[1].Value
            : FolderOf(file.Path)["src/".Length..].Replace('/', '.');

    private static IEnumerable<string> OpenTo(SourceFile file)
    {
        var own = SpaceOf(file).Split('.');
        return Enumerable.Range(1, own.Length).Select(length => string.Join('.', own[..length]))
            .Concat(Using().Matches(file.Text).Select(open => open.Groups[1].Value))
            .Concat(Qualified().Matches(file.Text).Select(named => named.Groups[1].Value)).Distinct();
    }

    private static string Strip(string text) =>
        QuotedText().Replace(Comment().Replace(RawText().Replace(text, "\"\""), ""), "\"\"");

    [GeneratedRegex("\"\"\"(?:.|\\n)*?\"\"\"")]
    private static partial Regex RawText();

    [GeneratedRegex("//[^\\n]*")]
    private static partial Regex Comment();

    [GeneratedRegex("\"(?:\\\\.|[^\"\\\\\\n])*\"")]
    private static partial Regex QuotedText();

    [GeneratedRegex(@"\b[A-Z]\w*\b")]
    private static partial Regex Word();

    [GeneratedRegex(@"^namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Space();

    [GeneratedRegex(@"^\s*(?:global\s+)?@?using\s+(?:static\s+)?(?:\w+\s*=\s*)?([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Using();

    [GeneratedRegex(@"\b(Weir(?:\.[A-Z]\w*)+)\.[A-Z]\w*")]
    private static partial Regex Qualified();

    [GeneratedRegex(
        @"^(?:(?:public|internal|sealed|static|abstract|partial|readonly|ref|unsafe)\s+)*"
        + @"(?:class|record struct|record class|record|struct|interface|enum)\s+([A-Za-z_]\w*)", RegexOptions.Multiline)]
    private static partial Regex Declared();
}
