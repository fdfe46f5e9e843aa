// SPDX-License-Identifier: Apache-2.0
//
// Where a peer listens: a Unix socket on this machine, or TLS on another.
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Weir.Hosting.Peers;

/// <summary><c>unix:/run/weir/desk.sock</c> or <c>https://host:port</c>.</summary>
public sealed record PeerAddress
{
    /// <summary>Most octets of a socket's path (unix(7): 108 with the final nought).</summary>
    public const int LongestSocketPath = 107;

    private const string UnixPrefix = "unix:";

    private PeerAddress(string? socket, string host, int port) => (Socket, Host, Port) = (socket, host, port);

    /// <summary>Path of the Unix socket; null for TLS.</summary>
    public string? Socket { get; }

    /// <summary>Host of the TLS endpoint; empty for a Unix socket.</summary>
    public string Host { get; }

    /// <summary>Port of the TLS endpoint; 0 for a Unix socket.</summary>
    public int Port { get; }

    /// <summary>True on this machine.</summary>
    [MemberNotNullWhen(true, nameof(Socket))]
    public bool IsUnix => Socket is not null;

    /// <summary>True on another machine.</summary>
    public bool IsTls => Port > 0;

    /// <summary>Reads an address.</summary>
    /// <param name="text">From the configuration.</param>
    /// <param name="address">What it says.</param>
    /// <param name="fault">A sentence for the operator where it is none.</param>
    public static bool TryParse(
        string? text, [NotNullWhen(true)] out PeerAddress? address, [NotNullWhen(false)] out string? fault)
    {
        (address, fault) = (null, null);
        if (text is not null && text.StartsWith(UnixPrefix, StringComparison.Ordinal))
        {
            var path = text[UnixPrefix.Length..];
            fault = PathFault(path);
            address = fault is null ? new(path, "", 0) : null;
            return fault is null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps
            && uri is { UserInfo: "", PathAndQuery: "/", Fragment: "", Host.Length: > 0 } && HasPort(text!))
        {
            address = new(null, uri.IdnHost, uri.Port);
            return true;
        }

        fault = $"'{text}' is no address of a peer; write unix:/run/weir/desk.sock or https://desk.example.net:8443";
        return false;
    }

    /// <summary>What is wrong with a path for a socket; null where nothing is.</summary>
    public static string? PathFault(string path)
    {
        if (!Path.IsPathRooted(path) || path.EndsWith('/') || path.Contains('\0', StringComparison.Ordinal))
        {
            return $"'{path}' is no full path of a socket; write one such as /run/weir/desk.sock";
        }

        return Encoding.UTF8.GetByteCount(path) > LongestSocketPath
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"the path '{path}' is longer than {LongestSocketPath} octets; choose a shorter one")
            : null;
    }

    /// <inheritdoc/>
    public override string ToString() => IsUnix ? UnixPrefix + Socket
        : IsTls ? string.Create(CultureInfo.InvariantCulture,
            $"https://{(Host.Contains(':') ? $"[{Host}]" : Host)}:{Port}")
        : $"memory:{Host}";

    /// <summary>A process of the memory transport.</summary>
    internal static PeerAddress Memory(string name) => new(null, name, 0);

    private static bool HasPort(string text)
    {
        var authority = text["https://".Length..].TrimEnd('/');
        var colon = authority.LastIndexOf(':');
        return colon > authority.LastIndexOf(']')
            && ushort.TryParse(authority.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture,
                out var port)
            && port > 0;
    }
}
