// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Vault.Identity;
using Weir.Vault.Identity.Radius;
using Weir.Wire;

namespace Weir.Tests.Vault.Identity;

/// <summary>All of identity as it runs: sockets, files that grow, and the store that outlives the process.</summary>
public sealed class IdentityKeeperTests : IDisposable
{
    private static readonly byte[] Salt = "0123456789abcdef"u8.ToArray();

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-identity-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Accounting_over_the_socket_is_answered_and_outlives_the_process()
    {
        var secrets = Put("secrets", $"# NASes\n127.0.0.0/8 {Made.Secret}\n", UnixFileMode.UserRead);
        var options = new IdentityOptions
        {
            Store = Path.Combine(_folder, "identity.db"),
            Sources = [new() { Name = "bng", Kind = IdentityKind.Radius, Listen = new IPEndPoint(IPAddress.Loopback, 0), SecretFile = secrets }],
        };
        using (var keeper = Open(options))
        {
            using var stop = new CancellationTokenSource();
            var running = keeper.RunAsync(stop.Token);
            using var nas = new UdpClient(AddressFamily.InterNetwork);
            nas.Connect(keeper.Listeners["bng"]);
            var request = AccountingMaker.Of(AccountingStatus.Start).Address("198.51.100.7").As(9).Packet();
            await nas.SendAsync(request);
            var answer = await nas.ReceiveAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
            Assert.Equal((5, 9), (answer.Buffer[0], answer.Buffer[1]));
            await stop.CancelAsync();
            await running;
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(options.Store!));
        using var again = Open(options);
        var line = Assert.IsType<IdentityAnswer.Line>(again.Table.WhoHad(IpKey.Parse("198.51.100.7"), null, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()));
        Assert.Equal(Made.User("alice"), line.Name);
        Assert.Single(again.Table.HeldBy(line.Name));
    }

    [Fact]
    public void What_is_older_than_the_retention_is_gone_from_the_file_too()
    {
        var clock = Made.Clock(1_000);
        var leases = Put("kea.csv", $"address,hwaddr,client_id,valid_lifetime,expire\n198.51.100.7,02:00:00:AB:CD:EF,,600,{Made.Zero + 700}\n");
        var options = new IdentityOptions { Store = Path.Combine(_folder, "identity.db"), Sources = [new() { Name = "kea", Kind = IdentityKind.Kea, Path = leases }] };
        Run(options, clock, keeper => Assert.Equal("mac:020000abcdef", keeper.Table.LineOf("198.51.100.7", 500)?.Text));
        Assert.True(Holds(options.Store!, "020000abcdef"));

        clock.Advance(TimeSpan.FromDays(7));
        using (var keeper = IdentityKeeper.Open(options with { Sources = [] }, Salt, clock, NullLogger<IdentityKeeper>.Instance))
        {
            Assert.Equal(1, keeper.Counters.Expired);
        }

        Assert.False(Holds(options.Store!, "020000abcdef"));
    }

    [Fact]
    public void A_file_is_followed_over_growth_rotation_and_restart_and_no_row_is_lost()
    {
        var clock = Made.Clock(1_000);
        const string Head = "address,hwaddr,client_id,valid_lifetime,expire\n";
        var leases = Put("kea.csv", Head + Row(1));
        using var file = new Weir.Vault.Identity.Records.FollowedFile(leases, new Weir.Vault.Identity.Dhcp.KeaLeases(new(Table(clock, out var table), Counters), Counters, Made.Naming), clock);

        Assert.Equal(2, file.Look());
        File.AppendAllText(leases, Row(2) + Row(3)[..20]);
        Assert.Equal(1, file.Look());

        // The rest of a row and one more come, then the file is moved away and another takes its name.
        File.AppendAllText(leases, Row(3)[20..] + Row(4));
        File.Move(leases, leases + ".1");
        File.WriteAllText(leases, Head + Row(5));
        Assert.Equal(4, file.Look());
        File.WriteAllText(leases, Head);
        file.Look();
        File.AppendAllText(leases, Row(6));
        Assert.Equal(1, file.Look());

        for (var i = 1; i <= 6; i++)
        {
            Assert.Equal("confirmed", table.CodeOf($"198.51.100.{i}", 500));
        }

        Assert.Equal((6, 6), (Counters.Received, Counters.Applied));

        // A later process goes on where this one ended.
        using var later = new Weir.Vault.Identity.Records.FollowedFile(leases, new Weir.Vault.Identity.Dhcp.KeaLeases(new(table, Counters), Counters, Made.Naming), clock);
        later.Resume(file.Inode, file.Taken);
        File.AppendAllText(leases, Row(7));
        Assert.Equal(1, later.Look());
        Assert.Equal("confirmed", table.CodeOf("198.51.100.7", 500));
        Assert.Throws<FileNotFoundException>(() => new Weir.Vault.Identity.Records.FollowedFile(leases + ".no", new Weir.Vault.Identity.Dhcp.KeaLeases(new(table, Counters), Counters, Made.Naming), clock).Look());
    }

    [Fact]
    public void A_source_that_cannot_be_used_refuses_the_start_with_the_mend()
    {
        var open = Put("open", "192.0.2.0/24 s\n", UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var wrong = Put("wrong", "192.0.2.0/24\n", UnixFileMode.UserRead);
        foreach (var (secret, mend) in ((string?, string)[])[(null, "no secret-file"), (open, "chmod"), (wrong, "line 1"), (Path.Combine(_folder, "none"), "cannot be read")])
        {
            var options = new IdentityOptions { Sources = [new() { Name = "bng", Kind = IdentityKind.Radius, Listen = new IPEndPoint(IPAddress.Loopback, 0), SecretFile = secret }] };
            Assert.Contains(mend, Assert.Throws<IdentityException>(() => Open(options)).Message, StringComparison.Ordinal);
        }

        File.WriteAllText(Path.Combine(_folder, "bad.db"), new string('x', 5_000));
        Assert.Contains("identity store", Assert.Throws<IdentityException>(() => Open(new() { Store = Path.Combine(_folder, "bad.db") })).Message, StringComparison.Ordinal);
    }

    private RecordCounters Counters { get; } = new();

    private static IdentityTable Table(TimeProvider clock, out IdentityTable table) => table = new IdentityTable(new IdentityTerms(), clock);

    private static string Row(int last) => $"198.51.100.{last},02:00:00:00:00:0{last},,600,{Made.Zero + 700}\n";

    private static IdentityKeeper Open(IdentityOptions options) => IdentityKeeper.Open(options, Salt, TimeProvider.System, NullLogger<IdentityKeeper>.Instance);

    private static void Run(IdentityOptions options, TimeProvider clock, Action<IdentityKeeper> look)
    {
        using var keeper = IdentityKeeper.Open(options, Salt, clock, NullLogger<IdentityKeeper>.Instance);
        using var stop = new CancellationTokenSource();
        var running = keeper.RunAsync(stop.Token);
        look(keeper);
        stop.Cancel();
        running.Wait(TimeSpan.FromSeconds(20));
    }

    private static bool Holds(string store, string text) =>
        Directory.GetFiles(Path.GetDirectoryName(store)!, Path.GetFileName(store) + "*").Any(f => File.ReadAllBytes(f).AsSpan().IndexOf(Encoding.ASCII.GetBytes(text)) >= 0);

    private string Put(string name, string text, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, mode);
        return path;
    }
}
