// SPDX-License-Identifier: Apache-2.0
//
// Whose a file or folder is, and giving it to a group.
using System.Runtime.InteropServices;

namespace Weir.Hosting.Posix;

/// <summary>Owner and mode of what lies at a path; symbolic links are not followed unless that is asked for.</summary>
/// <param name="User">Its owner.</param>
/// <param name="Group">Its group.</param>
/// <param name="Mode">Permissions with set-id and sticky bits.</param>
/// <param name="Kind">What it is: one of <c>S_IFMT</c>.</param>
public readonly record struct PathOwner(uint User, uint Group, UnixFileMode Mode, int Kind)
{
    private const int KindBits = 0xF000;
    private const int CurrentFolder = -100;
    private const int LinkItself = 0x100;
    private const uint TypeModeAndOwner = 0x1F;
    private const uint InodeAlone = 0x100;

    /// <summary>True for a directory.</summary>
    public bool IsFolder => Kind == 0x4000;

    /// <summary>True for an ordinary file: no link, pipe or device.</summary>
    public bool IsFile => Kind == 0x8000;

    /// <summary>True for a Unix socket.</summary>
    public bool IsSocket => Kind == 0xC000;

    /// <summary>Looks; null where nothing is there or it cannot be seen.</summary>
    /// <param name="path">Where.</param>
    /// <param name="followsLinks">Of a link, what it leads to.</param>
    public static unsafe PathOwner? Get(string path, bool followsLinks = false)
    {
        Libc.FileStatus status;
        return Libc.statx(CurrentFolder, path, followsLinks ? 0 : LinkItself, TypeModeAndOwner, &status) == 0
            ? new(status.User, status.Group, (UnixFileMode)(status.Mode & ~KindBits), status.Mode & KindBits)
            : null;
    }

    /// <summary>The number of the file that a path leads to, whatever its name; 0 where nothing is there.</summary>
    public static unsafe ulong InodeOf(string path)
    {
        Libc.FileStatus status;
        return Libc.statx(CurrentFolder, path, 0, InodeAlone, &status) == 0 ? status.Inode : 0;
    }

    /// <summary>Gives a file to a group; its owner stays.</summary>
    /// <exception cref="IOException">The kernel refuses.</exception>
    public static void GiveToGroup(string path, uint group)
    {
        if (Libc.lchown(path, uint.MaxValue, group) != 0)
        {
            throw new IOException(
                $"{path} cannot be given to group {group}: {Marshal.GetLastPInvokeErrorMessage()}; "
                + $"make user {OsUsers.NameOf(OsUsers.Own)} a member of it");
        }
    }
}
