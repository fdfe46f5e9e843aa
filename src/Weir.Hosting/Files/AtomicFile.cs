// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Weir.Hosting.Files;

/// <summary>A file that is there whole or not at all: written beside its place, synced, then renamed over it.</summary>
public static class AtomicFile
{
    /// <summary>Writes UTF-8 without a mark. Throws <see cref="IOException"/> or
    /// <see cref="UnauthorizedAccessException"/>; the old file then stands untouched.</summary>
    public static void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Writes octets. Throws as the other does.</summary>
    public static void Write(string path, ReadOnlySpan<byte> octets)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        var beside = Path.Combine(folder, $".{Path.GetFileName(path)}.{Environment.ProcessId}.part");
        try
        {
            using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                file.Write(octets);
                file.Flush(flushToDisk: true);
            }

            File.Move(beside, path, overwrite: true);
        }
        finally
        {
            File.Delete(beside);
        }
    }
}
