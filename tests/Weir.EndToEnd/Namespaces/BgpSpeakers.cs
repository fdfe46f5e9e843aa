// SPDX-License-Identifier: Apache-2.0
//
// Who speaks BGP in the story: GoBGP on this machine, BIRD in the router's namespace, and FRR on loopback where it is
// asked for. BIRD puts blackholes into the kernel's routes of its namespace, as a router would.
using Weir.EndToEnd.Blocking;
using Weir.EndToEnd.Support;

namespace Weir.EndToEnd.Namespaces;

/// <summary>The BGP speakers.</summary>
internal sealed class BgpSpeakers : IAsyncDisposable
{
    public const int Asn = 64500;

    private const string GoBgpLocal = "127.0.0.2";

    private readonly TempFolder _folder = new();
    private readonly string _socket;
    private readonly Peer _bird;
    private readonly int _api = FreePort.Tcp();

    private BgpSpeakers(NamespaceTopology street, Frr? frr)
    {
        var port = FreePort.Tcp();
        _socket = _folder.At("bird.ctl");
        Frr = frr;
        var neighbours = Neighbour(street.RouterHere, street.Here, 179)
            + (frr is null ? "" : Neighbour(Frr.Address, GoBgpLocal, frr.Port));
        var go = _folder.File("gobgpd.toml", $"""
            [global.config]
              as = {Asn}
              router-id = "127.0.0.2"
              port = {port}
              local-address-list = ["{street.Here}", "{GoBgpLocal}"]
            {neighbours}
            """);
        var bird = _folder.File("bird.conf", $$"""
            router id 127.0.0.1;
            ipv4 table master4;
            ipv6 table master6;
            flow4 table flow4tab;
            flow6 table flow6tab;
            protocol device {}
            protocol static nowhere4 { ipv4; route 192.0.2.1/32 blackhole; }
            protocol static nowhere6 { ipv6; route 100::1/128 blackhole; }
            protocol kernel { ipv4 { import none; export where source = RTS_BGP && (65535,666) ~ bgp_community; }; }
            protocol kernel { ipv6 { import none; export where source = RTS_BGP && (65535,666) ~ bgp_community; }; }
            protocol bgp weir {
              local {{street.RouterHere}} port 179 as {{Asn}};
              neighbor {{street.Here}} port {{port}} as {{Asn}};
              multihop;
              connect delay time 1; connect retry time 1; error wait time 1, 2;
              ipv4 { import all; export none; };
              ipv6 { import all; export none; };
              flow4 { table flow4tab; import all; export none; };
              flow6 { table flow6tab; import all; export none; };
            }

            """);
        GoBgp = new("gobgpd", "-f", go, "--api-hosts", $"127.0.0.1:{_api}", "-l", "warn");
        _bird = street.Router.Program("bird", "-f", "-c", bird, "-s", _socket);
    }

    public Peer GoBgp { get; }

    public Frr? Frr { get; }

    /// <summary>GoBGP's gRPC address, as Weir is told it.</summary>
    public string Api => $"127.0.0.1:{_api}";

    /// <summary>Starts all, until BIRD has its session.</summary>
    public static async Task<BgpSpeakers> StartAsync(NamespaceTopology street, Frr? frr)
    {
        var speakers = new BgpSpeakers(street, frr);
        try
        {
            frr?.Start();
            speakers._bird.Start();
            speakers.GoBgp.Start();
            _ = await Peer.UntilAsync(
                "BIRD's session", () => speakers.BirdAsync("show protocols weir"),
                answer => answer.Contains("Established", StringComparison.Ordinal), 120);
            return speakers;
        }
        catch
        {
            await speakers.DisposeAsync();
            throw;
        }
    }

    /// <summary>What BIRD answers.</summary>
    public Task<string> BirdAsync(string command) => Peer.QueryAsync("birdc", "-r", "-s", _socket, command);

    /// <summary>Both flow tables.</summary>
    public async Task<string> FlowTablesAsync() =>
        await BirdAsync("show route table flow4tab all") + await BirdAsync("show route table flow6tab all");

    /// <summary>Routes that BIRD marks as blackholes of ours.</summary>
    public async Task<string> BlackholesAsync() =>
        await BirdAsync("show route table master4 where (65535,666) ~ bgp_community")
        + await BirdAsync("show route table master6 where (65535,666) ~ bgp_community");

    public async ValueTask DisposeAsync()
    {
        await GoBgp.DisposeAsync();
        await _bird.DisposeAsync();
        if (Frr is not null)
        {
            await Frr.DisposeAsync();
        }

        _folder.Dispose();
    }

    private static string Neighbour(string address, string local, int port) => $"""

        [[neighbors]]
          [neighbors.config]
            peer-as = {Asn}
            neighbor-address = "{address}"
          [neighbors.transport.config]
            remote-port = {port}
            local-address = "{local}"
          [neighbors.timers.config]
            connect-retry = 1
            hold-time = 9
            keepalive-interval = 3
        {string.Concat(new[] { "ipv4-unicast", "ipv6-unicast", "ipv4-flowspec", "ipv6-flowspec" }.Select(family => $"""

          [[neighbors.afi-safis]]
            [neighbors.afi-safis.config]
              afi-safi-name = "{family}"
        """))}

        """;
}
