// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Weir.Hosting.Configuration;
using Weir.Hosting.Sections;

namespace Weir.Tests.Store.Cluster;

/// <summary>A node in a process of its own, which can be killed and started again on the same ports.</summary>
internal sealed class ShardProcess(string name, string folder, TestCertificates certificates) : IAsyncDisposable
{
    public const string Reader = "weir:asks";
    public const string Loader = "weir-loader:inserts";

    private readonly int _https = Engines.FreePort();
    private readonly int _native = Engines.FreePort();
    private Process? _process;

    /// <summary>What it said since it was last started.</summary>
    public ConcurrentQueue<string> Said { get; private set; } = [];

    public ShardOptions Options => new()
    {
        Name = name, Host = "127.0.0.1", HttpsPort = _https, NativePort = _native,
    };

    public static ClusterOptions Cluster(TestCertificates certificates, params ShardProcess[] shards) => new()
    {
        Shards = [.. shards.Select(shard => shard.Options)],
        User = "weir",
        Password = new Secret("file:/reader", "asks"),
        Loader = "weir-loader",
        LoaderPassword = new Secret("file:/loader", "inserts"),
        Ca = certificates.Authority,
        Patience = TimeSpan.FromSeconds(1),
    };

    /// <param name="certificate">Another than its own.</param>
    /// <param name="queryMemory">Octets that a query may take; 0 for no bound.</param>
    public async Task StartAsync((string Certificate, string Key)? certificate = null, long queryMemory = 0)
    {
        var shown = certificate ?? certificates.Issue(name);
        var said = Said = [];
        _process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [
                Path.Combine(AppContext.BaseDirectory, "Weir.SpoolVictim.dll"), "shard", folder, Text(_https),
                Text(_native), shown.Certificate, shown.Key, Reader, Loader, Text(queryMemory)])
            {
                RedirectStandardInput = true, RedirectStandardOutput = true,
            },
        };
        _process.OutputDataReceived += (_, line) => said.Enqueue(line.Data ?? "end");
        _ = _process.Start();
        _process.BeginOutputReadLine();
        await Support.Until.IsSoAsync(() => said.Contains("ready") || said.Contains("end"));
        Assert.Contains("ready", said);
    }

    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await KillAsync();
        }

        _process?.Dispose();
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
