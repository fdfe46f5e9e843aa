// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Cli.Configuring;
using Weir.Cli.Processes;
using Weir.Collector.Collecting.Sockets;
using Weir.Collector.Composing;
using Weir.Collector.Detecting;
using Weir.Collector.Digesting;
using Weir.Collector.Events;
using Weir.Collector.Running;
using Weir.Contracts.Customers;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Networks;
using Weir.Contracts.Signing;
using Weir.Desk.Alerts;
using Weir.Desk.Cases;
using Weir.Desk.Composing;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Hosting.Configuration;
using Weir.Hosting.Health;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Peers.Memory;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.Running;
using Weir.Hosting.Spooling;
using Weir.Hosting.VaultClient;
using Weir.Tests.Hosting;
using Weir.Tests.Store;
using Weir.Tests.Support;
using Weir.Tests.Vault.Support;
using Weir.Vault;
using Weir.Vault.Customers;
using Weir.Vault.Keys;
using Weir.Wire;

namespace Weir.Tests.Processes;

/// <summary>Collector, desk and vault as they are composed for real, on the memory transport, whose faults a seed
/// decides. Each can be ended as a kill ends it, and started again on its folder. The store is away the whole time:
/// what needs it waits.</summary>
internal sealed class FourProcesses : IAsyncDisposable
{
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-four-").FullName;
    private readonly SigningKey _collectorKey = SigningKey.Create();
    private readonly SigningKey _labKey = SigningKey.Create();
    private readonly Counted _counted = new();
    private readonly Logged _logs = new();
    private readonly List<PeerClient> _clients = [];
    private int _raised;
    private IHost? _desk;
    private IHost? _vault;
    private Weir.Collector.Composing.CollectorProcess? _collector;

    public FourProcesses() => Network = new MemoryPeers(_time, _counted.Meters, NullLoggerFactory.Instance);

    public MemoryPeers Network { get; }

    public CaseHandler Desk => _desk!.Services.GetRequiredService<CaseHandler>();

    public string All => $"{_logs.All}\n{_counted.All}";

    public async Task StartAsync()
    {
        await StartVaultAsync();
        await StartDeskAsync();
        await StartCollectorAsync();
    }

    public async Task StartVaultAsync()
    {
        _vault = ProcessHost.Build(services => services.AddVaultComponents(VaultOptions()), _time, _logs);
        await _vault.StartAsync();
        var routes = new PeerRoutes();
        VaultDoor.Map(_vault.Services, routes);
        Network.Start("vault", routes);
    }

    public async Task StartDeskAsync()
    {
        _desk = ProcessHost.Build(services => services.AddDeskComponents(DeskOptions()), _time, _logs);
        await _desk.StartAsync();
        var routes = new PeerRoutes();
        DeskDoor.Map(_desk.Services, routes);
        Network.Start("desk", routes);
    }

    public async Task StartCollectorAsync()
    {
        _raised = 0;
        _collector = await Weir.Collector.Composing.CollectorProcess.StartAsync(
            CollectorOptions(), CancellationToken.None);
    }

    /// <summary>Its door goes first, then all that it holds in memory.</summary>
    public async Task KillDeskAsync()
    {
        Network.Stop("desk");
        await EndAsync(_desk!);
    }

    /// <inheritdoc cref="KillDeskAsync"/>
    public async Task KillVaultAsync()
    {
        Network.Stop("vault");
        await EndAsync(_vault!);
    }

    public async Task KillCollectorAsync() => await _collector!.DisposeAsync();

    /// <summary>A flood of one line, raised in the collector as its rules raise it.</summary>
    public void Raise(ulong number, string line)
    {
        _raised++;
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        using var names = Pseudonymizer.UnderKeyOf(
            _vault!.Services.GetRequiredService<EpochKeys>(), Epochs.At(now));
        _collector!.Services.GetRequiredService<IQualityEventSink>().Handle(new QualityEvent
        {
            Number = number,
            Phase = EventPhase.Opened,
            Subject = names.Pseudonymize(IpKey.Parse(line)),
            Rule = RuleId.FloodOut,
            RuleVersion = 1,
            Class = TrafficClass.Create(Direction.Out, Protocols.Udp, [7703], [IpKey.Parse("203.0.113.9")]),
            FromMs = now - 60_000,
            UntilMs = now,
            TriggeredMs = now,
            Measured = 80_000,
            Threshold = 20_000,
            Unit = "packets/s",
            WindowSeconds = 30,
            SamplingInterval = 1,
            Exporter = IpKey.Parse("192.0.2.1"),
        });
    }

    /// <summary>The listener of the customer's page.</summary>
    public Uri Page => _vault!.Services.GetRequiredService<PageServer>().Address;

    /// <summary>Signs links and forms, as the vault does.</summary>
    public LinkSigner Links => _vault!.Services.GetRequiredService<LinkSigner>();

    /// <summary>What customers did and the desk has not taken.</summary>
    public CustomerActStore Acts => _vault!.Services.GetRequiredService<CustomerActStore>();

    public string DeskAudit => At("desk-audit");

    public string VaultAudit => At("vault/audit");

    /// <summary>Every event that was raised stands in the collector's outbox or beyond.</summary>
    public bool IsEverythingKept => _collector!.Services.GetRequiredService<EventWriter>().Signed >= _raised;

    public int CasesOfVault => Directory.Exists(Path.Combine(_folder, "vault", "cases"))
        ? Directory.EnumerateFiles(Path.Combine(_folder, "vault", "cases")).Select(Path.GetFileNameWithoutExtension)
            .Distinct().Count()
        : 0;

    public async ValueTask DisposeAsync()
    {
        await KillCollectorAsync();
        await KillDeskAsync();
        await KillVaultAsync();
        _clients.ForEach(client => client.Dispose());
        Network.Dispose();
        _counted.Dispose();
        _collectorKey.Dispose();
        _labKey.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task EndAsync(IHost host)
    {
        await Task.WhenAny(host.StopAsync(new CancellationToken(canceled: true)));
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    private PeerClient Client(PeerRoles from, string to)
    {
        var client = Network.Client(new Peer(from.Word, from), to);
        _clients.Add(client);
        return client;
    }

    private string At(string name) => Path.Combine(_folder, name);

    private PublicKeyRing Ring() => new(
        [.. ScopeGrounds.Kinds, CustomerActDocument.Kind],
        [
            (new("collector", "collector"), _collectorKey.Public),
            (new("vault", "vault"), _vault!.Services.GetRequiredService<GrantKey>().Key.Public),
        ]);

    private static NetworkTable Networks { get; } = new([new Network(Prefix.Parse("10.0.0.0/8"))]);

    private VaultProcessOptions VaultOptions() => new()
    {
        Settings = new WeirConfiguration
        {
            Vault = new() { Dir = At("vault") },
            Selfservice = new()
            {
                Enabled = true, Listen = new(IPAddress.Loopback, 0), Public = new Uri("https://help.example.net"),
                Provider = "Example Net", Contact = "by telephone",
            },
        },
        Networks = Networks,
        Peers = new() { Name = "vault", Socket = At("vault.sock") },
        Grounds = new() { Keys = [new(new("collector", "collector"), _collectorKey.Public)] },
        KnownIdentity = new ListedIdentity(),
        People = new(Weir.Contracts.Approvals.People.Lab),
        AllowRoot = true,
    };

    private DeskProcessOptions DeskOptions() => new()
    {
        Settings = new WeirConfiguration
        {
            Auditing = new() { Directory = At("desk-audit") },
            Cases = new() { Dir = At("cases") },
            Comparing = new() { Schedule = Schedule.Never },
            Control = new() { Socket = At("api.sock") },
            Report = new() { Dir = At("report") },
        },
        Policy = PolicyProfile.UsProvider,
        Networks = Networks,
        Peers = new() { Name = "desk", Socket = At("desk.sock") },
        Store = Client(PeerRoles.Desk, "store"),
        Ring = Ring(),
        Vault = new()
        {
            Vault = Client(PeerRoles.Desk, "vault"), LabKey = _labKey, IsLab = false, Networks = Networks,
        },
        Lists = new() { Folder = At("cases") },
        People = new(Weir.Contracts.Approvals.People.Lab),
        Customers = new(Ring(), null),
    };

    private CollectorProcessOptions CollectorOptions() => new()
    {
        Name = "collector",
        Key = _collectorKey,
        Ring = Ring(),
        Desk = Client(PeerRoles.Collector, "desk"),
        Store = Client(PeerRoles.Collector, "store"),
        Keys = new CollectorVaultKeys(
            new CollectorVaultClient(Client(PeerRoles.Collector, "vault")), isNamed: true, isLeased: false, _time,
            _logs),
        Settings = new WeirConfiguration
        {
            Collecting = new() { Listen = [new IPEndPoint(IPAddress.Loopback, 0)], ReceiveBuffer = 1 << 20 },
            Decoding = new()
            {
                ActiveTimeout = TimeSpan.FromSeconds(60), ClockTolerance = null, TemplateFile = At("templates"),
            },
            Detecting = new() { Subjects = 2_000, Details = 256 },
            Digesting = DigestOptions.ForPairs(10_000),
            Evidence = new() { Directory = _folder, Size = 8 << 20 },
            Store = new() { RetentionDays = 30 },
        },
        Folder = At("collector"),
        Networks = Networks,
        Flows = new FlowsOptions
        {
            Shards = 1,
            LanesEnd = TimeSpan.FromSeconds(3),
            ShardsEnd = TimeSpan.FromSeconds(3),
        },
        Segments = new()
        {
            Spool = new SpoolOptions { Directory = At("spool"), MinimumFree = 0, Durable = false },
            StopPatience = TimeSpan.FromMilliseconds(100),
        },
        Events = new() { Folder = At("events"), StopPatience = TimeSpan.FromMilliseconds(100) },
        StatusPeriod = TimeSpan.FromSeconds(1),
        Time = _time,
        Logs = _logs,
        Meters = _counted.Meters,
        Health = new HealthRegistry(_time),
    };
}
