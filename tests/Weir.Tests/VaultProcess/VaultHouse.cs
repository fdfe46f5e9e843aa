// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Weir.Cli.Configuring;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Networks;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Peers.Memory;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.VaultClient;
using Weir.Tests.Support;
using Weir.Tests.Vault.Support;
using Weir.Vault;
using Weir.Vault.Keys;
using Weir.Wire;

namespace Weir.Tests.VaultProcess;

/// <summary>The vault's process with its real chain, on the memory transport, and keys of those who sign. Its clock
/// stands at the beginning of epoch 100 and goes on when a test says so.</summary>
internal sealed class VaultHouse : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-vault-house-").FullName;
    private readonly Func<VaultProcessOptions, VaultProcessOptions> _change;
    private readonly Dictionary<ScopeId, ScopeOrder> _orders = [];
    private readonly IAuditLog? _audit;
    private IHost? _host;

    private VaultHouse(Func<VaultProcessOptions, VaultProcessOptions> change, IAuditLog? audit, TimeSpan since)
    {
        (_change, _audit) = (change, audit);
        Clock.Advance(TimeSpan.FromMilliseconds(SmallVault.NowMs) + since);
    }

    public SteppedTime Clock { get; } = new(DateTimeOffset.UnixEpoch);

    public ListedIdentity Identity { get; } = new();

    public SigningKey Collector { get; } = SigningKey.Create();

    public SigningKey Store { get; } = SigningKey.Create();

    /// <summary>What the desk's clients have on the desk's chain.</summary>
    public InMemoryAuditLog DeskChain { get; } = new();

    public MemoryPeers Peers { get; private set; } = null!;

    public string Folder => Path.Combine(_folder, "vault");

    public T Get<T>()
        where T : notnull => _host!.Services.GetRequiredService<T>();

    /// <param name="change">Changes of the options.</param>
    /// <param name="audit">In place of the vault's own chain, where a test has it fail.</param>
    /// <param name="since">How old epoch 100 is at the start.</param>
    public static async Task<VaultHouse> OpenAsync(
        Func<VaultProcessOptions, VaultProcessOptions>? change = null, IAuditLog? audit = null, TimeSpan since = default)
    {
        var house = new VaultHouse(change ?? (options => options), audit, since);
        await house.StartAsync();
        return house;
    }

    /// <summary>Who asks in a role.</summary>
    public PeerClient As(PeerRoles roles) => Peers.Client(new Peer($"weir-{roles}", roles), "vault");

    /// <summary>The desk as it is, with orders that hold.</summary>
    public DeskVaultClient Desk() => new(As(PeerRoles.Desk), DeskChain, scope => _orders.GetValueOrDefault(scope));

    /// <summary>An order that the desk's client sends along from now on.</summary>
    public ScopeOrder Give(ScopeOrder order) => _orders[order.Id] = order;

    /// <summary>The order of a case about an address, on an event that the collector signed.</summary>
    public ScopeOrder Order(CaseId id, string address, ScopeId scope) =>
        SignedOrders.Make(Collector, id, NameOf(address), scope, Clock.GetUtcNow());

    public SubjectKey NameOf(string address, uint epoch = SmallVault.Now)
    {
        using var names = Pseudonymizer.UnderKeyOf(Get<EpochKeys>(), epoch);
        return names.Pseudonymize(IpKey.Parse(address));
    }

    /// <summary>Stops the process and starts it again on the same folder.</summary>
    public async Task StartAgainAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    /// <summary>Entries of the vault's own chain so far, the opening one aside; the process is stopped.</summary>
    public async Task<IReadOnlyList<AuditEntry>> ChainAsync()
    {
        await StopAsync();
        var verified = AuditVerifier.Verify(Path.Combine(Folder, "audit"));
        Assert.True(verified.IsSound, string.Join('\n', verified.Faults));
        return
        [
            .. AuditReader.Entries(Path.Combine(Folder, "audit")).Select(record => record.Entry)
                .Where(entry => entry.Act is not (AuditActions.AuditOpened or AuditActions.AuditClosed)),
        ];
    }

    public async Task StopAsync()
    {
        if (_host is { } host)
        {
            _host = null;
            Peers.Dispose();
            await host.StopAsync();
            await ((IAsyncDisposable)host).DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Collector.Dispose();
        Store.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    public VaultProcessOptions Options() => _change(new VaultProcessOptions
    {
        Settings = new WeirConfiguration
        {
            Vault = new() { Dir = Folder, ComplaintsADay = 20 },
            Complaints = new() { Reporters = [new() { Name = "peer" }] },
            Access = new() { Analysts = ["ann"], PrivacyOfficers = ["otto"] },
        },
        Networks = SmallVault.Networks,
        Peers = new() { Name = "vault", Socket = Path.Combine(_folder, "vault.sock") },
        Grounds = new()
        {
            Keys =
            [
                new(new("collector", "edge-1"), Collector.Public), new(new("store", "store"), Store.Public),
            ],
        },
        KnownIdentity = Identity,
        People = new(Weir.Contracts.Approvals.People.Lab),
        Desk = "weir-desk",
        AllowRoot = true,
    });

    public async Task StartAsync()
    {
        _host = new HostBuilder().ConfigureServices(services =>
        {
            _ = services.AddSingleton<TimeProvider>(Clock).AddLogging().AddVaultComponents(Options());
            if (_audit is not null)
            {
                _ = services.AddSingleton(_audit);
            }
        }).Build();
        await _host.StartAsync();
        Peers = new MemoryPeers(Clock, Get<IMeterFactory>(), NullLoggerFactory.Instance);
        var routes = new PeerRoutes();
        VaultDoor.Map(_host.Services, routes);
        Peers.Start("vault", routes);
    }
}
