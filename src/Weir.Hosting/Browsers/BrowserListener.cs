// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Weir.Hosting.Peers.Serving;

namespace Weir.Hosting.Browsers;

/// <summary>What a page takes of those who ask.</summary>
/// <param name="Connections">Most open ones in all.</param>
/// <param name="OfAddress">Most open ones of one address.</param>
/// <param name="BodyOctets">Most octets of a body.</param>
/// <param name="LineOctets">Most octets of a request's line.</param>
/// <param name="Headers">How long they may take.</param>
/// <param name="KeepAlive">How long a connection may be idle.</param>
internal sealed record BrowserLimits(
    int Connections, int OfAddress, long BodyOctets, int LineOctets, TimeSpan Headers, TimeSpan KeepAlive);

/// <summary>Has a server take browsers within limits, connections of one address among them.</summary>
internal static class BrowserListener
{
    private const int HeaderOctets = 16 << 10;

    /// <summary>At once over one connection: a page's files and no more.</summary>
    private const int StreamsPerConnection = 32;

    private static readonly MinDataRate SlowestRate = new(bytesPerSecond: 240, TimeSpan.FromSeconds(5));

    /// <summary>Listens at one address, over TLS where there is a certificate.</summary>
    public static void UseBrowsers(
        this IWebHostBuilder host, IPEndPoint at, BrowserLimits limits, BrowserCertificate? certificate = null)
    {
        _ = host.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = limits.BodyOctets;
            kestrel.Limits.MaxRequestLineSize = limits.LineOctets;
            kestrel.Limits.MaxRequestHeadersTotalSize = HeaderOctets;
            kestrel.Limits.MaxConcurrentConnections = 2 * limits.Connections; // turned away by address before
            kestrel.Limits.Http2.MaxStreamsPerConnection = StreamsPerConnection;
            kestrel.Limits.RequestHeadersTimeout = limits.Headers;
            kestrel.Limits.KeepAliveTimeout = limits.KeepAlive;
            kestrel.Limits.MinRequestBodyDataRate = SlowestRate;
            kestrel.Limits.MinResponseDataRate = SlowestRate;
            var connections = new AddressConnections(limits.Connections, limits.OfAddress);
            kestrel.Listen(at, listen =>
            {
                _ = listen.Use(next => connection => connections.ServeAsync(connection, next));
                certificate?.Use(listen);
            });
        });
        if (certificate is not null)
        {
            _ = host.UseKestrelHttpsConfiguration();
        }
    }
}
