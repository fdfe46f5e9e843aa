// SPDX-License-Identifier: Apache-2.0
//
// Datagrams the kernel threw away because a socket's buffer was full (or the checksum wrong). Asked of the socket
// itself by SO_MEMINFO (Linux 4.12), else read from the last column of /proc/net/udp and udp6 in the line with the
// socket's inode. The kernel counts in 32 bits and wraps; here it is a 64-bit sum.
using System.Globalization;
using System.Net.Sockets;

namespace Weir.Collector.Collecting.Sockets;

internal sealed class KernelDrops(Socket socket)
{
    private const int DropsWord = 8;

    private readonly Lock _lock = new();
    private readonly int _descriptor = (int)socket.Handle;
    private long _total;
    private uint _last;
    private bool _closed;

    /// <summary>Dropped since the socket was opened; null where the system does not tell.</summary>
    public long? Read()
    {
        lock (_lock)
        {
            if (_closed)
            {
                return _total;
            }

            if ((FromSocket() ?? FromTable()) is not { } now)
            {
                return null;
            }

            _total += unchecked(now - _last);
            _last = now;
            return _total;
        }
    }

    /// <summary>Reads a last time, before the socket goes.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _ = Read();
            _closed = true;
        }
    }

    /// <summary>Finds the drops of a socket in the text of /proc/net/udp or udp6.</summary>
    internal static uint? Find(IEnumerable<string> table, string inode)
    {
        foreach (var line in table)
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length >= 13 && fields[9] == inode
                && uint.TryParse(fields[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var drops))
            {
                return drops;
            }
        }

        return null;
    }

    internal uint? FromTable()
    {
        var link = OperatingSystem.IsLinux() ? new FileInfo($"/proc/self/fd/{_descriptor}").LinkTarget : null;
        if (link is null || !link.StartsWith("socket:[", StringComparison.Ordinal))
        {
            return null;
        }

        var table = socket.AddressFamily == AddressFamily.InterNetworkV6 ? "/proc/net/udp6" : "/proc/net/udp";
        return File.Exists(table) ? Find(File.ReadLines(table), link[8..^1]) : null;
    }

    internal unsafe uint? FromSocket()
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        var words = stackalloc uint[16];
        var length = 16U * sizeof(uint);
        return NativeMethods.GetOption(_descriptor, NativeMethods.SolSocket, NativeMethods.SoMemoryInfo, words, &length)
            == 0
            && length >= (DropsWord + 1) * sizeof(uint)
            ? words[DropsWord]
            : null;
    }
}
