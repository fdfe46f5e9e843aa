// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Weir.Hosting.Posix;

/// <summary>A file that has no name from the first moment (open(2), O_TMPFILE): nobody who lists the folder meets it,
/// and it is gone when it is closed.</summary>
internal static class NamelessFile
{
    private const int WriteOnly = 1;
    private const int Temporary = 0x40_0000;
    private const uint OwnerAlone = 0b110_000_000;

    private const int IsFolder = 21;
    private const int NotSupported = 95;

    private static readonly int FolderFlag =
        RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x4000 : 0x1_0000;

    /// <summary>Opens one to write.</summary>
    /// <returns>Null where the file system has none such.</returns>
    /// <exception cref="IOException">The folder takes none; its HResult is the kernel's number.</exception>
    public static FileStream? TryCreate(string folder)
    {
        var file = Libc.open(folder, Temporary | FolderFlag | WriteOnly | Libc.CloseOnExec, OwnerAlone);
        if (file >= 0)
        {
            return new(new SafeFileHandle(file, ownsHandle: true), FileAccess.Write, bufferSize: 0);
        }

        var code = Marshal.GetLastPInvokeError();
        return code is IsFolder or NotSupported
            ? null
            : throw new IOException($"'{folder}': {Marshal.GetPInvokeErrorMessage(code)}", code);
    }
}
