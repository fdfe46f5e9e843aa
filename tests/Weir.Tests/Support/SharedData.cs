// SPDX-License-Identifier: Apache-2.0
namespace Weir.Tests.Support;

/// <summary>Real inputs beside the project (or at WEIR_DATA). A test that needs one is skipped where it is missing, or
/// fails where WEIR_DATA_MUST=1.</summary>
internal static class SharedData
{
    private static readonly string _root = Find();

    /// <summary>Path of an input that is there.</summary>
    public static string Path(string relative)
    {
        var path = System.IO.Path.Combine(_root, relative);
        Need.Data(System.IO.Path.Exists(path), $"no input {relative} under '{_root}' (WEIR_DATA names the folder)");
        return path;
    }

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("WEIR_DATA") is { Length: > 0 } configured)
        {
            return configured;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "weir.slnx")))
            {
                return System.IO.Path.GetFullPath(
                    System.IO.Path.Combine(folder.FullName, "..", "shared", "data"));
            }
        }

        throw new InvalidOperationException("weir.slnx is in no folder above the tests");
    }
}
