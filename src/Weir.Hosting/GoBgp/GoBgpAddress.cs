// SPDX-License-Identifier: Apache-2.0
//
// Where gobgpd takes gRPC: a host and port, the same as a URL, or a socket of this machine.
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Weir.Hosting.GoBgp;

/// <summary>An address of gobgpd's API.</summary>
public sealed partial record GoBgpAddress
{
    private GoBgpAddress(Uri uri, string? socketPath) => (Uri, SocketPath) = (uri, socketPath);

    /// <summary>What the client is given; of no meaning beside <see cref="SocketPath"/>.</summary>
    public Uri Uri { get; }

    /// <summary>Path of the socket; null where it is reached by TCP.</summary>
    public string? SocketPath { get; }

    /// <summary>As <c>gobgpd --api-hosts</c> takes it.</summary>
    public string ApiHost => SocketPath is { } path ? $"unix://{path}" : ToString();

    /// <summary>Reads <c>127.0.0.1:50051</c>, <c>http://127.0.0.1:50051</c> or <c>unix:/run/gobgpd.sock</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out GoBgpAddress? address)
    {
        address = null;
        if (Socket().Match(text) is { Success: true } socket)
        {
            address = new(new Uri("http://localhost"), socket.Groups["path"].Value);
        }
        else if (HostAndPort().Match(text) is { Success: true } tcp
            && ushort.TryParse(
                tcp.Groups["port"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port > 0 && Uri.TryCreate($"http://{tcp.Groups["host"].Value}:{port}", UriKind.Absolute, out var uri))
        {
            address = new(uri, null);
        }

        return address is not null;
    }

    public static GoBgpAddress Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is no address of gobgpd");

    public override string ToString() =>
        SocketPath is { } path ? $"unix:{path}" : string.Create(CultureInfo.InvariantCulture, $"{Uri.Host}:{Uri.Port}");

    [GeneratedRegex(@"^unix:(//)?(?<path>/[^/\p{C}][^\p{C}]{0,105})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Socket();

    [GeneratedRegex(@"^(http://)?(?<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):(?<port>[0-9]{1,5})/?\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex HostAndPort();
}
