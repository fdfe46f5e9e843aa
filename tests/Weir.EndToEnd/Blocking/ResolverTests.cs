// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Mitigation;
using Weir.Desk.Mitigation;
using Weir.Desk.Mitigation.Rpz;
using Weir.EndToEnd.Support;
using Weir.Hosting.Blocking;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Blocking;

/// <summary>What dig is told by BIND and by Unbound, both loading our zone. The names' true answers come from a second
/// named on loopback.</summary>
public class ResolverTests
{
    [Fact]
    public async Task Bind_answers_by_the_zone_and_again_as_ever_when_leases_end()
    {
        Need.Programs("named", "rndc", "dig");
        using var folder = new TempFolder();
        var (port, control) = (FreePort.Udp(), FreePort.Tcp());
        var options = Options(folder);
        const string Key = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0";
        _ = folder.File("rndc.conf", $$"""
            key "k" { algorithm hmac-sha256; secret "{{Key}}"; };
            options { default-key "k"; default-server 127.0.0.1; default-port {{control}}; };

            """);
        _ = folder.File("truth.zone", Truth);
        var conf = folder.File("named.conf", $$"""
            key "k" { algorithm hmac-sha256; secret "{{Key}}"; };
            controls { inet 127.0.0.1 port {{control}} allow { 127.0.0.1; } keys { "k"; }; };
            options {
              directory "{{folder.Path}}"; pid-file none; session-keyfile none; managed-keys-directory "{{folder.Path}}";
              listen-on port {{port}} { 127.0.0.1; }; listen-on-v6 { none; };
              recursion yes; dnssec-validation no; allow-query { 127.0.0.1; };
              response-policy { zone "{{options.Zone}}"; } break-dnssec yes qname-wait-recurse no min-update-interval 1;
            };
            zone "." { type primary; file "{{folder.At("truth.zone")}}"; };
            zone "{{options.Zone}}" { type primary; file "{{options.File}}"; };

            """);
        await TryAsync(
            options, [Resolver.Bind("ns1", options, "-c", folder.At("rndc.conf"))],
            new Peer("named", "-g", "-c", conf), port);
    }

    [Fact]
    public async Task Unbound_answers_by_the_zone_and_again_as_ever_when_leases_end()
    {
        Need.Programs("unbound", "unbound-control", "dig");
        using var folder = new TempFolder();
        var port = FreePort.Udp();
        var options = Options(folder);
        _ = folder.File("truth.zone", Truth);
        var conf = folder.File("unbound.conf", $"""
            server:
              interface: 127.0.0.1@{port}
              do-daemonize: no
              username: ""
              chroot: ""
              directory: "{folder.Path}"
              pidfile: ""
              use-syslog: no
              module-config: "respip iterator"
            remote-control:
              control-enable: yes
              control-interface: {folder.At("control.sock")}
              control-use-cert: no
            auth-zone:
              name: "."
              zonefile: "{folder.At("truth.zone")}"
              for-downstream: no
              for-upstream: yes
              fallback-enabled: no
            rpz:
              name: "{options.Zone}"
              zonefile: "{options.File}"

            """);
        await TryAsync(
            options, [Resolver.Unbound("ub1", options, "-c", conf)], new Peer("unbound", "-d", "-c", conf), port);
    }

    private const string Truth = """
        $TTL 60
        . SOA localhost. hostmaster.localhost. 1 60 30 604800 60
        . NS ns.example.
        ns.example. A 127.0.0.1
        bad.example. A 203.0.113.10
        deep.bad.example. A 203.0.113.11
        shop.example. A 203.0.113.12
        shared.example. A 198.51.100.7
        shared6.example. AAAA 2001:db8:bad::7
        lost.example. A 203.0.113.13
        innocent.example. A 203.0.113.14
        garden.example. A 127.0.0.80

        """;

    private static RpzOptions Options(TempFolder folder) =>
        new() { File = folder.At("rpz.zone"), Garden = "garden.example", Ttl = TimeSpan.FromSeconds(1) };

    private static async Task TryAsync(RpzOptions options, IReadOnlyList<Resolver> resolvers, Peer server, int port)
    {
        await using var running = server;
        var records = new DurableMitigationRecords();
        using var desk = await MitigationFixture.DeskAsync(records, enforce: true);
        using var keeper = new MitigationReconciler(
            new RpzBackend(options, TimeProvider.System, resolvers), desk, TimeProvider.System,
            NullLogger<MitigationReconciler>.Instance);
        async Task<bool> IsEverywhereAsync() =>
            await keeper.RoundAsync(CancellationToken.None) && keeper.Status.IsEverywhere;

        // The zone is there before the resolver is; that the resolver is not there is seen.
        Assert.False(await IsEverywhereAsync());
        Assert.False(keeper.Status.Peers.Single().IsSound);
        server.Start();
        Task<string> Dig(string name, string type = "A") => Peer.QueryAsync(
            "dig", "@127.0.0.1", "-p", $"{port}", "+time=2", "+tries=1", "+noall", "+comments", "+answer", name, type);
        _ = await Peer.UntilAsync($"the resolver ({server.Said})", () => Dig("bad.example"), a =>
            a.Contains("203.0.113.10", StringComparison.Ordinal));

        var bad = await MitigationFixture.BlockAsync(desk, "name bad.example nxdomain");
        _ = await MitigationFixture.BlockAsync(desk, "name lost.example garden");
        var four = await MitigationFixture.BlockAsync(desk, "answer 198.51.100.7/32 nxdomain");
        var six = await MitigationFixture.BlockAsync(desk, "answer 2001:db8:bad::7/128 nxdomain");
        Assert.True(
            await IsEverywhereAsync(),
            $"{keeper.Status.Fault} {keeper.Status.Peers.Single()} {server.Said}");
        Assert.All(desk.Leases, l => Assert.Equal(LeaseState.Verified, l.State));

        _ = await Peer.UntilAsync(
            "no such name", () => Dig("bad.example"), a => a.Contains("NXDOMAIN", StringComparison.Ordinal));
        Assert.Contains("NXDOMAIN", await Dig("deep.bad.example"));
        Assert.Contains("127.0.0.80", await Dig("lost.example"));
        Assert.Contains("NXDOMAIN", await Dig("shared.example"));
        Assert.Contains("NXDOMAIN", await Dig("shared6.example", "AAAA"));
        Assert.Contains("203.0.113.14", await Dig("innocent.example"));

        // One name below a blocked one is let through.
        _ = await MitigationFixture.BlockAsync(desk, "name deep.bad.example pass");
        Assert.True(await IsEverywhereAsync(), keeper.Status.Fault);
        _ = await Peer.UntilAsync("the name let through", () => Dig("deep.bad.example"), a =>
            a.Contains("203.0.113.11", StringComparison.Ordinal));
        Assert.Contains("NXDOMAIN", await Dig("bad.example"));

        var serial = keeper.Status.Text;
        Assert.True(await IsEverywhereAsync());
        Assert.Equal(serial, keeper.Status.Text);

        _ = await desk.WithdrawAsync([bad.Id, four.Id, six.Id], LeaseReasonCode.Appeal, "otto", "operator",
            CancellationToken.None);
        Assert.True(await IsEverywhereAsync(), keeper.Status.Fault);
        _ = await Peer.UntilAsync(
            "the name again", () => Dig("bad.example"), a => a.Contains("203.0.113.10", StringComparison.Ordinal));
        _ = await Peer.UntilAsync("the address again", () => Dig("shared.example"), a =>
            a.Contains("198.51.100.7", StringComparison.Ordinal));
        Assert.Contains("127.0.0.80", await Dig("lost.example"));

        // The resolver dies and comes back: it reads the file by itself, and has our serial.
        await server.KillAsync();
        _ = await desk.StopAllAsync("drill", "otto", "operator", CancellationToken.None);
        Assert.False(await IsEverywhereAsync());
        server.Start();
        _ = await Peer.UntilAsync(
            "the resolver again", () => Dig("lost.example"), a => a.Contains("203.0.113.13", StringComparison.Ordinal));
        Assert.True(await IsEverywhereAsync(), keeper.Status.Fault);
    }
}
