// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Weir.Hosting.Peers;

namespace Weir.Hosting.Monitoring;

/// <summary>Where a process tells how it is: <c>127.0.0.1:9461</c>, or <c>unix:/run/weir/store-monitor.sock</c> for
/// whoever may open that socket.</summary>
public sealed record MonitorAddress
{
    internal const string UnixPrefix = "unix:";

    private MonitorAddress(IPEndPoint? listen, string? socket) => (Listen, Socket) = (listen, socket);

    /// <summary>Address and TCP port; null for a socket.</summary>
    public IPEndPoint? Listen { get; }

    /// <summary>Path of the Unix socket; null for TCP.</summary>
    public string? Socket { get; }

    public static MonitorAddress At(IPEndPoint listen) => new(listen, null);

    /// <exception cref="ArgumentException">It is no path of a socket.</exception>
    public static MonitorAddress At(string socket) => PeerAddress.PathFault(socket) is { } fault
        ? throw new ArgumentException(fault, nameof(socket))
        : new(null, socket);

    /// <summary>Reads an address.</summary>
    /// <param name="text">From the configuration.</param>
    /// <param name="address">What it says.</param>
    /// <param name="fault">A sentence for the operator where it is none.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out MonitorAddress? address, [NotNullWhen(false)] out string? fault)
    {
        (address, fault) = (null, null);
        if (text.StartsWith(UnixPrefix, StringComparison.Ordinal))
        {
            var path = text[UnixPrefix.Length..];
            fault = PeerAddress.PathFault(path);
            address = fault is null ? new(null, path) : null;
            return fault is null;
        }

        if (IPEndPoint.TryParse(text, out var listen) && listen.Port > 0)
        {
            address = new(listen, null);
            return true;
        }

        fault = $"'{text}' is no place to listen; write 127.0.0.1:9461 or unix:/run/weir/store-monitor.sock";
        return false;
    }

    /// <inheritdoc/>
    public override string ToString() => Socket is null ? $"http://{Listen}" : UnixPrefix + Socket;
}
