// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Weir.Store.Embedded;
using Weir.Wire.Native;

namespace Weir.SpoolVictim.Shards;

/// <summary>Takes connections of the native protocol over TLS.</summary>
internal sealed class NativeServer(
    ShardNodeOptions options, X509Certificate2 certificate, ChDb engine, StorePool pool) : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, options.NativePort);

    public ChDb Engine => engine;

    public StorePool Pool => pool;

    public ShardNodeOptions Options => options;

    public static string Unknown(string user) =>
        $"Code: 516. DB::Exception: {user}: Authentication failed: password is incorrect, or there is no user with "
            + "such name. (AUTHENTICATION_FAILED)";

    public void Start() => _listener.Start();

    public void Dispose() => _listener.Dispose();

    public async Task RunAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptTcpClientAsync();
            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(certificate);
                using var connection = new NativeConnection(this, tls);
                await connection.RunAsync();
            }
            catch (Exception ended) when (ended is IOException or AuthenticationException or EndOfStreamException
                or StoreException)
            {
                Console.WriteLine($"ended {ended.Message}");
            }
        }
    }
}
