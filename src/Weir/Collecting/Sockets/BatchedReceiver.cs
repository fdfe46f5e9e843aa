// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Weir.Wire;

namespace Weir.Collecting.Sockets;

/// <summary>Many datagrams by one call: recvmmsg(2) behind poll(2).</summary>
internal readonly struct BatchedReceiver(UdpSocket[] sockets, MessageBatch batch) : IReceiver
{
    private readonly Native.Watched[] _watched =
        [.. sockets.Select(s => new Native.Watched { Descriptor = (int)s.Socket.Handle, Wanted = Native.PollIn })];

    /// <summary>Whether this system has the calls.</summary>
    public static unsafe bool IsThere()
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        // A call on no socket fails with "bad descriptor" where it exists.
        return Native.ReceiveMany(-1, null, 0, Native.MessageDontWait, null) < 0 && Marshal.GetLastPInvokeError() != Native.NoSuchCall;
    }

    public unsafe bool Wait(TimeSpan atMost)
    {
        fixed (Native.Watched* first = _watched)
        {
            var ready = Native.Poll(first, (nuint)_watched.Length, (int)atMost.TotalMilliseconds);
            if (ready < 0 && Marshal.GetLastPInvokeError() is not Native.Interrupted and var error)
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
            -Native.TryAgain or -Native.Interrupted => 0,
            _ => throw new IOException($"UDP {sockets[socket].Listener} cannot be read: {Marshal.GetPInvokeErrorMessage(-count)}"),
        };
    }

    public ReadOnlySpan<byte> Payload(int index) => batch.Payload(index);

    public IpKey Exporter(int index, out ushort port) => batch.Exporter(index, out port);

    public long ArrivedAtMs(int index) => batch.ArrivedAtMs(index);

    public bool IsTruncated(int index) => batch.IsTruncated(index);

    public void Release(int count) => batch.Rearm(count);
}
