// SPDX-License-Identifier: Apache-2.0
//
// A file that one process at a time holds (flock(2)): the kernel lets it go when its holder dies, whatever killed it.
// Who holds it the kernel says too (proc(5), /proc/locks), where both are of one PID namespace.
using System.Globalization;

namespace Weir.Hosting.Posix;

/// <summary>Takes such files.</summary>
internal static class FileLock
{
    private const string Held = "FLOCK";

    /// <summary>Takes one, made with mode 0600 where it is not there. Whoever disposes it lets it go.</summary>
    /// <exception cref="IOException">Another process holds it: the message names the file, that process and the fix; or
    /// it cannot be opened. So may <see cref="UnauthorizedAccessException"/> say.</exception>
    public static FileStream Take(string path, FileAccess access = FileAccess.ReadWrite)
    {
        try
        {
            return new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate, Access = access, Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (IOException held) when (HolderOf(path) is { } holder)
        {
            throw new IOException(
                $"{path} is held by {holder}, which has this folder; stop that one, or give this one another folder",
                held);
        }
    }

    /// <summary>Who holds a file, such as <c>process 4711 (weir)</c>; null where nobody does.</summary>
    private static string? HolderOf(string path)
    {
        var ending = string.Create(CultureInfo.InvariantCulture, $":{PathOwner.InodeOf(path)}");
        foreach (var line in File.Exists("/proc/locks") ? File.ReadLines("/proc/locks") : [])
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, Held, _, _, var process, var file, ..]
                && file.EndsWith(ending, StringComparison.Ordinal))
            {
                return int.TryParse(process, CultureInfo.InvariantCulture, out var number) && number > 0
                    ? $"process {process}{NameOf(process)}" : "another process";
            }
        }

        return null;
    }

    private static string NameOf(string process)
    {
        try
        {
            return $" ({File.ReadAllText($"/proc/{process}/comm").Trim()})";
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return ""; // it ended since: its number is all that is known
        }
    }
}
