// SPDX-License-Identifier: Apache-2.0
//
// Every call into libc that is not on a collector's hot path. The callers are the small classes beside this one.
//
// Standards: POSIX.1-2017; Linux getpwnam_r(3), unix(7), prctl(2).
using System.Runtime.InteropServices;

namespace Weir.Hosting.Posix;

#pragma warning disable SA1300, IDE1006 // libc's names
internal static unsafe partial class Libc
{
    public const int CloseOnExec = 0x80000;
    public const int Folder = 0x10000;

    [LibraryImport("libc")]
    public static partial uint geteuid();

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int getpwnam_r(string name, Entry* entry, byte* buffer, nuint length, out nint found);

    [LibraryImport("libc")]
    public static partial int getpwuid_r(uint user, Entry* entry, byte* buffer, nuint length, out nint found);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int getgrnam_r(string name, Entry* entry, byte* buffer, nuint length, out nint found);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int lchown(string path, uint user, uint group);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int open(string path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fsync(int descriptor);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int statx(int folder, string path, int flags, uint mask, FileStatus* status);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int statvfs(string path, FileSystemStatus* status);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int prctl(int option, nuint second, nuint third, nuint fourth, nuint fifth);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setrlimit(int resource, ref ulong limits);

    [LibraryImport("libc")]
    public static partial uint umask(uint mask);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setsid();

    [LibraryImport("libc", SetLastError = true)]
    public static partial int kill(int process, int signal);

    /// <summary>struct passwd and struct group, which begin alike: name, password, number. The rest is only
    /// room.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Entry
    {
        public nint Name;
        public nint Password;
        public uint Id;
        private fixed byte _rest[64];
    }

    /// <summary>struct statvfs of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 112)]
    public struct FileSystemStatus
    {
        [FieldOffset(8)]
        public ulong Fragment;

        [FieldOffset(32)]
        public ulong BlocksForUs;

        [FieldOffset(40)]
        public ulong Files;

        [FieldOffset(56)]
        public ulong FilesForUs;

        [FieldOffset(72)]
        public ulong Flags;
    }

    /// <summary>The beginning of struct statx, whose layout is the same on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct FileStatus
    {
        [FieldOffset(20)]
        public uint User;

        [FieldOffset(24)]
        public uint Group;

        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;
    }
}
#pragma warning restore SA1300, IDE1006
