// SPDX-License-Identifier: Apache-2.0
namespace Weir.Tests.Support;

/// <summary>The checkout the tests run from.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = Find();

    /// <summary>
    /// Holds a generated document against the file; <c>WEIR_WRITE_DOCS=1</c> writes the file instead, to be
    /// reviewed as a diff.
    /// </summary>
    public static void AssertFresh(string relative, string generated)
    {
        var file = System.IO.Path.Combine(Path, relative);
        if (Environment.GetEnvironmentVariable("WEIR_WRITE_DOCS") == "1")
        {
            File.WriteAllText(file, generated);
        }

        Assert.True(File.Exists(file) && File.ReadAllText(file) == generated,
            $"{relative} is stale; run the tests once with WEIR_WRITE_DOCS=1 and review the diff");
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "weir.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("weir.slnx is not above the tests");
    }
}
