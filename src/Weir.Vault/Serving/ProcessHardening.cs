// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Weir.Vault.Serving;

/// <summary>Keeps what is in the vault's memory there: no core dump, no debugger of another process (prctl(2)
/// PR_SET_DUMPABLE), no file that others may read (umask(2)).</summary>
public static partial class ProcessHardening
{
    private const int SetDumpable = 4;
    private const int LimitCore = 4;
    private const int OwnerOnly = 0x3F; // 077

    /// <summary>For the whole process, before it reads a key.</summary>
    /// <exception cref="IOException">The kernel refuses.</exception>
    public static void Close()
    {
        _ = umask(OwnerOnly);
        Span<ulong> none = [0, 0];
        if (prctl(SetDumpable, 0, 0, 0, 0) != 0 || setrlimit(LimitCore, ref none[0]) != 0)
        {
            throw new IOException(
                $"the vault's memory cannot be kept out of core dumps: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

#pragma warning disable SA1300, IDE1006 // libc's names
    [LibraryImport("libc")]
    private static partial uint umask(uint mask);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nuint second, nuint third, nuint fourth, nuint fifth);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setrlimit(int resource, ref ulong limits);
#pragma warning restore SA1300, IDE1006
}
