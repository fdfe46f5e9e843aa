// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Posix;

namespace Weir.Hosting.Disks;

/// <summary>Why a folder cannot be written, as somebody who has to mend it wants to know: octets, inodes, a quota,
/// read-only, permission, gone, or the disk itself.</summary>
public static class DiskFault
{
    internal const int InputOutput = 5;
    internal const int AccessDenied = 13;
    internal const int NoSpace = 28;
    internal const int ReadOnly = 30;

    private const int NotPermitted = 1;
    private const int NoEntry = 2;
    private const int QuotaExceeded = 122;

    /// <summary>One sentence: the thing, the place, the fix. Throws nothing.</summary>
    /// <param name="folder">What could not be written.</param>
    /// <param name="fault">What the attempt met.</param>
    public static string Describe(string folder, Exception fault) => CodeOf(fault) switch
    {
        NoSpace when RoomOf(folder) is { FreeFiles: 0 } =>
            $"the file system of {folder} has no inode left for another file: remove small files from it",
        NoSpace => $"the disk of {folder} is full: free some room",
        QuotaExceeded => $"the disk quota of user {Own} is used up at {folder}: raise it, or free some room",
        ReadOnly => $"{folder} is on a file system that is read-only: see dmesg for a fault of the disk, then "
            + "remount it read-write",
        NotPermitted or AccessDenied => $"user {Own} may not write in {folder}: give the folder to it (chown) with "
            + "mode 0700",
        NoEntry => $"{folder} is not there: it was removed or unmounted",
        InputOutput => $"the disk of {folder} answers with input/output errors: see dmesg, and replace it",
        _ => $"{folder} cannot be written: {fault.Message}",
    };

    /// <summary>The kernel's number; 0 where there is none.</summary>
    private static int CodeOf(Exception fault) => fault switch
    {
        DirectoryNotFoundException or FileNotFoundException => NoEntry,
        UnauthorizedAccessException { InnerException: IOException inner } => CodeOf(inner),
        UnauthorizedAccessException => AccessDenied,
        IOException => fault.HResult & 0xFFFF,
        _ => 0,
    };

    private static DiskRoom? RoomOf(string folder)
    {
        try
        {
            return DiskRoom.Of(folder);
        }
        catch (IOException)
        {
            return null; // the fault that is described says more
        }
    }

    private static string Own => OsUsers.NameOf(OsUsers.Own);
}
