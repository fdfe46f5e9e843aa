// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Weir.Hosting.Posix;

/// <summary>fsync(2) of a folder: what was made, renamed or removed in it stays so after a loss of power.</summary>
public static class FolderSync
{
    /// <exception cref="IOException">The folder cannot be opened or synced.</exception>
    public static void Flush(string folder)
    {
        using var handle = new SafeFileHandle(Libc.open(folder, Libc.Folder | Libc.CloseOnExec), ownsHandle: true);
        if (handle.IsInvalid || Libc.fsync((int)handle.DangerousGetHandle()) != 0)
        {
            throw new IOException($"'{folder}' cannot be synced: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }
}
