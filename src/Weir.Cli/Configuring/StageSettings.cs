// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Weir.Collector.Collecting.Sockets;
using Weir.Collector.Decoding;
using Weir.Hosting.Configuration;
using Weir.Wire;

namespace Weir.Cli.Configuring;

internal sealed record MatchingSettings
{
    [Setting("Watchlists; their format is recognised by content.")]
    public IReadOnlyList<WatchlistSettings> Lists { get; init; } = [];

    [Setting("Addresses and networks that are never listed, whatever a list says.", Example = "198.51.100.0/24")]
    public IReadOnlyList<Prefix> Allow { get; init; } = [];
}

internal sealed record WatchlistSettings
{
    [Setting("Name shown with every hit.", Required = true, Example = "our-c2")]
    public string Name { get; init; } = "";

    [Setting("File to read.", Required = true, Example = "/etc/weir/lists/our-c2.txt")]
    public string Path { get; init; } = "";

    [Setting("Where `weir watchlist refresh` fetches it from, https; empty for a file that others keep. `path` is then the "
        + "last good copy.", Example = "https://lists.example/c2.csv")]
    public string Url { get; init; } = "";

    [Setting("URL of the list's SHA-256, hexadecimal; empty where none is published.")]
    public string ChecksumUrl { get; init; } = "";

    [Setting("File with the key of a subscription; empty for none.")]
    public string KeyFile { get; init; } = "";

    [Setting("Header in which the key is sent.")]
    public string KeyHeader { get; init; } = "Auth-Key";

    [Setting("http proxy to fetch it through; empty for none.")]
    public string Proxy { get; init; } = "";

    [Setting("PEM file of the certificate authority of the list's host; empty for the system's.")]
    public string CaFile { get; init; } = "";

    [Setting("The list's host is one on site: without it an address that is not public is refused.")]
    public bool Private { get; init; }

    [Setting("`c2` and `sinkhole` make sightings; `attacker` and `bogon` only inform; `allow` wins over all.")]
    public ListRoleSetting Role { get; init; } = ListRoleSetting.C2;

    [Setting("For lists that carry a hit count (ipsum): rows with fewer are left out.", Min = "1", Max = "1000")]
    public int MinHits { get; init; } = 1;

    [Setting("How far the list is trusted, percent.", Min = "0", Max = "100")]
    public int Confidence { get; init; } = 100;

    [Setting("How often the file is looked at again.", Min = "1m", Max = "30d")]
    public TimeSpan Refresh { get; init; } = TimeSpan.FromHours(1);
}

internal enum ListRoleSetting
{
    C2,
    Sinkhole,
    Attacker,
    Bogon,
    Allow,
}
