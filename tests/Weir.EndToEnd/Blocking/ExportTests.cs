// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Mitigation.Export;
using Weir.EndToEnd.Support;
using Weir.Hosting.GoBgp;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Blocking;

/// <summary>Texts are read by those they are for, as far as they are to be had.</summary>
public class ExportTests
{
    private static RoutePlan Planned => RoutePlan.Create(
        new[]
        {
            "flowspec 198.51.100.7/32 tcp 443,8443 discard", "flowspec 2001:db8:bad::7/128 udp 53 rate=12500",
            "flowspec 198.51.100.9/32 udp 7703 discard line=100.64.0.9/32",
            "flowspec 198.51.100.10/32 tcp 80 redirect=64500:666", "flowspec * tcp 25 discard line=100.64.0.9/32",
            "flowspec 203.0.113.1/32 udp * discard line=100.64.0.9/32 lport=53", "blackhole 198.51.100.66/32",
            "blackhole 2001:db8:bad::66/128",
        }.Select((target, i) => MitigationFixture.CreateActiveLease((ulong)i + 1, target)),
        MitigationFixture.Routes,
        DateTimeOffset.UnixEpoch);

    [Fact]
    public async Task Bird_reads_its_text()
    {
        Need.Programs("bird");
        using var folder = new TempFolder();
        _ = folder.File("weir.conf", RouterText.Write(RouterDialect.Bird, Planned, MitigationFixture.Routes));
        var main = folder.File(
            "bird.conf",
            "router id 192.0.2.9;\nflow4 table f4;\nflow6 table f6;\nprotocol device {}\ninclude \"weir.conf\";\n"
            .Replace("f4", "flow4tab", StringComparison.Ordinal).Replace("f6", "flow6tab", StringComparison.Ordinal));

        Assert.Equal("", (await Peer.QueryAsync("bird", "-p", "-c", main)).Trim());
    }

    [Fact]
    public async Task Nftables_reads_its_text()
    {
        Need.Programs("nft");
        using var folder = new TempFolder();
        var file = folder.File("weir.nft", RouterText.Write(RouterDialect.Nftables, Planned, MitigationFixture.Routes));

        Assert.Equal("", (await Peer.QueryAsync("nft", "-c", "-f", file)).Trim());
    }
}
