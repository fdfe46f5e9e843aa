// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Weir.Collector.Collecting.Sockets;

/// <summary>One bound UDP socket of one lane, with its counts. Written by the lane's thread alone,
/// read by anyone.</summary>
public sealed class UdpSocket : IDisposable
{
    private readonly KernelDrops _drops;
    private long _datagrams;
    private long _octets;
    private long _truncated;

    private UdpSocket(Socket socket, int lane)
    {
        Socket = socket;
        Lane = lane;
        LocalEndPoint = (IPEndPoint)socket.LocalEndPoint!;
        Listener = LocalEndPoint.ToString();
        GrantedBufferOctets = BufferOf(socket);
        _drops = new KernelDrops(socket);
    }

    public IPEndPoint LocalEndPoint { get; }

    /// <summary>Address and port as text: the label of metrics.</summary>
    public string Listener { get; }

    public int Lane { get; }

    /// <summary>Octets the kernel lets wait, its own overhead included (on Linux twice what was set).</summary>
    public int GrantedBufferOctets { get; }

    /// <summary>Datagrams handed on, truncated ones included.</summary>
    public long Datagrams => Volatile.Read(ref _datagrams);

    /// <summary>Octets of UDP payload handed on.</summary>
    public long Octets => Volatile.Read(ref _octets);

    /// <summary>Datagrams longer than the buffer; their first part was handed on.</summary>
    public long Truncated => Volatile.Read(ref _truncated);

    /// <summary>Datagrams the kernel dropped before we saw them; null where the system does not tell.</summary>
    public long? KernelDropped => _drops.Read();

    internal Socket Socket { get; }

    internal KernelDrops Drops => _drops;

    /// <summary>Opens and binds. <paramref name="shared"/> sockets of one address share its datagrams
    /// (SO_REUSEPORT).</summary>
    /// <exception cref="IOException">The address cannot be had; the message names it and the mend.</exception>
    public static UdpSocket Open(IPEndPoint at, int lane, bool shared, int bufferOctets)
    {
        var socket = new Socket(at.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (at.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = false;
            }

            if (OperatingSystem.IsLinux())
            {
                Set(socket, NativeMethods.SoTimestampNs, 1);
                if (shared)
                {
                    Set(socket, NativeMethods.SoReusePort, 1);
                }
            }

            // The plain path may be told "readable" for a datagram whose checksum then fails; it must not
            // wait for the next.
            socket.ReceiveTimeout = (int)UdpLane.Tick.TotalMilliseconds;
            AskForBuffer(socket, bufferOctets);
            socket.Bind(at);
            return new UdpSocket(socket, lane);
        }
        catch (SocketException refused)
        {
            socket.Dispose();
            throw new IOException($"UDP {at} cannot be opened: {GetRemedy(refused)}", refused);
        }
    }

    internal void Count(int datagrams, long octets, int truncated)
    {
        Volatile.Write(ref _datagrams, _datagrams + datagrams);
        Volatile.Write(ref _octets, _octets + octets);
        Volatile.Write(ref _truncated, _truncated + truncated);
    }

    public void Dispose()
    {
        _drops.Close();
        Socket.Dispose();
    }

    private static string GetRemedy(SocketException refused) => refused.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => "another program has it; stop that one or choose another port",
        SocketError.AccessDenied => "not permitted; ports below 1024 need CAP_NET_BIND_SERVICE",
        SocketError.AddressNotAvailable => "this machine has no such address",
        _ => refused.Message,
    };

    private static void AskForBuffer(Socket socket, int octets)
    {
        if (!OperatingSystem.IsLinux() || !TrySet(socket, NativeMethods.SoReceiveBufferForce, octets))
        {
            socket.ReceiveBufferSize = octets;
        }
    }

    private static int BufferOf(Socket socket)
    {
        if (!OperatingSystem.IsLinux())
        {
            return socket.ReceiveBufferSize;
        }

        Span<byte> value = stackalloc byte[sizeof(int)];
        _ = socket.GetRawSocketOption(NativeMethods.SolSocket, NativeMethods.SoReceiveBuffer, value);
        return MemoryMarshal.Read<int>(value);
    }

    private static void Set(Socket socket, int option, int value)
    {
        Span<byte> octets = stackalloc byte[sizeof(int)];
        MemoryMarshal.Write(octets, value);
        socket.SetRawSocketOption(NativeMethods.SolSocket, option, octets);
    }

    private static unsafe bool TrySet(Socket socket, int option, int value) =>
        NativeMethods.SetOption((int)socket.Handle, NativeMethods.SolSocket, option, &value, sizeof(int)) == 0;
}
