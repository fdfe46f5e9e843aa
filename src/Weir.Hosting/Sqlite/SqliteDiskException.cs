// SPDX-License-Identifier: Apache-2.0
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Weir.Hosting.Disks;

namespace Weir.Hosting.Sqlite;

/// <summary>The disk under an SQLite file refuses: full, read-only, or faults of its own. The message names the disk
/// and the fix; nothing of what was to be written was.</summary>
public sealed class SqliteDiskException : DbException
{
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Full = 13;

    /// <summary>Less is as good as none: a log's index alone takes as much.</summary>
    private const long LeastRoom = 64 << 10;

    private SqliteDiskException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>The kernel's number of what SQLite met; 0 where it is no matter of the disk (SQLite, "Result Codes").
    /// </summary>
    internal static int CodeOf(SqliteException fault, string path) => fault.SqliteErrorCode switch
    {
        Full => DiskFault.NoSpace,
        ReadOnly => RoomOf(path) is { IsReadOnly: true } ? DiskFault.ReadOnly : DiskFault.AccessDenied,
        InputOutput => RoomOf(path) is { FreeOctets: < LeastRoom } ? DiskFault.NoSpace : DiskFault.InputOutput,
        _ => 0,
    };

    /// <summary>What SQLite met, by the name of the disk.</summary>
    internal static SqliteDiskException Of(SqliteException fault, string path)
    {
        var reason = DiskFault.Describe(FolderOf(path), new IOException(fault.Message, CodeOf(fault, path)));
        return new($"{path} cannot be written: {reason}", fault);
    }

    private static string FolderOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path))!;

    private static DiskRoom? RoomOf(string path)
    {
        try
        {
            return DiskRoom.Of(FolderOf(path));
        }
        catch (IOException)
        {
            return null; // what SQLite met says more
        }
    }
}
