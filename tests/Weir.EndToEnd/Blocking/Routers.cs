// SPDX-License-Identifier: Apache-2.0
using Weir.EndToEnd.Support;
using Weir.Hosting.GoBgp;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Blocking;

/// <summary>GoBGP, which Weir speaks to, and BIRD, a router of the provider that learns from it by BGP.</summary>
internal sealed class Routers : IAsyncDisposable
{
    public const uint Asn = 64500;

    private readonly TempFolder _folder = new();
    private readonly string _socket;
    private readonly int _api = FreePort.Tcp();

    private Routers(bool withSocket)
    {
        var (birdPort, goPort) = (FreePort.Tcp(), FreePort.Tcp());
        _socket = _folder.At("bird.ctl");
        var go = _folder.File("gobgpd.toml", $"""
            [global.config]
              as = {Asn}
              router-id = "127.0.0.2"
              port = {goPort}
              local-address-list = ["127.0.0.2"]
            [[neighbors]]
              [neighbors.config]
                peer-as = {Asn}
                neighbor-address = "127.0.0.1"
              [neighbors.transport.config]
                remote-port = {birdPort}
                local-address = "127.0.0.2"
              [neighbors.timers.config]
                connect-retry = 1
                hold-time = 9
                keepalive-interval = 3
            {string.Concat(new[] { "ipv4-unicast", "ipv6-unicast", "ipv4-flowspec", "ipv6-flowspec" }.Select(family => $"""

              [[neighbors.afi-safis]]
                [neighbors.afi-safis.config]
                  afi-safi-name = "{family}"
            """))}

            """);
        var bird = _folder.File("bird.conf", $$"""
            router id 127.0.0.1;
            ipv4 table master4;
            ipv6 table master6;
            flow4 table flowtab4;
            flow6 table flowtab6;
            protocol device {}
            protocol static nowhere4 { ipv4; route 192.0.2.1/32 blackhole; }
            protocol static nowhere6 { ipv6; route 100::1/128 blackhole; }
            protocol bgp weir {
              local 127.0.0.1 port {{birdPort}} as {{Asn}};
              neighbor 127.0.0.2 port {{goPort}} as {{Asn}};
              multihop;
              connect delay time 1; connect retry time 1; error wait time 1, 2;
              ipv4 { import all; export none; };
              ipv6 { import all; export none; };
              flow4 { table flowtab4; import all; export none; };
              flow6 { table flowtab6; import all; export none; };
            }

            """);
        var hosts = withSocket ? $"{Api.ApiHost},{ApiSocket.ApiHost}" : Api.ApiHost;
        GoBgp = new("gobgpd", "-f", go, "--api-hosts", hosts, "-l", "warn");
        Bird = new("bird", "-f", "-c", bird, "-s", _socket);
    }

    public Peer GoBgp { get; }

    public Peer Bird { get; }

    public GoBgpAddress Api => GoBgpAddress.Parse($"http://127.0.0.1:{_api}");

    /// <summary>The same by a socket, where it is asked for: gobgpd that was killed does not start again over
    /// what is left of it.</summary>
    public GoBgpAddress ApiSocket => GoBgpAddress.Parse($"unix:{_folder.At("api.sock")}");

    public static async Task<Routers> StartAsync(bool withSocket = false)
    {
        Need.Programs("gobgpd", "bird", "birdc");
        var routers = new Routers(withSocket);
        routers.Bird.Start();
        routers.GoBgp.Start();
        _ = await Peer.UntilAsync("the BGP session", () => routers.BirdAsync("show protocols weir"), answer =>
            answer.Contains("Established", StringComparison.Ordinal));
        return routers;
    }

    /// <summary>What BIRD answers.</summary>
    public Task<string> BirdAsync(string command) => Peer.QueryAsync("birdc", "-r", "-s", _socket, command);

    /// <summary>What GoBGP's own command line answers.</summary>
    public Task<string> GoBgpAsync(params string[] arguments) =>
        Peer.QueryAsync("gobgp", ["-p", $"{_api}", .. arguments]);

    public async ValueTask DisposeAsync()
    {
        await GoBgp.DisposeAsync();
        await Bird.DisposeAsync();
        _folder.Dispose();
    }
}
