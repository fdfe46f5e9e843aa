// SPDX-License-Identifier: Apache-2.0
//
// What `weir flowstore` runs: the embedded engine behind ClickHouse's HTTP interface on a Unix socket, so that the rest
// of Weir knows one store client only. It lives in a process of its own: a native crash or the memory limit costs a
// restart of this child and nothing else.
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weir.Store.ClickHouse;
using Weir.Wire.Native;

namespace Weir.Store.Embedded;

/// <summary>The embedded flow store's process. The constructor is inert; <see cref="RunAsync"/>
/// does the work.</summary>
public sealed class FlowStoreServer(FlowStoreServerOptions options)
{
    private const int LongestSocketPath = 107;
    private const string SocketEnding = ".sock";

    /// <summary>The socket of a store that this process starts on a directory: in it, by the process's number; in a
    /// private folder made for it where that path would be too long.</summary>
    public static string SocketFor(string directory)
    {
        var name = FormattableString.Invariant($"{Environment.ProcessId}{SocketEnding}");
        var path = Path.Combine(Path.GetFullPath(directory), name);
        return Fits(path) ? path : Path.Combine(Directory.CreateTempSubdirectory("weir-").FullName, name);
    }

    /// <summary>Answers until <paramref name="cancel"/>, until standard input ends, or until the parent dies; each may
    /// come before it has begun.</summary>
    /// <exception cref="StoreException">The directory, the library or the socket cannot be had; the
    /// text says which.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        ParentWatch.Begin(gone.Cancel);
        try
        {
            await AnswerAsync(gone.Token);
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // It was to end before it had begun: what was opened is closed, and nobody waits for an answer.
        }
    }

    private async Task AnswerAsync(CancellationToken gone)
    {
        if (!Fits(options.Socket))
        {
            throw new StoreException(0, $"the socket path '{options.Socket}' is longer than {LongestSocketPath} "
                + "octets; choose a shorter folder", retryable: false);
        }

        MakePrivate(options.Directory);
        MakePrivate(Path.GetDirectoryName(Path.GetFullPath(options.Socket))!);
        var engine = new ChDb(ChDbFile.Find());
        using var pool = new StorePool(
            engine, options.Connections, Path.GetFullPath(options.Directory), Arguments());
        await WarmUpAsync(pool, gone);
        if (!SignalHandlers.NullReferenceIsCaught())
        {
            throw new StoreException(0, "the engine took .NET's signal handlers", retryable: false);
        }

        ThreadPool.SetMinThreads(options.Connections + Environment.ProcessorCount + 4, Environment.ProcessorCount);
        await using var app = Build(new StoreRequestHandler(pool));
        RemoveStaleSockets();
        await app.StartAsync(gone);
        try
        {
            await Task.Delay(Timeout.Infinite, gone);
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            await app.StopAsync(patience.Token);
        }
    }

    private string[] Arguments() =>
    [
        "weir",
        $"--path={Path.GetFullPath(options.Directory)}",
        .. options.Config is { } config ? [$"--config-file={config}"] : Array.Empty<string>(),
        FormattableString.Invariant($"--max_server_memory_usage={options.MemoryLimit}"),
        FormattableString.Invariant($"--mark_cache_size={Math.Min(64L << 20, options.MemoryLimit / 8)}"),
    ];

    /// <summary>One query before the first request, so that whatever the engine sets up lazily is set up.</summary>
    private static async Task WarmUpAsync(StorePool pool, CancellationToken cancel)
    {
        var connection = await pool.RentAsync(cancel);
        if (!connection.TryRun("SELECT count() FROM system.tables", out var error))
        {
            throw StoreErrors.Parse(error);
        }

        pool.Return(connection);
    }

    private WebApplication Build(StoreRequestHandler requests)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.ListenUnixSocket(options.Socket);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MaxRequestLineSize = 1 << 20;
            kestrel.Limits.MaxRequestBufferSize = 1 << 21;
        });
        var app = builder.Build();
        app.Run(requests.AnswerAsync);
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(options.Socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
        });
        return app;
    }

    private static bool Fits(string path) => System.Text.Encoding.UTF8.GetByteCount(path) <= LongestSocketPath;

    /// <summary>The engine has the directory's lock by now, so whatever sockets lie here belong to nobody.</summary>
    private void RemoveStaleSockets()
    {
        foreach (var stale in Directory.EnumerateFiles(options.Directory, "*" + SocketEnding))
        {
            File.Delete(stale);
        }

        File.Delete(options.Socket);
    }

    private static void MakePrivate(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new StoreException(0, "the embedded flow store runs on Linux only", retryable: false);
        }

        try
        {
            Directory.CreateDirectory(
                folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(
                0, $"the folder '{folder}' cannot be made: {fault.Message}", retryable: false, fault);
        }
    }
}
