// SPDX-License-Identifier: Apache-2.0
//
// chdb_connect replaces the process's handlers for SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT and SIGTRAP. .NET turns
// SIGSEGV into NullReferenceException and SIGFPE into DivideByZeroException by those very handlers, so afterwards a
// null reference would kill the process. The library's own switches set them to default, which kills it too. What
// helps is to keep all of them before connecting and put them back after.
//
// Standards: POSIX.1-2017 sigaction(2); the structure is kept as opaque octets (152 on x86-64 and arm64 glibc).
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Weir.Store.Embedded;

/// <summary>The process's signal handlers as they were when this was made; disposing puts them back.</summary>
internal sealed partial class SignalHandlers : IDisposable
{
    private const int Last = 31;
    private const int Kill = 9;
    private const int Stop = 19;
    private const int Room = 256;

    private readonly byte[][] _kept = new byte[Last + 1][];

    public SignalHandlers()
    {
        for (var signal = 1; signal <= Last; signal++)
        {
            if (signal is Kill or Stop)
            {
                continue;
            }

            var kept = new byte[Room];
            if (sigaction(signal, 0, ref kept[0]) == 0)
            {
                _kept[signal] = kept;
            }
        }
    }

    public void Dispose()
    {
        for (var signal = 1; signal <= Last; signal++)
        {
            if (_kept[signal] is { } kept && sigaction_set(signal, ref kept[0], 0) != 0)
            {
                throw new InvalidOperationException($"signal handler {signal} could not be put back");
            }
        }
    }

    /// <summary>Makes a null reference on purpose and catches it. Where the handlers are gone the process dies here, at
    /// its start, and not at an operator's worst moment.</summary>
    public static bool NullReferenceIsCaught()
    {
        try
        {
            return Length(null) < 0;
        }
        catch (NullReferenceException)
        {
            return true;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Length(string? text) => text!.Length;

#pragma warning disable SA1300, IDE1006 // libc's names
    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int sigaction(int signal, nint action, ref byte old);

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int sigaction_set(int signal, ref byte action, nint old);
#pragma warning restore SA1300, IDE1006
}
