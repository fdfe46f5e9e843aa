// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Weir.Contracts.Lists;
using Weir.Contracts.Ssh;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Fetching;
using Weir.Hosting.Configuration;
using Weir.Wire;

namespace Weir.Desk.Lists;

/// <summary>Watchlists; the section <c>matching</c>.</summary>
public sealed record MatchingOptions : ISection
{
    /// <summary>Name of the list that holds <c>matching.allow</c>.</summary>
    public const string AllowList = "matching.allow";

    [Setting("Watchlists; their format is recognised by content.")]
    public IReadOnlyList<WatchlistOptions> Lists { get; init; } = [];

    [Setting("Addresses and networks that are never listed, whatever a list says.", Example = "198.51.100.0/24")]
    public IReadOnlyList<Prefix> Allow { get; init; } = [];

    public void Validate(SectionFaults faults) => faults.AddTwice("lists", Lists, list => list.Name);

    /// <summary>The lists as they are read and fetched.</summary>
    /// <param name="copies">The desk's own folder, for copies that have no path of their own.</param>
    /// <param name="folder">Folder of the lists that people make.</param>
    /// <param name="now">As which time what is allowed here counts as read.</param>
    public DeskListsOptions ToLists(string copies, string folder, DateTimeOffset now) => new()
    {
        Lists = [.. Lists.Select(list => list.ToList(copies))],
        Always = Allowed(now),
        Refresh = Lists.Select(list => list.Refresh).DefaultIfEmpty(ListSource.UsualPeriod).Min(),
        Folder = folder,
    };

    /// <summary>What is never listed as a list of its own; none where nothing is.</summary>
    private List<Feed> Allowed(DateTimeOffset now)
    {
        var tag = new ListTag(AllowList, ListRole.Allow, 100, "");
        return Allow.Count == 0 ? [] :
        [
            new Feed
            {
                Name = AllowList,
                Path = "",
                Format = "configuration",
                Role = ListRole.Allow,
                Entries = [.. Allow.Select(what => new ListEntry(what, 0, 0, tag, 0, 0, ListEntry.Never, 0))],
                Domains = [],
                Refused = new RejectedLines(0, []),
                Ignored = new Dictionary<string, int>(),
                ReadAt = now,
            },
        ];
    }
}

/// <summary>A list; an item of <c>matching.lists</c>.</summary>
public sealed record WatchlistOptions : ISection
{
    /// <summary>Octets of a name, with room for what stands behind it (NAME_MAX of Linux is 255).</summary>
    private const int MostCopyName = 200;

    private const int LongCopyName = 100;

    [Setting("Name shown with every hit.", Required = true, Example = "our-c2")]
    public string Name { get; init; } = "";

    [Setting("File to read. Where `url` is set, the last good copy; empty then puts it into the desk's folder.",
        Example = "/etc/weir/lists/our-c2.txt")]
    public string Path { get; init; } = "";

    [Setting("Public key of who answers for the list, as in a .pub file. It is then taken only with `FILE.sig` beside "
        + "it, of a url that with .sig behind its path, made by that key (`weir watchlist sign`); empty for nobody.",
        Example = "ssh-ed25519 AAAA… lists@cert.example")]
    public string Owner { get; init; } = "";

    [Setting("Where it is fetched from every `refresh`, https; empty for a file that others keep.",
        Example = "https://lists.example/c2.csv")]
    public string Url { get; init; } = "";

    [Setting("What `url` is: a `file`, a collection of a `taxii` 2.1 server, or the root of a `misp` instance.")]
    public FeedKind Kind { get; init; } = FeedKind.File;

    [Setting("URL of the list's SHA-256, hexadecimal; empty where none is published.")]
    public string ChecksumUrl { get; init; } = "";

    [Setting("File whose first line is the key of a subscription, as the header carries it (`Basic ...` and the like "
        + "written out); empty for none.", IsSecretFile = true)]
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
    public ListRole Role { get; init; } = ListRole.C2;

    [Setting("For lists that carry a hit count (ipsum): rows with fewer are left out.", Min = "1", Max = "1000")]
    public int MinHits { get; init; } = new FeedOptions().MinHits;

    [Setting("How far the list is trusted, percent.", Min = "0", Max = "100")]
    public int Confidence { get; init; } = new FeedOptions().Confidence;

    [Setting("How often it is fetched, a tenth more or less, or the file is looked at again.", Min = "1m", Max = "30d")]
    public TimeSpan Refresh { get; init; } = ListSource.UsualPeriod;

    [Setting("A `c2` or `sinkhole` list whose copy is older is told of as too old: of a file since it was written, of "
        + "a fetched one since its publisher was last heard, of a file with an owner since that signed it.", Min = "1h", Max = "365d")]
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(7);

    public void Validate(SectionFaults faults)
    {
        if (Path.Length + Url.Length == 0)
        {
            faults.Add("", "names neither path nor url; write where the list is");
        }

        foreach (var (setting, text) in ((string, string)[])[("url", Url), ("checksum-url", ChecksumUrl)])
        {
            if (text.Length > 0
                && !(Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps))
            {
                faults.Add(setting, $"is '{text}' and no https URL; what is fetched in clear can be anybody's");
            }
            else if (text.Contains('@', StringComparison.Ordinal))
            {
                faults.Add(setting, "carries a user or password; write them into key-file");
            }
        }

        if (Proxy.Length > 0
            && !(Uri.TryCreate(Proxy, UriKind.Absolute, out var proxy) && proxy.Scheme is "http" or "https"))
        {
            faults.Add("proxy", $"is '{Proxy}' and no URL of a proxy, such as http://proxy.example:3128");
        }

        if (Owner.Length > 0 && !SshPublicKey.TryParse(Owner, out _))
        {
            faults.Add("owner", $"is no public key of {SshKeyTypes.Names}; copy the line of the .pub file");
        }
        else if (Owner.Length > 0 && Kind != FeedKind.File)
        {
            faults.Add("owner", "is for a file: pages of a server are put together anew each time, and nobody signs that; "
                + "have it published as a file with a signature, or take owner out");
        }

        if (Kind != FeedKind.File && Url.Length == 0)
        {
            faults.Add("kind", "is for what is fetched; write url");
        }
    }

    /// <summary>The list as it is read and fetched.</summary>
    /// <param name="copies">The desk's own folder, for a copy that has no path of its own.</param>
    public DeskList ToList(string copies)
    {
        var copy = System.IO.Path.Combine(copies, "lists", CopyName(Name));
        var path = Path.Length > 0 ? Path : copy;
        var feed = new FeedOptions
        {
            Name = Name, Path = path, Role = Role, MinHits = MinHits, Confidence = (byte)Confidence,
            IsFetched = Url.Length > 0,
            Owner = SshPublicKey.TryParse(Owner, out var owner) ? new ListOwner(owner, copy + ".signed") : null,
        };
        return new(feed, Url.Length == 0 ? null : ToSource(System.IO.Path.GetFullPath(path)), MaxAge);
    }

    /// <summary>The file of a list's copy: its name, percent-encoded (RFC 3986 section 2.1) but for letters, digits, -
    /// and _, so that no two lists have one copy and none has the name of a file beside another's. A long one ends with
    /// its SHA-256.</summary>
    private static string CopyName(string name)
    {
        var encoded = string.Concat(Encoding.UTF8.GetBytes(name).Select(octet =>
            char.IsAsciiLetterOrDigit((char)octet) || octet is (byte)'-' or (byte)'_'
                ? $"{(char)octet}" : string.Create(CultureInfo.InvariantCulture, $"%{octet:X2}")));
        return encoded.Length <= MostCopyName
            ? encoded : $"{encoded[..LongCopyName]}%{ListDigest.Of(Encoding.UTF8.GetBytes(name))}";
    }

    private ListSource ToSource(string path) => new()
    {
        Name = Name,
        Kind = Kind,
        Url = new Uri(Url),
        Period = Refresh,
        Path = path,
        Checksum = ToUrl(ChecksumUrl),
        KeyFile = KeyFile.Length > 0 ? KeyFile : null,
        KeyHeader = KeyHeader.Length > 0 ? KeyHeader : null,
        Proxy = ToUrl(Proxy),
        CaFile = CaFile.Length > 0 ? CaFile : null,
        IsPrivate = Private,
        Owner = SshPublicKey.TryParse(Owner, out var owner) ? owner : null,
    };

    private static Uri? ToUrl(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) ? url : null;
}
