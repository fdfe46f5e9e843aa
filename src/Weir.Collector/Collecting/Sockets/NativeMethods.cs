// SPDX-License-Identifier: Apache-2.0
//
// The few Linux calls that .NET does not offer: recvmmsg(2) takes many datagrams by one call, poll(2) waits on several
// sockets without garbage, getsockopt(SO_MEMINFO) tells what the kernel dropped, clock_gettime tells a thread's own
// time. Numbers are those of the generic Linux ABI (x86, arm, riscv); the structures use native words, so 32 and 64
// bits agree.
//
// Standards: socket(7), udp(7), recvmmsg(2), poll(2) of the Linux man-pages; include/uapi/asm-generic/socket.h.
using System.Runtime.InteropServices;

namespace Weir.Collector.Collecting.Sockets;

internal static unsafe partial class NativeMethods
{
    public const int SolSocket = 1;
    public const int SoReceiveBuffer = 8;
    public const int SoReusePort = 15;
    public const int SoReceiveBufferForce = 33;
    public const int SoTimestampNs = 35;
    public const int SoAttachReusePortFilter = 51;
    public const int SoMemoryInfo = 55;
    public const int MessageDontWait = 0x40;
    public const int MessageTruncated = 0x20;
    public const short PollIn = 1;
    public const int Interrupted = 4;
    public const int TryAgain = 11;
    public const int NoSuchCall = 38;
    public const ushort FamilyV4 = 2;
    public const int ThreadCpuClock = 3;

    [StructLayout(LayoutKind.Sequential)]
    public struct IoVector
    {
        public byte* Start;
        public nuint Length;
    }

    /// <summary>struct msghdr; its tail is padded to a native word.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MessageHeader
    {
        public byte* Name;
        public uint NameLength;
        public IoVector* Slices;
        public nuint SliceCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }

    /// <summary>struct mmsghdr.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Message
    {
        public MessageHeader Header;

        /// <summary>Octets received.</summary>
        public uint Received;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct ControlHeader
    {
        public nuint Length;
        public int Level;
        public int Type;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct PollDescriptor
    {
        public int Descriptor;
        public short Wanted;
        public short Happened;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    public static partial int ReceiveMany(int descriptor, Message* messages, uint count, int flags, TimeSpec* timeout);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollDescriptor* watched, nuint count, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetOption(int descriptor, int level, int name, void* value, uint* length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetOption(int descriptor, int level, int name, void* value, uint length);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    public static partial int ReadClock(int clock, TimeSpec* time);

    /// <summary>Processor time of the calling thread, or zero where the system does not tell.</summary>
    public static TimeSpan ThreadTime()
    {
        TimeSpec time;
        return OperatingSystem.IsLinux() && ReadClock(ThreadCpuClock, &time) == 0
            ? TimeSpan.FromTicks((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / 100))
            : TimeSpan.Zero;
    }
}
