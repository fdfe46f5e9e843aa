// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Store.ClickHouse;
using Weir.Store.Engine;
using Weir.Tests.Support;

namespace Weir.Tests.Store;

/// <summary>The two engines the store's contract is tested against.</summary>
public enum Engine
{
    /// <summary>The embedded engine in its child process.</summary>
    Embedded,

    /// <summary>A ClickHouse server as a plain process with its own folder and ports.</summary>
    Server,

    /// <summary>Two shards and what stands before them; given to <see cref="Engines.Of"/>.</summary>
    Cluster,
}

/// <summary>One store of each engine for a whole test class.</summary>
public sealed class Engines : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-store-").FullName;
    private Process? _server;
    private FlowStore? _embedded;
    private FlowStore? _remote;
    private FlowStore? _cluster;
    private string? _clusterFolder;

    /// <summary>The program under test, started as <c>dotnet Weir.Cli.dll flowstore</c>.</summary>
    public static string[] CommandLine { get; } = [
        "dotnet", Path.Combine(AppContext.BaseDirectory, "Weir.Cli.dll"), "flowstore"];

    /// <summary>The store of an engine.</summary>
    public FlowStore Get(Engine engine)
    {
        var store = engine switch
        {
            Engine.Embedded => _embedded, Engine.Server => _remote, _ => _cluster,
        };
        Need.Peer(store is not null, "not installed: clickhouse-server");
        return store;
    }

    /// <summary>Where an engine keeps its files.</summary>
    public string FolderOf(Engine engine) => engine == Engine.Cluster ? _clusterFolder! : Path.Combine(_folder, engine == Engine.Embedded ? "embedded" : "server");

    /// <summary>A cluster that others made and end.</summary>
    public static Engines Of(FlowStore cluster, string folder) => new() { _cluster = cluster, _clusterFolder = folder };

    public async ValueTask InitializeAsync()
    {
        _embedded = await FlowStore.OpenAsync(
            new() { Embedded = Path.Combine(_folder, "embedded") }, TimeProvider.System, NullLoggerFactory.Instance, default,
            new() { CommandLine = CommandLine });
        var program = new[] { "/usr/bin/clickhouse-server", "/usr/sbin/clickhouse-server" }.FirstOrDefault(File.Exists);
        if (program is not null)
        {
            var port = FreePort();
            _server = StartServer(program, Path.Combine(_folder, "server"), port, FreePort());
            _remote = await FlowStore.OpenAsync(
                new() { Url = new($"http://127.0.0.1:{port}/") }, TimeProvider.System,
                NullLoggerFactory.Instance, default);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_embedded is not null)
        {
            await _embedded.DisposeAsync();
        }

        if (_remote is not null)
        {
            await _remote.DisposeAsync();
            _server!.Kill();
            await _server.WaitForExitAsync();
            _server.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Ends one made by <see cref="Of"/>.</summary>
    internal void Discard() => Directory.Delete(_folder, recursive: true);

    internal static Process StartServer(string program, string folder, int http, int tcp)
    {
        Directory.CreateDirectory(Path.Combine(folder, "tmp"));
        File.WriteAllText(Path.Combine(folder, "users.xml"), """
            <?xml version="1.0"?>
            <yandex><profiles><default><max_memory_usage>2000000000</max_memory_usage></default></profiles>
            <users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users>
            <quotas><default/></quotas></yandex>
            """);
        File.WriteAllText(Path.Combine(folder, "config.xml"), $"""
            <?xml version="1.0"?>
            <yandex><logger><level>error</level><console>1</console></logger>
            <http_port>{http}</http_port><tcp_port>{tcp}</tcp_port><listen_host>127.0.0.1</listen_host>
            <path>{folder}/</path><tmp_path>{folder}/tmp/</tmp_path><users_config>{folder}/users.xml</users_config>
            <default_profile>default</default_profile><default_database>default</default_database>
            <mark_cache_size>67108864</mark_cache_size><timezone>UTC</timezone></yandex>
            """);
        var start = new ProcessStartInfo(program, [$"--config-file={folder}/config.xml"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true
        };
        var process = Process.Start(start)!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return process;
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
