// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Desk.Population;
using Weir.Wire;

namespace Weir.Tests.Comparing.Population;

/// <summary>Nobody chooses an endpoint by a list either.</summary>
public sealed class ListedEndpointsTests
{
    [Theory]
    [InlineData("192.0.2.7", 443, "c2")]
    [InlineData("192.0.2.7", 8443, null)]
    [InlineData("192.0.2.8", 1, "sinkhole")]
    [InlineData("198.51.100.9", 443, null)]
    [InlineData("192.0.2.9", 443, null)]
    [InlineData("192.0.2.10", 443, null)]
    [InlineData("203.0.113.1", 443, null)]
    public void A_list_names_the_endpoint_itself_as_command_or_sinkhole(string address, ushort port, string? list) =>
        Assert.Equal(list, new ListedEndpoints(
            new CurrentWatchlist(Watchlist.From(
                [
                    Feed(ListRole.C2, "c2", ("192.0.2.7", 128, 443), ("198.51.100.0", 120, 0), ("192.0.2.10", 128, 443)),
                    Feed(ListRole.Sinkhole, "sinkhole", ("192.0.2.8", 128, 0)),
                    Feed(ListRole.Attacker, "attacker", ("192.0.2.9", 128, 443)),
                    Feed(ListRole.Allow, "allow", ("192.0.2.10", 128, 0)),
                ], DateTimeOffset.UnixEpoch)),
            TimeProvider.System).ListOf(new Endpoint(IpKey.Parse(address), port, Protocols.Tcp)));

    private static Feed Feed(ListRole role, string name, params (string Address, int Length, ushort Port)[] entries) => new()
    {
        Name = name,
        Path = "",
        Format = "test",
        Role = role,
        Entries =
        [
            .. entries.Select(one => new ListEntry(
                Prefix.From(IpKey.Parse(one.Address), one.Length), one.Port, Protocols.Tcp, new(name, role, 100, ""), 0, 0,
                ListEntry.Never, 0)),
        ],
        Domains = [],
        Refused = new(0, []),
        Ignored = new Dictionary<string, int>(),
        ReadAt = DateTimeOffset.UnixEpoch,
    };
}
