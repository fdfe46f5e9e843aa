// SPDX-License-Identifier: Apache-2.0
//
// Subscribers – router – servers, three hosts and their links, and a fourth link from the router to this machine, where
// Weir and GoBGP are. Nothing leads off this machine: the router's only way out is that link, and nothing
// is routed there.
using System.Security.Cryptography;
using Weir.EndToEnd.Support;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Namespaces;

/// <summary>The three namespaces. Addresses are those of RFC 5737, RFC 3849 and RFC 2544.</summary>
internal sealed class NamespaceTopology : IAsyncDisposable
{
    public const string Provider4 = "198.51.100.0/24";
    public const string Provider6 = "2001:db8:64::/48";
    public const string Line4 = "198.51.100.10";
    public const string Line6 = "2001:db8:64:1::10";
    public const string Command4 = "203.0.113.9";
    public const string Command6 = "2001:db8:bad::9";
    public const string Other4 = "203.0.113.20";
    public const string Other6 = "2001:db8:bad::20";

    /// <summary>Lines without an infection, on the same wire.</summary>
    public static readonly string[] Neighbours = [
        "198.51.100.11", "198.51.100.12", "198.51.100.13", "2001:db8:64:2::10", "2001:db8:64:3::10"];

    private readonly string _mark = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3));
    private readonly int _link = RandomNumberGenerator.GetInt32(1, 255);
    private readonly List<NetworkNamespace> _made = [];

    private NamespaceTopology()
    {
    }

    public NetworkNamespace Subscribers { get; private set; } = null!;

    public NetworkNamespace Router { get; private set; } = null!;

    public NetworkNamespace Servers { get; private set; } = null!;

    /// <summary>This machine's end of the router's fourth link.</summary>
    public string Here => $"198.18.{_link}.1";

    /// <summary>The router's end of it.</summary>
    public string RouterHere => $"198.18.{_link}.2";

    /// <summary>The router's interface that faces the subscribers.</summary>
    public static string Access => "access";

    public static async Task<NamespaceTopology> MakeAsync()
    {
        Need.Root("makes network namespaces");
        Need.Programs("ip", "nft");
        var street = new NamespaceTopology();
        try
        {
            await street.BuildAsync();
            return street;
        }
        catch
        {
            await street.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var made in _made)
        {
            await made.DisposeAsync();
        }
    }

    private async Task BuildAsync()
    {
        Subscribers = await AddAsync("subscribers");
        Router = await AddAsync("router");
        Servers = await AddAsync("servers");
        await LinkAsync(Subscribers, "line", Access, ["198.51.100.1/24", "2001:db8:64::1/48"], [
            $"{Line4}/24", $"{Line6}/48",
            .. Neighbours.Select(n => n.Contains(':', StringComparison.Ordinal) ? $"{n}/48" : $"{n}/24")]);
        await LinkAsync(Servers, "uplink", "transit", ["203.0.113.1/24", "2001:db8:bad::1/64"], [
            $"{Command4}/24", $"{Other4}/24", $"{Command6}/64", $"{Other6}/64"]);
        foreach (var (host, four, six) in new[]
        {
            (Subscribers, "198.51.100.1", "2001:db8:64::1"), (Servers, "203.0.113.1", "2001:db8:bad::1")
        })
        {
            await host.RunAsync("ip", "route", "add", "default", "via", four);
            await host.RunAsync("ip", "-6", "route", "add", "default", "via", six);
        }

        await Router.RunAsync("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1");
        var mine = $"weir{_mark}";
        await Tool.RunAsync("ip", "link", "add", mine, "type", "veth", "peer", "name", "inside", "netns", Router.Name);
        await Tool.RunAsync("ip", "address", "add", $"{Here}/30", "dev", mine);
        await Tool.RunAsync("ip", "link", "set", mine, "up");
        await UpAsync(Router, "inside", [$"{RouterHere}/30"]);
    }

    private async Task<NetworkNamespace> AddAsync(string what)
    {
        var made = await NetworkNamespace.AddAsync($"weir-{_mark}-{what}");
        _made.Add(made);
        return made;
    }

    private async Task LinkAsync(
        NetworkNamespace host, string hostEnd, string routerEnd, string[] routerHas, string[] hostHas)
    {
        await host.RunAsync(
            "ip", "link", "add", hostEnd, "type", "veth", "peer", "name", routerEnd, "netns", Router.Name);
        await UpAsync(Router, routerEnd, routerHas);
        await UpAsync(host, hostEnd, hostHas);
    }

    private static async Task UpAsync(NetworkNamespace host, string link, string[] addresses)
    {
        foreach (var address in addresses)
        {
            await host.RunAsync([
                "ip", .. Six(address), "address", "add", address, "dev", link,
                .. address.Contains(':', StringComparison.Ordinal) ? new[] { "nodad" } : []]);
        }

        await host.RunAsync("ip", "link", "set", link, "up");
    }

    private static string[] Six(string address) => address.Contains(':', StringComparison.Ordinal) ? ["-6"] : [];
}
