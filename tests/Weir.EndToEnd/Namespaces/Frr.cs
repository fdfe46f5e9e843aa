// SPDX-License-Identifier: Apache-2.0
using Weir.EndToEnd.Blocking;
using Weir.EndToEnd.Support;

namespace Weir.EndToEnd.Namespaces;

/// <summary>FRR's bgpd as a plain process beside the system's own: its own socket, no zebra, no kernel.</summary>
internal sealed class Frr : IAsyncDisposable
{
    public const string Address = "127.0.0.3";

    private const string Program = "/usr/lib/frr/bgpd";

    private readonly TempFolder _folder = new();
    private readonly Peer _bgpd;

    public Frr(string neighbour = "127.0.0.2")
    {
        var families = new[] { "ipv4 unicast", "ipv6 unicast", "ipv4 flowspec", "ipv6 flowspec" };
        var conf = _folder.File("bgpd.conf", $"""
            frr defaults traditional
            hostname router
            router bgp {BgpSpeakers.Asn}
             bgp router-id {Address}
             no bgp default ipv4-unicast
             neighbor {neighbour} remote-as {BgpSpeakers.Asn}
             neighbor {neighbour} update-source {Address}
             neighbor {neighbour} passive
            {string.Join('\n', families.Select(family => $" address-family {family}\n  neighbor {neighbour} activate\n exit-address-family"))}

            """);
        _bgpd = new(
            Program, "-f", conf, "-i", _folder.At("bgpd.pid"), "--vty_socket", _folder.Path, "-p", $"{Port}", "-l",
            Address, "-n", "-Z", "-S", "-P", "0", "--log", "stdout");
    }

    public int Port { get; } = FreePort.Tcp();

    /// <summary>What has to be installed.</summary>
    public static string[] Programs => [Program, "vtysh"];

    public void Start() => _bgpd.Start();

    /// <summary>What it shows on its own command line.</summary>
    public Task<string> ShowAsync(string command) =>
        Peer.QueryAsync("vtysh", "--vty_socket", _folder.Path, "-c", command);

    /// <summary>FlowSpec rules of both families.</summary>
    public async Task<string> FlowSpecAsync() =>
        await ShowAsync("show bgp ipv4 flowspec detail") + await ShowAsync("show bgp ipv6 flowspec detail");

    /// <summary>The two routes, each with its communities where there is one.</summary>
    public async Task<string> RoutesAsync(string four, string six) =>
        await ShowAsync($"show bgp ipv4 unicast {four}/32") + await ShowAsync($"show bgp ipv6 unicast {six}/128");

    public async ValueTask DisposeAsync()
    {
        await _bgpd.DisposeAsync();
        _folder.Dispose();
    }
}
