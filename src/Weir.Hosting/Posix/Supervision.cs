// SPDX-License-Identifier: Apache-2.0
//
// A child of a supervisor: in a session of its own, so that Ctrl-C reaches the supervisor alone, and gone when the
// supervisor is: its standard input is a pipe that nobody writes to, and that ends when the supervisor does.
namespace Weir.Hosting.Posix;

/// <summary>The child's side.</summary>
public static class Supervision
{
    /// <summary>Leaves the terminal's session, and has this process killed when its supervisor is gone.</summary>
    public static void Begin()
    {
        _ = Libc.setsid();
        new Thread(Watch) { IsBackground = true, Name = "supervisor" }.Start();
    }

    private static void Watch()
    {
        using var input = Console.OpenStandardInput();
        Span<byte> one = stackalloc byte[1];
        while (input.Read(one) > 0)
        {
        }

        // As if it had been killed with its supervisor: what is durable is durable, the rest is counted at the start.
        using var own = System.Diagnostics.Process.GetCurrentProcess();
        own.Kill();
    }
}
