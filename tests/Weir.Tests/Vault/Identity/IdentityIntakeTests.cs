// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Desk.Reporting.Html;
using Weir.Tests.Support;
using Weir.Tests.Vault.Support;
using Weir.Vault.Identity.Dhcp;
using Weir.Vault.Identity.Intake;
using Weir.Vault.Identity.Keeping;
using Weir.Vault.Identity.Radius;
using Weir.Vault.Identity.Records;
using Weir.Vault.Identity.Tables;
using Weir.Wire;

namespace Weir.Tests.Vault.Identity;

/// <summary>All of identity as it runs: sockets, files that grow, and the store that outlives the process.</summary>
public sealed class IdentityIntakeTests : IDisposable
{
    private static readonly byte[] Salt = "0123456789abcdef"u8.ToArray();

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-identity-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Accounting_over_the_socket_is_answered_and_outlives_the_process()
    {
        var secrets = Put("secrets", $"# NASes\n127.0.0.0/8 {IdentitySamples.Secret}\n", UnixFileMode.UserRead);
        var options = new IdentityOptions
        {
            Store = Path.Combine(_folder, "identity.db"),
            Sources = [new()
            {
                Name = "bng",
                Kind = IdentityKind.Radius,
                Listen = new IPEndPoint(IPAddress.Loopback, 0),
                SecretFile = secrets
            }],
        };
        using (var keeper = Open(options))
        {
            using var stop = new CancellationTokenSource();
            var running = keeper.RunAsync(stop.Token);
            using var nas = new UdpClient(AddressFamily.InterNetwork);
            nas.Connect(keeper.Listeners["bng"]);
            var request = AccountingMaker.Create(AccountingStatus.Start).Address("198.51.100.7").As(9).Packet();
            await nas.SendAsync(request);
            var answer = await nas.ReceiveAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
            Assert.Equal((5, 9), (answer.Buffer[0], answer.Buffer[1]));
            await stop.CancelAsync();
            await running;
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(options.Store!));
        using var again = Open(options);
        var line = Assert.IsType<IdentityAnswer.Line>(again.Table.WhoHad(
            IpKey.Parse("198.51.100.7"), null, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()));
        Assert.Equal(IdentitySamples.User("alice"), line.Name);
        Assert.Single(again.Table.HeldBy(line.Name));
    }

    [Fact]
    public async Task What_is_refused_stands_in_the_vaults_record_when_it_ends()
    {
        var audit = new InMemoryAuditLog();
        var options = new IdentityOptions
        {
            Store = null,
            Sources = [new()
            {
                Name = "bng",
                Kind = IdentityKind.Radius,
                Listen = new IPEndPoint(IPAddress.Loopback, 0),
                SecretFile = Put("secrets", $"127.0.0.1 {IdentitySamples.Secret}\n")
            }],
        };
        using var keeper = IdentityIntake.Open(
            options, Salt, TimeProvider.System, NullLogger<IdentityIntake>.Instance, audit);
        using var stop = new CancellationTokenSource();
        var running = keeper.RunAsync(stop.Token);
        using var nas = new UdpClient(AddressFamily.InterNetwork);
        nas.Connect(keeper.Listeners["bng"]);
        await nas.SendAsync(AccountingMaker.Create(AccountingStatus.Start).Address("198.51.100.7").Packet("guess"));
        await nas.SendAsync(new byte[] { 4, 1, 0 });
        await Until.IsSoAsync(() => keeper.Counters.Radius.Received >= 2);

        await stop.CancelAsync();
        await running;
        Assert.Equal(["forged", "malformed"], audit.Entries.Select(entry => entry.Outcome).Order());
        Assert.All(audit.Entries, entry => Assert.Contains("NAS 127.0.0.1/32", entry.Reason));
        Assert.All(audit.Entries, entry => Assert.DoesNotContain("198.51.100.7", entry.Reason));
    }

    [Fact]
    public async Task What_cannot_be_written_is_not_answered_and_is_once_it_can_be()
    {
        var options = new IdentityOptions
        {
            Store = Path.Combine(_folder, "identity.db"),
            Sources = [new()
            {
                Name = "bng",
                Kind = IdentityKind.Radius,
                Listen = new IPEndPoint(IPAddress.Loopback, 0),
                SecretFile = Put("secrets", $"127.0.0.1 {IdentitySamples.Secret}\n")
            }],
        };
        using (var keeper = Open(options))
        {
            using var stop = new CancellationTokenSource();
            var running = keeper.RunAsync(stop.Token);
            using var nas = new UdpClient(AddressFamily.InterNetwork);
            nas.Connect(keeper.Listeners["bng"]);
            var request = AccountingMaker.Create(AccountingStatus.Start).Address("198.51.100.7").Packet();
            using (var other = new SqliteConnection($"Data Source={options.Store};Pooling=False"))
            {
                other.Open();
                using var locked = other.BeginTransaction();
                await nas.SendAsync(request);
                await Until.IsSoAsync(() => keeper.Counters.StoreFailures > 0, "the locked store is not written");
                Assert.Equal(0, nas.Available);
            }

            // The NAS sends the very packet again: it is known, but only now on disk, and so only now answered.
            await nas.SendAsync(request);
            var answer = await nas.ReceiveAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
            Assert.Equal(5, answer.Buffer[0]);
            Assert.Equal((1, 1), (keeper.Counters.Radius.Applied, keeper.Counters.Radius.Duplicates));
            await stop.CancelAsync();
            await running;
        }

        using var again = Open(options);
        Assert.Equal(1, again.Table.Count);
    }

    [Fact]
    public void Sessions_and_restarts_of_a_nas_are_remembered_over_a_restart_of_ours()
    {
        var path = Path.Combine(_folder, "identity.db");
        Step(IdentitySamples.Clock(100), intake =>
            intake(AccountingMaker.Create(AccountingStatus.Start, eventSecond: 10).Address("198.51.100.7")));
        Step(IdentitySamples.Clock(200), intake =>
            intake(AccountingMaker.Create(AccountingStatus.On, null, null, 150).As(1)));
        var table = Step(IdentitySamples.Clock(300), intake =>
        {
            // Late: from before the restart of the NAS, which ends it; and the stop of another session that began
            // before ours did.
            intake(AccountingMaker.Create(AccountingStatus.Start, "bob", "s2", 20).Address("198.51.100.8").As(2));
            intake(AccountingMaker.Create(AccountingStatus.Stop, eventSecond: 60).Address("198.51.100.7").As(3));
        });

        Assert.Equal("confirmed", table.CodeOf("198.51.100.7", 40));
        Assert.Equal("no-lease", table.CodeOf("198.51.100.7", 61));
        Assert.Equal("presumed", table.CodeOf("198.51.100.8", 149));
        Assert.Equal("no-lease", table.CodeOf("198.51.100.8", 151));

        IdentityTable Step(TimeProvider clock, Action<Action<AccountingMaker>> tell)
        {
            var counters = new IdentityCounters();
            using var ledger = new IdentityLedger(
                new IdentityTable(new IdentityTableOptions(), clock), new RadiusOptions(), counters,
                Weir.Vault.Identity.Keeping.IdentityStore.Open(path));
            var intake = new RadiusIntake(
                ledger.Sessions, new RadiusOptions(), IdentitySamples.Naming, counters.Radius, IdentitySamples.Secrets);
            ledger.Update(() => tell(made => Assert.True(
                intake.Handle(made.Packet(), IdentitySamples.Nas, clock.GetUtcNow().ToUnixTimeMilliseconds(), out _))));
            return ledger.Table;
        }
    }

    [Fact]
    public void What_is_older_than_the_retention_is_gone_from_the_file_too()
    {
        var clock = IdentitySamples.Clock(1_000);
        var leases = Put("kea.csv", $"address,hwaddr,client_id,valid_lifetime,expire\n198.51.100.7,02:00:00:AB:CD:EF,,600,{IdentitySamples.Zero + 700}\n");
        var options = new IdentityOptions
        {
            Store = Path.Combine(_folder, "identity.db"),
            Sources = [new() { Name = "kea", Kind = IdentityKind.Kea, Path = leases }]
        };
        Run(options, clock, keeper => Assert.Equal("mac:020000abcdef", keeper.Table.LineOf("198.51.100.7", 500)?.Text));
        Assert.True(Holds(options.Store!, "020000abcdef"));

        clock.Advance(TimeSpan.FromDays(7));
        using (var keeper = IdentityIntake.Open(
            options with { Sources = [] }, Salt, clock, NullLogger<IdentityIntake>.Instance))
        {
            Assert.Equal(1, keeper.Counters.Expired);
        }

        Assert.False(Holds(options.Store!, "020000abcdef"));
    }

    [Fact]
    public void A_file_is_followed_over_growth_rotation_and_restart_and_no_row_is_lost()
    {
        var clock = IdentitySamples.Clock(1_000);
        const string Head = "address,hwaddr,client_id,valid_lifetime,expire\n";
        var leases = Put("kea.csv", Head + Row(1));
        using var file = new Weir.Vault.Identity.Records.FollowedFile(
            leases,
            new Weir.Vault.Identity.Dhcp.KeaDhcpLeases(
                new(Table(clock, out var table), Counters), Counters, IdentitySamples.Naming),
            clock);

        Assert.Equal(2, file.Poll());
        File.AppendAllText(leases, Row(2) + Row(3)[..20]);
        Assert.Equal(1, file.Poll());

        // The rest of a row and one more come, then the file is moved away and another takes its name.
        File.AppendAllText(leases, Row(3)[20..] + Row(4));
        File.Move(leases, leases + ".1");
        File.WriteAllText(leases, Head + Row(5));
        Assert.Equal(4, file.Poll());
        File.WriteAllText(leases, Head);
        file.Poll();
        File.AppendAllText(leases, Row(6));
        Assert.Equal(1, file.Poll());

        for (var i = 1; i <= 6; i++)
        {
            Assert.Equal("confirmed", table.CodeOf($"198.51.100.{i}", 500));
        }

        Assert.Equal((6, 6), (Counters.Received, Counters.Applied));

        // A later process goes on where this one ended.
        using var later = new Weir.Vault.Identity.Records.FollowedFile(
            leases,
            new Weir.Vault.Identity.Dhcp.KeaDhcpLeases(new(table, Counters), Counters, IdentitySamples.Naming), clock);
        later.Resume(file.Inode, file.Taken);
        File.AppendAllText(leases, Row(7));
        Assert.Equal(1, later.Poll());
        Assert.Equal("confirmed", table.CodeOf("198.51.100.7", 500));
        Assert.Throws<FileNotFoundException>(() => new Weir.Vault.Identity.Records.FollowedFile(
            leases + ".no",
            new Weir.Vault.Identity.Dhcp.KeaDhcpLeases(new(table, Counters), Counters, IdentitySamples.Naming),
            clock).Poll());
    }

    [Fact]
    public void Leases_that_kea_moved_aside_for_its_clean_up_are_read_too()
    {
        const string Head = "address,hwaddr,client_id,valid_lifetime,expire\n";
        Put("kea.csv.2", Head + Row(1));
        Put("kea.csv.1", Head + Row(2));
        var leases = Put("kea.csv", Head + Row(3));
        Run(
            new IdentityOptions { Store = null, Sources = [new() { Name = "kea", Kind = IdentityKind.Kea, Path = leases }] },
            IdentitySamples.Clock(1_000), keeper =>
            {
                Assert.Equal(["confirmed", "confirmed", "confirmed"], Enumerable.Range(1, 3)
                    .Select(i => keeper.Table.CodeOf($"198.51.100.{i}", 500)));
                Assert.Equal(3, keeper.Counters.Sources["kea"].Applied);
            });
    }

    [Fact]
    public void A_source_that_cannot_be_used_refuses_the_start_with_the_mend()
    {
        var open = Put("open", "192.0.2.0/24 s\n", UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var wrong = Put("wrong", "192.0.2.0/24\n", UnixFileMode.UserRead);
        foreach (var (secret, mend) in ((string?, string)[])[
            (null, "no secret-file"), (open, "chmod"), (wrong, "line 1"),
            (Path.Combine(_folder, "none"), "cannot be read")])
        {
            var options = new IdentityOptions
            {
                Store = null,
                Sources = [new()
                {
                    Name = "bng",
                    Kind = IdentityKind.Radius,
                    Listen = new IPEndPoint(IPAddress.Loopback, 0),
                    SecretFile = secret
                }]
            };
            Assert.Contains(
                mend, Assert.Throws<IdentityException>(() => Open(options)).Message, StringComparison.Ordinal);
        }

        File.WriteAllText(Path.Combine(_folder, "bad.db"), new string('x', 5_000));
        Assert.Contains(
            "identity store",
            Assert.Throws<IdentityException>(() => Open(new() { Store = Path.Combine(_folder, "bad.db") })).Message,
            StringComparison.Ordinal);
    }

    private RecordCounters Counters { get; } = new();

    private static IdentityTable Table(TimeProvider clock, out IdentityTable table) =>
        table = new IdentityTable(new IdentityTableOptions(), clock);

    private static string Row(int last) =>
        $"198.51.100.{last},02:00:00:00:00:0{last},,600,{IdentitySamples.Zero + 700}\n";

    private static IdentityIntake Open(IdentityOptions options) =>
        IdentityIntake.Open(options, Salt, TimeProvider.System, NullLogger<IdentityIntake>.Instance);

    private static void Run(IdentityOptions options, TimeProvider clock, Action<IdentityIntake> look)
    {
        using var keeper = IdentityIntake.Open(options, Salt, clock, NullLogger<IdentityIntake>.Instance);
        using var stop = new CancellationTokenSource();
        var running = keeper.RunAsync(stop.Token);
        look(keeper);
        stop.Cancel();
        running.Wait(TimeSpan.FromSeconds(20));
    }

    private static bool Holds(string store, string text) =>
        Directory.GetFiles(Path.GetDirectoryName(store)!, Path.GetFileName(store) + "*")
            .Any(f => File.ReadAllBytes(f).AsSpan().IndexOf(Encoding.ASCII.GetBytes(text)) >= 0);

    private string Put(string name, string text, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, mode);
        return path;
    }
}
