// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Cli.Configuring;
using Weir.Contracts.Clients;
using Weir.Contracts.Networks;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Hosting.Auditing.Reading;
using Weir.Hosting.Health;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Posix;
using Weir.Hosting.VaultClient;
using Weir.Tests.Support;
using Weir.Tests.Vault.Support;
using Weir.Vault;
using Weir.Wire;

namespace Weir.Tests.VaultProcess;

/// <summary>The whole process behind its real socket, by the machine's clock, and its clients.</summary>
public sealed class VaultSocketTests : IAsyncLifetime
{
    private static readonly CaseId Id = new(77);
    private static readonly ScopeId Scope = new(5);

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-vs-").FullName;
    private readonly ListedIdentity _identity = new();
    private readonly SigningKey _collector = SigningKey.Create();
    private readonly TimeProvider _time = TimeProvider.System;
    private ServiceProvider _services = null!;
    private PeerClient _peer = null!;
    private IHost _host = null!;

    private string Socket => Path.Combine(_folder, "v.sock");

    private string KeyFilePath => Path.Combine(_folder, "edge.pub");

    private uint Now => Epochs.At(_time.GetUtcNow());

    private CollectorVaultClient Edge => new(_peer);

    public async ValueTask InitializeAsync()
    {
        _services = new ServiceCollection().AddMetrics().AddLogging().BuildServiceProvider();
        _host = Host(_identity);
        await _host.StartAsync();
        _peer = new PeerClient(
            VaultAddress.Options(Socket), _time, _services.GetRequiredService<IMeterFactory>(),
            NullLoggerFactory.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _peer.Dispose();
        _collector.Dispose();
        await _services.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_case_goes_its_whole_way_as_soon_as_the_collectors_key_is_there()
    {
        using var names = Pseudonymizer.UnderKey(await Edge.EpochKeyAsync(Now, default));
        var name = names.Pseudonymize(IpKey.Parse("10.0.0.7"));
        var order = SignedOrders.Make(_collector, Id, name, Scope, _time.GetUtcNow());
        var desk = new DeskVaultClient(_peer, new InMemoryAuditLog(), _ => order);
        Assert.Equal("unknown-key", (await Assert.ThrowsAsync<VaultRefusedException>(
            () => desk.SealAsync(order, default))).Word);
        Assert.Equal(HealthState.Degraded, _host.Services.GetRequiredService<HealthRegistry>().Read().State);

        await File.WriteAllTextAsync(KeyFilePath, $"{_collector.Public}\n");
        await Until.IsSoAsync(async () =>
        {
            try
            {
                await desk.SealAsync(order, default);
                return true;
            }
            catch (VaultRefusedException)
            {
                return false;
            }
        });

        using var later = Pseudonymizer.UnderKey(await Edge.EpochKeyAsync(Now + 1, default));
        Assert.Equal(
            later.Pseudonymize(IpKey.Parse("10.0.0.7")), (await desk.ReissueAsync([Id], Now + 1, default))[Id]);
        Assert.Equal("10.0.0.7", (await desk.DiscloseAsync(
            new(Id, Scope, "ann", "analyst", "otto", "privacy-officer", "the customer is to be told how to clean up"),
            default)).Line);
        var view = await new OperatorVaultClient(_peer).SubjectAsync(
            IpKey.Parse("10.0.0.7"), null, _time.GetUtcNow(), default);
        Assert.Equal(Id.ToString(), Assert.Single(view.Cases).Case);
        await desk.DestroyAsync(Id, default);

        // That a request followed from nothing is told for an hour; everything else is well.
        Assert.All(
            _host.Services.GetRequiredService<HealthRegistry>().Read().Parts.Where(one => one.Part != "requests"),
            one => Assert.Equal(HealthState.Ok, one.Health.State));
        var store = new StoreVaultClient(_peer);
        Assert.Equal(await store.CohortKeyAsync(Now, default), await store.CohortKeyAsync(Now, default));
        var today = Now * Epochs.DaysPerEpoch;
        using var noise = await store.NoiseKeyAsync(today, today + 1, default);
        using var same = await store.NoiseKeyAsync(today, today + 1, default);
        using var next = await store.NoiseKeyAsync(today + 1, today + 2, default);
        string[] cells = [.. Enumerable.Range(0, 64).Select(cell => $"cell {cell}")];
        Assert.Equal(cells.Select(noise.Draw), cells.Select(same.Draw));
        Assert.NotEqual(cells.Select(noise.Draw), cells.Select(next.Draw));
        await Assert.ThrowsAsync<EpochKeyException>(() => store.NoiseKeyAsync(3, 4, default));
        await Assert.ThrowsAsync<ArgumentException>(() => store.NoiseKeyAsync(today, today + 8, default));
        await StopAsync();
        Assert.DoesNotContain(
            AuditReader.Entries(Path.Combine(_folder, "vault", "audit")),
            record => record.Entry.ToString().Contains("10.0.0.7", StringComparison.Ordinal));
    }

    /// <summary>A head that never ends costs its sender the connection after three seconds: who is connected notices
    /// nothing, and who comes gets in.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("GET /v1/epoch-key HTTP/1.1\r\nHost: vault\r\nX-Long: ")]
    [InlineData("PRI * HTTP/2.0\r\n")]
    public async Task Three_hundred_half_open_requests_stop_nobody(string half)
    {
        _ = await Edge.EpochKeyAsync(Now, default);
        var open = new List<System.Net.Sockets.Socket>();
        try
        {
            for (var i = 0; i < 300; i++)
            {
                open.Add(await HalfOpenAsync(half));
            }

            var from = _time.GetTimestamp();
            _ = await Edge.EpochKeyAsync(Now, default);
            Assert.InRange(_time.GetElapsedTime(from), TimeSpan.Zero, TimeSpan.FromSeconds(2));
            using var other = new PeerClient(
                VaultAddress.Options(Socket), _time, _services.GetRequiredService<IMeterFactory>(),
                NullLoggerFactory.Instance);
            await Until.IsSoAsync(async () =>
            {
                try
                {
                    _ = await new CollectorVaultClient(other).EpochKeyAsync(Now, default);
                    return true;
                }
                catch (VaultDownException)
                {
                    return false;
                }
            });
            Assert.InRange(_time.GetElapsedTime(from), TimeSpan.Zero, TimeSpan.FromSeconds(8));
        }
        finally
        {
            open.ForEach(one => one.Dispose());
        }
    }

    /// <summary>Sends a beginning and no more; one that is refused may be reset before its connect has ended.</summary>
    private async Task<System.Net.Sockets.Socket> HalfOpenAsync(string half)
    {
        var socket = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream,
            System.Net.Sockets.ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(Socket));
            _ = await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(half));
        }
        catch (System.Net.Sockets.SocketException)
        {
            return socket;
        }

        return socket;
    }

    [Fact]
    public async Task A_key_that_is_no_more_or_not_yet_comes_back_as_such()
    {
        await Assert.ThrowsAsync<EpochKeyException>(() => Edge.EpochKeyAsync(3, default));
        await Assert.ThrowsAsync<EpochKeyException>(() => Edge.EpochKeyAsync(Now + 5, default));
    }

    [Fact]
    public async Task The_intake_table_comes_whole_then_in_changes_and_names_stay_in_the_vault()
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        _identity.Add("10.9.0.1/32", "user:ann", now - 1_000);
        _identity.Add("10.9.0.2/32", "user:bob", now - 1_000, id: 50);
        var holder = new CurrentIntakeTable();
        var feed = new IntakeFeed(Edge, holder, _time);

        Assert.True(await feed.RefreshAsync(default));
        Assert.Equal(2, feed.Rows);
        Assert.True(holder.TryFind(IpKey.Parse("10.9.0.1"), 80, 6, now, out var ann));
        Assert.True(holder.TryFind(IpKey.Parse("10.9.0.2"), 80, 6, now, out var bob));
        Assert.NotEqual(ann, bob);
        Assert.True(SubscriberLineId.IsLine(ann));

        _identity.Add("10.9.0.2/32", "user:bob", now - 1_000, now, id: 50);
        _identity.Add("10.9.0.2/32", "user:ann", now);
        Assert.True(await feed.RefreshAsync(default));

        Assert.Equal(3, feed.Rows);
        Assert.True(holder.TryFind(IpKey.Parse("10.9.0.2"), 80, 6, now - 1, out var before));
        Assert.True(holder.TryFind(IpKey.Parse("10.9.0.2"), 80, 6, now, out var after));
        Assert.Equal((bob, ann), (before, after));
        var table = holder.Table;
        Assert.True(await feed.RefreshAsync(default));
        Assert.Same(table, holder.Table);
        Assert.DoesNotContain(
            "user:ann",
            await _peer.GetRawAsync("intake", async (body, stop) => await new StreamReader(body).ReadToEndAsync(stop)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_vault_that_started_again_gives_the_whole_table_and_one_that_is_gone_leaves_the_last()
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        _identity.Add("10.9.0.1/32", "user:ann", now - 1_000, id: 1);
        _identity.Add("10.9.0.2/32", "user:bob", now - 1_000, id: 2);
        var holder = new CurrentIntakeTable();
        var feed = new IntakeFeed(Edge, holder, _time);
        Assert.True(await feed.RefreshAsync(default));
        await StopAsync();

        Assert.False(await feed.RefreshAsync(default));
        Assert.Contains("does not answer", feed.Fault, StringComparison.Ordinal);
        Assert.True(holder.TryFind(IpKey.Parse("10.9.0.1"), 80, 6, now, out _));

        var fresh = new ListedIdentity();
        fresh.Add("10.9.0.1/32", "user:ann", now - 1_000, id: 1);
        _host = Host(fresh);
        await _host.StartAsync();
        Assert.True(await feed.RefreshAsync(default));

        Assert.Equal(1, feed.Rows);
        Assert.False(holder.TryFind(IpKey.Parse("10.9.0.2"), 80, 6, now, out _));
    }

    [Fact]
    public async Task Two_vaults_do_not_share_a_folder_and_one_that_is_gone_is_down()
    {
        using var other = Host(_identity, Path.Combine(_folder, "w.sock"));
        var second = await Assert.ThrowsAsync<IOException>(() => other.StartAsync());
        Assert.Contains("/lock is held by process ", second.Message, StringComparison.Ordinal);

        const UnixFileMode Wanted = UnixFileMode.UserRead | UnixFileMode.UserWrite
            | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
        Assert.Equal(Wanted, File.GetUnixFileMode(Socket));
        await StopAsync();

        Assert.False(File.Exists(Socket));
        var desk = new DeskVaultClient(_peer, new InMemoryAuditLog(), _ => null);
        Assert.Contains(
            Socket, (await Assert.ThrowsAsync<VaultDownException>(() => desk.DestroyAsync(Id, default))).Message,
            StringComparison.Ordinal);
    }

    private async Task StopAsync()
    {
        if (_host is { } host)
        {
            _host = null!;
            await host.StopAsync();
            await ((IAsyncDisposable)host).DisposeAsync();
        }
    }

    private IHost Host(ListedIdentity identity, string? socket = null)
    {
        var options = new VaultProcessOptions
        {
            Settings = new WeirConfiguration
            {
                Vault = new() { Dir = Path.Combine(_folder, "vault") },
                Access = new() { Analysts = ["ann"], PrivacyOfficers = ["otto"] },
            },
            Networks = SmallVault.Networks,
            Peers = new()
            {
                Name = "vault",
                Socket = socket ?? Socket,
                Users = new Dictionary<string, PeerRoles> { [OsUsers.NameOf(OsUsers.Own)] = PeerRoles.Any },
            },
            Grounds = new() { Keys = [new(new("collector", "edge-1"), null, KeyFilePath)] },
            KnownIdentity = identity,
            People = new(Weir.Contracts.Approvals.People.Lab),
            AllowRoot = true,
        };
        return new HostBuilder().ConfigureServices(services => services.AddLogging().AddVaultProcess(options)).Build();
    }
}
