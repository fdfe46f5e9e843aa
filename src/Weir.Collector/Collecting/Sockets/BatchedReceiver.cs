// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Weir.Wire;

namespace Weir.Collector.Collecting.Sockets;

/// <summary>Many datagrams by one call: recvmmsg(2) behind poll(2).</summary>
internal readonly struct BatchedReceiver(UdpSocket[] sockets, MessageBatch batch) : IReceiver
{
    private readonly NativeMethods.PollDescriptor[] _watched =
        [.. sockets.Select(s =>
            new NativeMethods.PollDescriptor { Descriptor = (int)s.Socket.Handle, Wanted = NativeMethods.PollIn })];

    /// <summary>Whether this system has the calls.</summary>
    public static unsafe bool IsThere()
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        // A call on no socket fails with "bad descriptor" where it exists.
        return NativeMethods.ReceiveMany(-1, null, 0, NativeMethods.MessageDontWait, null) < 0
            && Marshal.GetLastPInvokeError() != NativeMethods.NoSuchCall;
    }

    public unsafe bool Wait(TimeSpan atMost)
    {
        fixed (NativeMethods.PollDescriptor* first = _watched)
        {
            var ready = NativeMethods.Poll(first, (nuint)_watched.Length, (int)atMost.TotalMilliseconds);
            if (ready < 0 && Marshal.GetLastPInvokeError() is not NativeMethods.Interrupted and var error)
            {
                throw new IOException($"waiting on the flow sockets failed: {Marshal.GetPInvokeErrorMessage(error)}");
            }

            return ready > 0;
        }
    }

    public bool IsReady(int socket) => _watched[socket].Happened != 0;

    public int Receive(int socket)
    {
        var count = batch.Receive(_watched[socket].Descriptor);
        return count switch
        {
            >= 0 => count,
            -NativeMethods.TryAgain or -NativeMethods.Interrupted => 0,
            _ => throw new IOException(
                $"UDP {sockets[socket].Listener} cannot be read: {Marshal.GetPInvokeErrorMessage(-count)}"),
        };
    }

    public ReadOnlySpan<byte> Payload(int index) => batch.Payload(index);

    public IpKey Exporter(int index, out ushort port) => batch.Exporter(index, out port);

    public long ArrivedAtMs(int index) => batch.ArrivedAtMs(index);

    public bool IsTruncated(int index) => batch.IsTruncated(index);

    public void Release(int count) => batch.Rearm(count);
}
