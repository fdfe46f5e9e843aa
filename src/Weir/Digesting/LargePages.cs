// SPDX-License-Identifier: Apache-2.0
//
// Big tables are read at random: with pages of 4 KiB nearly every access would also miss the address translation cache.
// Anonymous memory with MADV_HUGEPAGE lets the kernel use pages of 2 MiB where it can; it is zeroed, and given back whole.
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Weir.Digesting;

internal static unsafe partial class LargePages
{
    private const int ReadWrite = 0x1 | 0x2;
    private const int PrivateAnonymous = 0x02 | 0x20;
    private const int AdviseHugePage = 14;

    /// <summary>Zeroed memory of at least <paramref name="octets"/>; pages are taken when first touched.</summary>
    public static void* Take(ulong octets)
    {
        var memory = Map(null, (nuint)octets, ReadWrite, PrivateAnonymous, -1, 0);
        if (memory == (void*)-1)
        {
            throw new InsufficientMemoryException(
                $"{octets >> 20} MiB for pair sums were refused by the system: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}; lower digesting.memory");
        }

        // Advice only: a kernel without it keeps small pages.
        _ = Advise(memory, (nuint)octets, AdviseHugePage);
        return memory;
    }

    public static void Return(void* memory, ulong octets) => _ = Unmap(memory, (nuint)octets);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
