// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace Weir.Tests.House;

/// <summary>A text file of the project.</summary>
/// <param name="Path">From the root, with forward slashes.</param>
internal sealed record SourceFile(string Path, string Text)
{
    public string[] Lines { get; } = Text.Split('\n');

    /// <summary>Lines, not counting what follows the last line end.</summary>
    public int LineCount => Text.EndsWith('\n') ? Lines.Length - 1 : Lines.Length;

    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The folder right below <paramref name="under"/>, or "" for a file that lies in it.</summary>
    public string Folder(string under)
    {
        var rest = Path[(under.Length + 1)..];
        var slash = rest.IndexOf('/');
        return slash < 0 ? "" : rest[..slash];
    }

    public IEnumerable<string> FolderNames => Path.Split('/')[..^1];
}

/// <summary>The project as it lies on disk: what git tracks or would track.</summary>
internal static class Repository
{
    private static readonly string[] NotText = [".pcap", ".pcapng", ".dat", ".bin", ".png", ".webp", ".gz", ".xz", ".native"];

    public static string Root { get; } = FindRoot();

    public static string Absolute(string path) => Path.Combine(Root, path);

    public static string Read(string path) => File.ReadAllText(Absolute(path)).ReplaceLineEndings("\n");

    public static IReadOnlyList<string> AllPaths { get; } = List();

    public static IEnumerable<SourceFile> Sources(string under, string extension = ".cs") =>
        AllPaths.Where(
            p => p.StartsWith(under + "/", StringComparison.Ordinal) && p.EndsWith(extension, StringComparison.Ordinal))
            .Select(p => new SourceFile(p, Read(p)));

    public static IEnumerable<SourceFile> Texts =>
        AllPaths.Where(
            p => !NotText.Contains(Path.GetExtension(p)) && !p.Contains("/Corpus/", StringComparison.Ordinal))
            .Select(p => new SourceFile(p, Read(p)));

    // Tracked files and new ones that are not ignored; where there is no git, everything outside build folders.
    private static List<string> List()
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git",
            [
                "-C", Root, "ls-files", "--cached", "--others", "--exclude-standard", "-z"
            ]) { RedirectStandardOutput = true })!;
            var listed = git.StandardOutput.ReadToEnd().Split('\0', StringSplitOptions.RemoveEmptyEntries);
            git.WaitForExit();
            if (git.ExitCode == 0 && listed.Length > 0)
            {
                return [.. listed.Distinct().Where(p => File.Exists(Absolute(p))).Order(StringComparer.Ordinal)];
            }
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Console.WriteLine("no git here: the files are listed from the disk");
        }

        string[] built = ["bin", "obj", "artifacts", "node_modules", ".git", "TestResults"];
        return [.. Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
            .Select(p => Path.GetRelativePath(Root, p).Replace('\\', '/'))
            .Where(p => !p.Split('/').Intersect(built).Any()).Order(StringComparer.Ordinal)];
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "weir.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("weir.slnx is in no folder above the tests");
    }
}
