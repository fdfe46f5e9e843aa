// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Weir.Store.Embedded;

/// <summary>
/// A store without its parent is of no use and holds the directory's lock: the kernel kills it when the parent's
/// starting thread ends (prctl(2) PR_SET_PDEATHSIG), and the end of its standard input ends it too.
/// </summary>
internal static partial class ParentWatch
{
    private const int SetParentDeathSignal = 1;
    private const nuint Kill = 9;

    /// <summary>Asks for the signal and starts the thread that reads standard input until its end.</summary>
    /// <param name="onGone">Called once, when standard input ends.</param>
    public static void Begin(Action onGone)
    {
        if (prctl(SetParentDeathSignal, Kill, 0, 0, 0) != 0)
        {
            throw new InvalidOperationException(
                $"the store cannot be tied to its parent: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        new Thread(() =>
        {
            using var input = Console.OpenStandardInput();
            Span<byte> one = stackalloc byte[1];
            while (input.Read(one) > 0)
            {
            }

            onGone();
        })
        { IsBackground = true, Name = "parent watch" }.Start();
    }

#pragma warning disable SA1300, IDE1006 // libc's name
    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nuint second, nuint third, nuint fourth, nuint fifth);
#pragma warning restore SA1300, IDE1006
}
