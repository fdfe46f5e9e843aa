// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Posix;

namespace Weir.Store.Embedded;

/// <summary>
/// A store without its parent is of no use and holds the directory's lock: the kernel kills it when the parent's
/// starting thread ends (prctl(2) PR_SET_PDEATHSIG), and the end of its standard input ends it too.
/// </summary>
internal static class ParentWatch
{
    /// <summary>Asks for the signal and starts the thread that reads standard input until its end.</summary>
    /// <param name="onGone">Called once, when standard input ends.</param>
    public static void Begin(Action onGone)
    {
        OwnProcess.EndWithParent();
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
}
