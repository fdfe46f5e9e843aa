// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Hosting.Sections;
using Weir.Hosting.Spooling;
using Weir.Store.Engine;
using Weir.Store.Loading;

namespace Weir.Tests.Store.Cluster;

/// <summary>Two shards of one authority, and a store over them.</summary>
public sealed class ClusterHouse : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-cluster-").FullName;
    private FlowStore? _store;

    public ClusterHouse()
    {
        Certificates = new TestCertificates(Path.Combine(_folder, "authority"));
        A = new ShardProcess("north", Path.Combine(_folder, "a"), Certificates);
        B = new ShardProcess("south", Path.Combine(_folder, "b"), Certificates);
    }

    public FlowStore Store => _store!;

    public string Folder => _folder;

    internal TestCertificates Certificates { get; }

    internal ShardProcess A { get; }

    internal ShardProcess B { get; }

    internal ClusterOptions Options => ShardProcess.Cluster(Certificates, A, B);

    public async ValueTask InitializeAsync()
    {
        await Task.WhenAll(A.StartAsync(), B.StartAsync());
        _store = await OpenAsync(Options, "front");
    }

    public async ValueTask DisposeAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        await A.DisposeAsync();
        await B.DisposeAsync();
        Certificates.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    internal Task<FlowStore> OpenAsync(ClusterOptions cluster, string front) => FlowStore.OpenAsync(
        new() { Embedded = Path.Combine(_folder, front), Cluster = cluster }, TimeProvider.System,
        NullLoggerFactory.Instance, default,
        new EngineOptions { CommandLine = Engines.CommandLine });

    internal static Task<FlowStore> OpenOneAsync(string folder) => FlowStore.OpenAsync(
        new() { Embedded = folder }, TimeProvider.System, NullLoggerFactory.Instance, default,
        new() { CommandLine = Engines.CommandLine });

    internal Spool Spool(string name, int rows = 20_000) => new(
        new SpoolOptions
        {
            Directory = Path.Combine(_folder, name), SegmentRows = rows, MinimumFree = 0,
            LongestPause = TimeSpan.FromMilliseconds(200),
        }, NullLogger<Spool>.Instance);

    internal static SpoolLoader Loader(Spool spool, FlowStore store) =>
        new(spool, store, TimeProvider.System, NullLogger<SpoolLoader>.Instance);
}
