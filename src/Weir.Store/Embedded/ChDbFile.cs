// SPDX-License-Identifier: Apache-2.0
using Weir.Wire.Native;

namespace Weir.Store.Embedded;

/// <summary>Where the embedded engine's shared library lies.</summary>
public static class ChDbFile
{
    public const string Variable = "WEIR_CHDB";

    private const string Name = "libchdb.so";

    /// <summary>Path of the library: the variable WEIR_CHDB, else <c>native/</c> beside the program, else a checkout's
    /// node_modules above it.</summary>
    /// <exception cref="StoreException">It is in none of these places; the text says how to mend it.</exception>
    public static string Find() => Find(Environment.GetEnvironmentVariable(Variable), AppContext.BaseDirectory);

    internal static string Find(string? configured, string baseDirectory)
    {
        if (!string.IsNullOrEmpty(configured))
        {
            return File.Exists(configured)
                ? configured
                : throw Missing($"{Variable} names '{configured}', which does not exist");
        }

        var beside = Path.Combine(baseDirectory, "native", Name);
        if (File.Exists(beside))
        {
            return beside;
        }

        for (var folder = new DirectoryInfo(baseDirectory); folder is not null; folder = folder.Parent)
        {
            var checkout = Path.Combine(folder.FullName, "native", "node_modules", "@chdb", "lib-linux-x64-gnu", Name);
            if (File.Exists(checkout))
            {
                return checkout;
            }
        }

        throw Missing($"the embedded flow store's library {Name} is not at '{beside}'");
    }

    private static StoreException Missing(string what) =>
        new(
            0, $"{what}; put it there, set {Variable} to its path, or run 'npm ci' in the folder native of a checkout",
            retryable: false);
}
