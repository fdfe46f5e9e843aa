// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Weir.Hosting.Posix;

/// <summary>A file that only grows, opened as <c>open(2)</c> does with O_APPEND: whoever keeps it may forbid that it is
/// written anew (<c>chattr +a</c>), and it still grows.</summary>
internal static class AppendOnlyFile
{
    private const int WriteOnly = 1;
    private const int Create = 0x40;
    private const int Append = 0x400;
    private const uint OwnerWritesGroupReads = 0b110_100_000;

    /// <summary>Opens it, made where it is not there. What is written goes behind all that is there.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static FileStream Open(string path)
    {
        var descriptor = Libc.open(path, WriteOnly | Create | Append | Libc.CloseOnExec, OwnerWritesGroupReads);
        return descriptor >= 0
            ? new(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Write, bufferSize: 0)
            : throw new IOException($"{path} cannot be opened to append to: {Marshal.GetLastPInvokeErrorMessage()}");
    }
}
