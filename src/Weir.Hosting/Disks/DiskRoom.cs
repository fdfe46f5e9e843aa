// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Weir.Hosting.Posix;

namespace Weir.Hosting.Disks;

/// <summary>What a file system has left (statvfs(3), POSIX.1-2017).</summary>
/// <param name="FreeOctets">For us, who are not root.</param>
/// <param name="FreeFiles">Inodes; null where it makes them as it goes.</param>
/// <param name="IsReadOnly">Mounted read-only, by somebody or by the kernel after a fault of the disk.</param>
public readonly record struct DiskRoom(long FreeOctets, long? FreeFiles, bool IsReadOnly)
{
    private const ulong ReadOnlyFlag = 1;

    /// <summary>Looks.</summary>
    /// <exception cref="IOException">Nothing is there, or it does not answer.</exception>
    public static unsafe DiskRoom Of(string folder)
    {
        Libc.FileSystemStatus status;
        if (Libc.statvfs(folder, &status) != 0)
        {
            throw new IOException($"'{folder}': {Marshal.GetLastPInvokeErrorMessage()}", Marshal.GetLastPInvokeError());
        }

        return new(
            (long)Math.Min(long.MaxValue, status.BlocksForUs * status.Fragment),
            status.Files == 0 ? null : (long)status.FilesForUs, (status.Flags & ReadOnlyFlag) != 0);
    }
}
