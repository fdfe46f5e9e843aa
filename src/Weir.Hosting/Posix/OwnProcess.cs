// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Weir.Hosting.Posix;

/// <summary>What this process asks of the kernel for itself, and the end of groups of processes it started.</summary>
public static class OwnProcess
{
    private const int SetParentDeathSignal = 1;
    private const int SetDumpable = 4;
    private const int LimitCore = 4;
    private const uint OwnerOnly = 0x3F; // 077
    private const int HungUp = 1;
    private const int Killed = 9;
    private const int Terminated = 15;

    /// <summary>Keeps what is in memory there, before a key is read: no core dump, no debugger of another process
    /// (PR_SET_DUMPABLE), no file that others may read (umask).</summary>
    /// <exception cref="IOException">The kernel refuses.</exception>
    public static void KeepSecret()
    {
        _ = Libc.umask(OwnerOnly);
        Span<ulong> none = [0, 0];
        if (Libc.prctl(SetDumpable, 0, 0, 0, 0) != 0 || Libc.setrlimit(LimitCore, ref none[0]) != 0)
        {
            throw new IOException(
                $"this process's memory cannot be kept out of core dumps: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>Has the kernel kill this process when the thread of its parent that started it ends
    /// (PR_SET_PDEATHSIG).</summary>
    /// <exception cref="IOException">The kernel refuses.</exception>
    public static void EndWithParent()
    {
        if (Libc.prctl(SetParentDeathSignal, Killed, 0, 0, 0) != 0)
        {
            throw new IOException(
                $"this process cannot be tied to its parent: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>Asks a child of this process to stop (SIGTERM).</summary>
    /// <param name="child">Its id; greater than 1.</param>
    /// <returns>False where it is gone.</returns>
    public static bool Terminate(int child)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(child, 2);
        return Libc.kill(child, Terminated) == 0;
    }

    /// <summary>Has a process of Weir read its configuration again (SIGHUP).</summary>
    /// <param name="process">Its id; greater than 1.</param>
    /// <param name="reason">What the kernel says where it refuses.</param>
    public static bool TryReload(int process, out string reason)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(process, 2);
        var isSent = Libc.kill(process, HungUp) == 0;
        reason = isSent ? "" : Marshal.GetLastPInvokeErrorMessage();
        return isSent;
    }

    /// <summary>Kills every process of a group.</summary>
    /// <param name="leader">Id of the process that leads it; greater than 1.</param>
    /// <returns>False where there is no such group.</returns>
    public static bool KillGroup(int leader)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(leader, 2);
        return Libc.kill(-leader, Killed) == 0;
    }
}
