// SPDX-License-Identifier: Apache-2.0
//
// A ClickHouse node as far as a cluster needs one: an engine of its own folder behind the HTTP interface and behind the
// native protocol, both over TLS, with two users: one asks and makes tables, the other inserts. The engine is the
// embedded one, which knows no users, so that they are told apart here. It is meant to be killed.
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Weir.Store.Embedded;

namespace Weir.SpoolVictim.Shards;

/// <summary>Answers until it is killed; says "ready" on standard output when it does, and then each query of the native
/// protocol as it begins.</summary>
internal static class ShardNode
{
    private const int Connections = 8;

    public static async Task RunAsync(ShardNodeOptions options)
    {
        _ = Directory.CreateDirectory(options.Folder);
        new Thread(() =>
        {
            while (Console.In.Read() >= 0)
            {
            }

            Environment.Exit(0);
        })
        { IsBackground = true }.Start();
        var engine = new ChDb(ChDbFile.Find());
        using var pool = new StorePool(
            engine, Connections, options.Folder, "node", $"--path={options.Folder}", "--mark_cache_size=67108864");
        var first = await pool.RentAsync(CancellationToken.None);
        _ = first.TryRun("SELECT count() FROM system.tables", out _);
        pool.Return(first);
        _ = ThreadPool.SetMinThreads(Connections * 2, Connections);
        using var certificate = Certificate(options);
        await using var app = Build(options, certificate, new StoreRequestHandler(pool));
        await app.StartAsync();
        using var native = new NativeServer(options, certificate, engine, pool);
        native.Start();
        Console.WriteLine("ready");
        await native.RunAsync();
    }

    private static X509Certificate2 Certificate(ShardNodeOptions options)
    {
        using var read = X509Certificate2.CreateFromPemFile(options.Certificate, options.Key);
        return X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), null);
    }

    private static WebApplication Build(
        ShardNodeOptions options, X509Certificate2 certificate, StoreRequestHandler requests)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, options.HttpsPort, listen => listen.UseHttps(certificate));
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MaxRequestLineSize = 1 << 20;
            kestrel.Limits.MaxRequestBufferSize = 1 << 21;
        });
        var app = builder.Build();
        app.Run(http => Refusal(http.Request, options) is { } refusal
            ? RefuseAsync(http.Response, refusal)
            : requests.AnswerAsync(http));
        return app;
    }

    private static string? Refusal(HttpRequest request, ShardNodeOptions options)
    {
        var login = request.Headers.Authorization.ToString() is ['B', 'a', 's', 'i', 'c', ' ', .. var coded]
            ? Encoding.UTF8.GetString(Convert.FromBase64String(coded))
            : "";
        return login == options.Reader ? null
            : login != options.Loader ? NativeServer.Unknown(login.Split(':')[0])
            : request.Query["query"].ToString().StartsWith("INSERT INTO ", StringComparison.Ordinal) ? null
            : "Code: 497. DB::Exception: Not enough privileges, it has only INSERT. (ACCESS_DENIED)";
    }

    private static Task RefuseAsync(HttpResponse response, string refusal)
    {
        response.StatusCode = StatusCodes.Status403Forbidden;
        return response.WriteAsync(refusal + "\n");
    }
}
