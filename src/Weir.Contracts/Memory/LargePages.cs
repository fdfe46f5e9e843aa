// SPDX-License-Identifier: Apache-2.0
//
// Big tables are read at random: with pages of 4 KiB nearly every access would also miss the address translation cache.
// Anonymous memory with MADV_HUGEPAGE lets the kernel use pages of 2 MiB where it can; it is zeroed, and
// given back whole.
using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Weir.Contracts.Memory;

public static unsafe partial class LargePages
{
    private const int ReadWrite = 0x1 | 0x2;
    private const int PrivateAnonymous = 0x02 | 0x20;
    private const int AdviseHugePage = 14;
    private const int AdviseUnneeded = 4;
    private const int SmallPage = 4_096;

    /// <summary>Zeroed memory of at least <paramref name="octets"/>; pages are taken when first touched.</summary>
    public static void* Allocate(ulong octets)
    {
        var memory = Map(null, (nuint)octets, ReadWrite, PrivateAnonymous, -1, 0);
        if (memory == (void*)-1)
        {
            throw new InsufficientMemoryException(
                $"{octets >> 20} MiB for pair sums were refused by the system: "
                    + $"{new Win32Exception(Marshal.GetLastPInvokeError()).Message}; lower digesting.memory");
        }

        // Advice only: a kernel without it keeps small pages.
        _ = Advise(memory, (nuint)octets, AdviseHugePage);
        return memory;
    }

    /// <summary>An array that never moves, in large pages where the kernel has them. Its content is not cleared:
    /// write all of it.</summary>
    public static T[] Array<T>(int length)
        where T : unmanaged
    {
        var array = GC.AllocateUninitializedArray<T>(length, pinned: true);
        var start = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array));
        var first = (start + SmallPage - 1) & ~(nuint)(SmallPage - 1);
        var last = (start + ((nuint)length * (nuint)sizeof(T))) & ~(nuint)(SmallPage - 1);
        if (last > first)
        {
            _ = Advise((void*)first, last - first, AdviseHugePage);
        }

        return array;
    }

    /// <summary>Asks for the line of an address that will soon be read. A hint: any address is allowed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(void* address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(address);
        }
    }

    /// <summary>Gives the pages of a part back; read again, it is zero.</summary>
    /// <param name="memory">At the begin of a page.</param>
    /// <param name="octets">Whole pages.</param>
    public static void Discard(void* memory, ulong octets) => _ = Advise(memory, (nuint)octets, AdviseUnneeded);

    public static void Return(void* memory, ulong octets) => _ = Unmap(memory, (nuint)octets);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
