// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Weir.EndToEnd.Support;
using Weir.Hosting.GoBgp;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Blocking;

/// <summary>The configurations of docs/32-routers.md, as they stand there but for addresses and ports, and two Weirs
/// that announce into one GoBGP.</summary>
public sealed partial class RouterPageTests
{
    private const string FrrDaemon = "/usr/lib/frr/bgpd";

    [Fact]
    public async Task The_routers_of_the_page_take_rules_and_blackholes_of_two_Weirs_and_neither_takes_the_others()
    {
        Need.Programs("gobgpd", "bird", "birdc", FrrDaemon, "vtysh");
        using var folder = new TempFolder();
        var (api, goPort, birdPort, frrPort) = (FreePort.Tcp(), FreePort.Tcp(), FreePort.Tcp(), FreePort.Tcp());
        var router = GoBgpAddress.Parse($"http://127.0.0.1:{api}");
        await using var bird = new Peer(
            "bird", "-f", "-c", folder.File("bird.conf", Example("bird").Replace(
                "local 127.0.0.1 port 179", $"local 127.0.0.1 port {birdPort}", StringComparison.Ordinal).Replace(
                "neighbor 127.0.0.10 port 179", $"neighbor 127.0.0.10 port {goPort}", StringComparison.Ordinal)),
            "-s", folder.At("bird.ctl"));
        await using var frr = new Peer(
            FrrDaemon, "-f", folder.File("bgpd.conf", Example("frr")), "-i", folder.At("bgpd.pid"), "--vty_socket",
            folder.Path, "-p", $"{frrPort}", "-l", "127.0.0.2", "-n", "-Z", "-S", "-P", "0", "--log", "stdout");
        await using var gobgp = new Peer(
            "gobgpd", "-f", folder.File("gobgpd.toml", At(At(Example("toml").Replace(
                "port = 179", $"port = {goPort}", StringComparison.Ordinal), "127.0.0.1", birdPort), "127.0.0.2", frrPort)),
            "--api-hosts", router.ApiHost, "-l", "warn");
        bird.Start();
        frr.Start();
        gobgp.Start();
        var numbers = new[] { "one", "two" }.Select(name => InstanceNumber.Open(null, folder.At(name), "", 1).Value).ToList();
        using var one = await MitigationFixture.OpenAsync(new DurableMitigationRecords(), router, numbers[0]);
        using var two = await MitigationFixture.OpenAsync(new DurableMitigationRecords(), router, numbers[1]);
        _ = await one.BlockAsync("flowspec 198.51.100.7/32 tcp 443 discard");
        _ = await one.BlockAsync("blackhole 198.51.100.66/32");
        _ = await two.BlockAsync("flowspec 198.51.100.7/32 tcp 443 discard");
        _ = await two.BlockAsync("flowspec 2001:db8:bad::7/128 tcp 443 discard");
        await one.SettleAsync();
        await two.SettleAsync();
        await one.SettleAsync();

        Task<string> BirdAsync() => Peer.QueryAsync("birdc", "-r", "-s", folder.At("bird.ctl"), "show route table all all");
        async Task<string> FrrAsync() => string.Concat(await Task.WhenAll(((string[])
        [
            "show bgp ipv4 flowspec detail", "show bgp ipv6 flowspec detail", "show bgp ipv4 unicast 198.51.100.66/32",
        ]).Select(command => Peer.QueryAsync("vtysh", "--vty_socket", folder.Path, "-c", command))));
        string[] rules = ["198.51.100.7", "2001:db8:bad::7", "198.51.100.66"];
        _ = await Peer.UntilAsync("BIRD has all three", BirdAsync, said => Array.TrueForAll(rules, said.Contains));
        _ = await Peer.UntilAsync("FRR has all three", FrrAsync, said => Array.TrueForAll(rules, said.Contains));

        // The first stops everything: what only it announced goes, what the second announced stays at both routers.
        _ = await one.Desk.StopAllAsync("drill", "otto", "operator", CancellationToken.None);
        await one.SettleAsync();
        await two.SettleAsync();
        _ = await Peer.UntilAsync("the first one's alone are gone", BirdAsync, said =>
            !said.Contains("198.51.100.66", StringComparison.Ordinal)
            && !said.Contains($"{numbers[0]})", StringComparison.Ordinal));
        foreach (var ask in (Func<Task<string>>[])[BirdAsync, FrrAsync])
        {
            var said = await ask();
            Assert.Contains("198.51.100.7", said, StringComparison.Ordinal);
            Assert.Contains("2001:db8:bad::7", said, StringComparison.Ordinal);
        }

        Assert.Equal((0, 2), (one.Keeper.Status.Held, two.Keeper.Status.Held));
    }

    /// <summary>A configuration of the page on loopback: 198.51.100.N is 127.0.0.N.</summary>
    private static string Example(string language) =>
        Fence().Matches(File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs/32-routers.md"))).Single(match => match.Groups["language"].Value == language)
            .Groups["text"].Value.Replace("198.51.100.", "127.0.0.", StringComparison.Ordinal);

    /// <summary>Tells GoBGP on which port a neighbour listens, and not to wait for minutes.</summary>
    private static string At(string toml, string neighbour, int port) => toml.Replace(
        $"neighbor-address = \"{neighbour}\"\n",
        $"""
        neighbor-address = "{neighbour}"
          [neighbors.transport.config]
            remote-port = {port}
            local-address = "127.0.0.10"
          [neighbors.timers.config]
            connect-retry = 1
            hold-time = 9
            keepalive-interval = 3

        """, StringComparison.Ordinal);

    [GeneratedRegex("^```(?<language>\\w+)\\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
