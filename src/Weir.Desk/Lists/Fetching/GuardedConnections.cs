// SPDX-License-Identifier: Apache-2.0
//
// Connections to publishers of lists. A name is looked up once and the address that is connected to is the one that was
// judged, so that no answer of a name server leads to a machine of the provider's own.
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Weir.Desk.Lists.Feeds;
using Weir.Wire;

namespace Weir.Desk.Lists.Fetching;

/// <summary>Makes clients that reach one publisher and nobody else.</summary>
internal static class GuardedConnections
{
    public static HttpClient Open(ListSource source)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            MaxResponseHeadersLength = 32,
            Proxy = source.Proxy is { } proxy ? new WebProxy(proxy) : null,
            UseProxy = source.Proxy is not null,
            ConnectTimeout = source.Timeout,
        };
        if (source.Proxy is null && !source.IsPrivate)
        {
            handler.ConnectCallback = ConnectAsync;
        }

        if (source.CaFile is { } file)
        {
            var roots = new X509Certificate2Collection();
            roots.ImportFromPemFile(file);
            handler.SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck,
                },
            };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(roots);
        }

        var client = new HttpClient(handler) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("weir", "0.1"));
        return client;
    }

    /// <summary>Whether an address may be a publisher's.</summary>
    public static bool IsPublic(IPAddress address) =>
        !ListedSpace.IsSpecial(new Prefix(IpKey.From(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address), 128));

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = IPAddress.TryParse(host, out var literal)
            ? [literal] : await Dns.GetHostAddressesAsync(host, cancel);
        var reachable = Array.FindAll(addresses, IsPublic);
        if (reachable.Length == 0)
        {
            throw new HttpRequestException(
                $"{host} is at no address of the public Internet; where it is a host on site, say private: true");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(reachable, context.DnsEndPoint.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
