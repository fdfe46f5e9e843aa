// SPDX-License-Identifier: Apache-2.0
//
// What arrives at the servers, counted twice: packets by the kernel of their namespace, before anything answers, and
// connections by the servers themselves. A packet that is held back on the way is in neither.
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Weir.EndToEnd.Support;

namespace Weir.EndToEnd.Namespaces;

/// <summary>Connections and packets that arrived at one port.</summary>
internal readonly record struct Arrived(int Connections, long Packets)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Connections} ({Packets} packets)");
}

/// <summary>The servers and their counters.</summary>
internal sealed partial class Arrivals : IAsyncDisposable
{
    public const int CommandPort = 4443;
    public const int OtherPort = 8080;

    /// <summary>Calls to each server in one measurement.</summary>
    public const int Calls = 5;

    /// <summary>The three that are told apart, for each family: the C&amp;C's port, its other port,
    /// the other host.</summary>
    public static readonly IPEndPoint[] Places =
    [
        new(IPAddress.Parse(NamespaceTopology.Command4), CommandPort),
        new(IPAddress.Parse(NamespaceTopology.Command4), OtherPort),
        new(IPAddress.Parse(NamespaceTopology.Other4), CommandPort),
        new(IPAddress.Parse(NamespaceTopology.Command6), CommandPort),
        new(IPAddress.Parse(NamespaceTopology.Command6), OtherPort),
        new(IPAddress.Parse(NamespaceTopology.Other6), CommandPort),
    ];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan NoPatience = TimeSpan.FromSeconds(3);

    private readonly NamespaceTopology _street;
    private readonly Listener[] _listeners;

    private Arrivals(NamespaceTopology street)
    {
        _street = street;
        _listeners = [.. Places.Select(place => new Listener(street.Servers, place))];
    }

    public static async Task<Arrivals> StartAsync(NamespaceTopology street)
    {
        using var folder = new TempFolder();
        var counters = Places.Select((place, i) => $"counter at{i} {{}}");
        var rules = Places.Select((place, i) => $"{(place.Address.GetAddressBytes().Length == 4 ? "ip" : "ip6")} daddr "
            + $"{place.Address} tcp dport {place.Port} counter name at{i}");
        await street.Servers.RunAsync("nft", "-f", folder.File("count.nft", $$"""
            table inet arrived {
              {{string.Join("\n  ", counters)}}
              chain first {
                type filter hook prerouting priority -300; policy accept;
                {{string.Join("\n    ", rules)}}
              }
            }

            """));
        return new(street);
    }

    /// <summary>Five calls of the line to each server; gives what arrived of them.</summary>
    /// <param name="isOpen">For each place whether an answer is waited for with patience; what is counted does not
    /// depend on it.</param>
    public async Task<Arrived[]> MeasureAsync(bool[] isOpen)
    {
        var before = await ReadAsync();
        _ = await Task.WhenAll(Places.Select((place, i) => Caller.CallAsync(
            _street.Subscribers,
            place.Address.GetAddressBytes().Length == 4 ? NamespaceTopology.Line4 : NamespaceTopology.Line6,
            place, Calls, isOpen[i] ? Patience : NoPatience)));
        var after = await ReadAsync();
        return [.. before.Zip(after, (b, a) => new Arrived(a.Connections - b.Connections, a.Packets - b.Packets))];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var listener in _listeners)
        {
            await listener.DisposeAsync();
        }
    }

    private async Task<Arrived[]> ReadAsync()
    {
        var shown = await _street.Servers.QueryAsync("nft", "list", "counters", "table", "inet", "arrived");
        var packets = Counter().Matches(shown)
            .ToDictionary(m => m.Groups[1].Value, m => long.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture));
        return [.. _listeners.Select((listener, i) => new Arrived(listener.Heard, packets[$"at{i}"]))];
    }

    [GeneratedRegex(@"counter (at\d+) \{\s*packets (\d+)")]
    private static partial Regex Counter();
}
