// SPDX-License-Identifier: Apache-2.0
namespace Weir.Hosting.Files;

/// <summary>Tells a file that has changed from one that has not, without reading it.</summary>
internal static class FileStamp
{
    /// <summary>Changes when the file, or any file of the folder, does; 0 where it is not there.</summary>
    public static long Of(string path)
    {
        try
        {
            var files = Directory.Exists(path) ? Directory.GetFiles(path) : [path];
            var stamp = 0L;
            foreach (var file in files)
            {
                var about = new FileInfo(file);
                stamp = unchecked((stamp * 31) + (about.Exists
                    ? about.LastWriteTimeUtc.Ticks ^ about.Length ^ file.GetHashCode(StringComparison.Ordinal)
                    : 0));
            }

            return stamp;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
