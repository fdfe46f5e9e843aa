// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Cli.Configuring;
using Weir.Contracts.Grounds;
using Weir.Contracts.Networks;
using Weir.Contracts.Noise;
using Weir.Contracts.Segments;
using Weir.Contracts.Signing;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Peers.Memory;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.Spooling;
using Weir.Hosting.StoreClient;
using Weir.Store;
using Weir.Store.Engine;
using Weir.Store.Retention;
using Weir.Tests.Store;
using Weir.Tests.Support;
using Weir.Tests.Vault.Support;
using Weir.Wire;

namespace Weir.Tests.StoreProcess;

/// <summary>The store's process with the real embedded engine, on the memory transport; and keys of those who sign.
/// Its clock stands some hours after the rows that tests make.</summary>
internal sealed class StoreHouse : IAsyncDisposable
{
    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(Pairs.Day).AddHours(26);

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-house-").FullName;
    private readonly Func<StoreProcessOptions, StoreProcessOptions> _change;
    private readonly ShiftedTime _time = new(Now);
    private IHost? _host;
    private MemoryPeers? _peers;

    private StoreHouse(Func<StoreProcessOptions, StoreProcessOptions> change) => _change = change;

    public static NetworkTable Networks { get; } = new([new Network(Prefix.Parse("100.64.0.0/10"))]);

    public SigningKey Collector { get; } = SigningKey.Create();

    public SigningKey Vault { get; } = SigningKey.Create();

    public SigningKey Own { get; } = SigningKey.Create();

    public PublicKeyRing Ring => new(
        ScopeGrounds.Kinds,
        [
            (new("collector", "edge-1"), Collector.Public), (new("vault", "vault"), Vault.Public),
            (new("store", "store"), Own.Public),
        ]);

    public PeerClient Desk { get; private set; } = null!;

    /// <summary>The desk's requests, as they stand on its own chain first.</summary>
    public StoreRequests Requests { get; private set; } = null!;

    /// <summary>The desk's chain.</summary>
    public InMemoryAuditLog DeskChain { get; } = new();

    public PeerClient Edge { get; private set; } = null!;

    /// <summary>The store's clock.</summary>
    public ShiftedTime Time => _time;

    public FlowStore Store => _host!.Services.GetRequiredService<EngineHost>().Store;

    public MemoryPeers Peers => _peers!;

    public T Get<T>()
        where T : notnull => _host!.Services.GetRequiredService<T>();

    public static async Task<StoreHouse> OpenAsync(Func<StoreProcessOptions, StoreProcessOptions>? change = null)
    {
        var house = new StoreHouse(change ?? (options => options));
        await house.StartAsync();
        return house;
    }

    /// <summary>Stops the process and starts it again on the same folders.</summary>
    public async Task StartAgainAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    /// <summary>The number of the request that the desk recorded last.</summary>
    public string LastNumber() => DeskChain.Entries[^1].Request;

    /// <summary>Entries of the store's own chain, the opening and closing ones aside.</summary>
    public async Task<IReadOnlyList<AuditEntry>> ChainAsync()
    {
        await StopAsync();
        var verified = AuditVerifier.Verify(Path.Combine(_folder, "audit"));
        Assert.True(verified.IsSound, string.Join('\n', verified.Faults));
        return
        [
            .. AuditReader.Entries(Path.Combine(_folder, "audit")).Select(record => record.Entry)
                .Where(entry => entry.Act is not (AuditActions.AuditOpened or AuditActions.AuditClosed)),
        ];
    }

    /// <summary>Segment files of rows, as a collector's spool writes them.</summary>
    public IReadOnlyList<(string Name, byte[] Octets)> Segments(Action<Spool> write, int rows = 1_000_000)
    {
        var folder = Path.Combine(_folder, "spool-" + Guid.NewGuid().ToString("n"));
        using var spool = new Spool(
            new SpoolOptions { Directory = folder, MinimumFree = 0, SegmentRows = rows }, NullLogger<Spool>.Instance);
        write(spool);
        return [.. spool.Folder.Waiting().Select(path => (Path.GetFileName(path), File.ReadAllBytes(path)))];
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The settings of a house, to be changed.</summary>
    public static WeirConfiguration Configured(StoreProcessOptions options) => (WeirConfiguration)options.Settings;

    public StoreProcessOptions Options() => _change(new StoreProcessOptions
    {
        Settings = new WeirConfiguration
        {
            Store = new() { Embedded = Path.Combine(_folder, "engine"), RetentionDays = 90 },
        },
        Folder = _folder,
        Networks = Networks,
        Engine = new() { CommandLine = Engines.CommandLine },
        Peers = new() { Name = "store", Socket = Path.Combine(_folder, "store.sock") },
        Key = Own,
        People = new(Weir.Contracts.Approvals.People.Lab),
        Ring = Ring,
        Cohort = (_, _) => Task.FromResult(0x5EEDUL),
        Noise = (_, _, _) => Task.FromResult<IFigureNoise>(new NoNoise()),
        Retention = new() { EvidenceDays = 400 },
    });

    public static IHost Host(Action<IServiceCollection> add, TimeProvider time) => new HostBuilder()
        .ConfigureServices(services =>
        {
            services.AddSingleton(time);
            services.AddLogging();
            add(services);
        })
        .Build();

    private async Task StartAsync()
    {
        _host = Host(services => services.AddStoreComponents(Options()), _time);
        await _host.StartAsync();
        _peers = new MemoryPeers(_time, Get<IMeterFactory>(), NullLoggerFactory.Instance);
        var routes = new PeerRoutes();
        StoreDoor.Map(_host.Services, routes);
        _peers.Start("store", routes);
        Desk = _peers.Client(new Peer("weir-desk", PeerRoles.Desk), "store", TimeSpan.FromMinutes(2));
        Requests = new(Desk, DeskChain);
        Edge = _peers.Client(new Peer("weir-collector", PeerRoles.Collector), "store", TimeSpan.FromMinutes(2));
    }

    private async Task StopAsync()
    {
        if (_host is { } host)
        {
            Desk.Dispose();
            Edge.Dispose();
            _peers!.Dispose();
            await host.StopAsync();
            await ((IAsyncDisposable)host).DisposeAsync();
            _host = null;
        }
    }
}
