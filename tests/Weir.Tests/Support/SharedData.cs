// SPDX-License-Identifier: Apache-2.0
namespace Weir.Tests.Support;

/// <summary>Real inputs beside the project (or at WEIR_DATA). A test that needs them says so when
/// they are absent.</summary>
internal static class SharedData
{
    public static string? Root { get; } = Find();

    /// <summary>Path of an input, or null (after saying so) where the folder is absent.</summary>
    public static string? Path(string relative, [System.Runtime.CompilerServices.CallerMemberName] string test = "")
    {
        if (Root is null)
        {
            Console.WriteLine($"SKIPPED {test}: no input folder (set WEIR_DATA)");
            return null;
        }

        return System.IO.Path.Combine(Root, relative);
    }

    private static string? Find()
    {
        var configured = Environment.GetEnvironmentVariable("WEIR_DATA");
        if (!string.IsNullOrEmpty(configured))
        {
            return Directory.Exists(configured) ? configured : null;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "weir.slnx")))
            {
                var data = System.IO.Path.Combine(folder.FullName, "..", "shared", "data");
                return Directory.Exists(data) ? System.IO.Path.GetFullPath(data) : null;
            }
        }

        return null;
    }
}
