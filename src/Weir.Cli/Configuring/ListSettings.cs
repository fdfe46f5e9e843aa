// SPDX-License-Identifier: Apache-2.0
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

internal sealed record WatchlistSettings : ISection
{
    [Setting("Name shown with every hit.", Required = true, Example = "our-c2")]
    public string Name { get; init; } = "";

    [Setting("File to read. Where `url` is set, the last good copy; empty then puts it into the desk's folder.",
        Example = "/etc/weir/lists/our-c2.txt")]
    public string Path { get; init; } = "";

    [Setting("Where it is fetched from every `refresh`, https; empty for a file that others keep.",
        Example = "https://lists.example/c2.csv")]
    public string Url { get; init; } = "";

    [Setting("What `url` is: a `file`, a collection of a `taxii` 2.1 server, or the root of a `misp` instance.")]
    public ListKindSetting Kind { get; init; } = ListKindSetting.File;

    [Setting("URL of the list's SHA-256, hexadecimal; empty where none is published.")]
    public string ChecksumUrl { get; init; } = "";

    [Setting("File whose first line is the key of a subscription, as the header carries it (`Basic ...` and the like "
        + "written out); empty for none.")]
    public string KeyFile { get; init; } = "";

    [Setting("Header in which the key is sent; empty is `Auth-Key` for a file, `Authorization` for the others.")]
    public string KeyHeader { get; init; } = "";

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

    [Setting("How often it is fetched, a tenth more or less, or the file is looked at again.", Min = "1m", Max = "30d")]
    public TimeSpan Refresh { get; init; } = TimeSpan.FromHours(1);

    [Setting("A `c2` or `sinkhole` list whose copy is older is told of as too old: of a file since it was written, of a "
        + "fetched one since its publisher was last heard.", Min = "1h", Max = "365d")]
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(7);

    public void Validate(SectionFaults faults)
    {
        if (Path.Length + Url.Length == 0)
        {
            faults.Add("", "names neither path nor url; write where the list is");
        }

        foreach (var (setting, text) in ((string, string)[])[("url", Url), ("checksum-url", ChecksumUrl)])
        {
            if (text.Length > 0 && !(Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps))
            {
                faults.Add(setting, $"is '{text}' and no https URL; what is fetched in clear can be anybody's");
            }
            else if (text.Contains('@', StringComparison.Ordinal))
            {
                faults.Add(setting, "carries a user or password; write them into key-file");
            }
        }

        if (Proxy.Length > 0 && !(Uri.TryCreate(Proxy, UriKind.Absolute, out var proxy) && proxy.Scheme is "http" or "https"))
        {
            faults.Add("proxy", $"is '{Proxy}' and no URL of a proxy, such as http://proxy.example:3128");
        }

        if (Kind != ListKindSetting.File && Url.Length == 0)
        {
            faults.Add("kind", "is for what is fetched; write url");
        }
    }
}

internal enum ListKindSetting
{
    File,
    Taxii,
    Misp,
}

internal enum ListRoleSetting
{
    C2,
    Sinkhole,
    Attacker,
    Bogon,
    Allow,
}
