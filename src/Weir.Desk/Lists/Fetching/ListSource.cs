// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Ssh;

namespace Weir.Desk.Lists.Fetching;

/// <summary>How a publisher is asked.</summary>
public enum FeedKind : byte
{
    /// <summary>A file behind a URL, with conditional GET (RFC 9110 section 13).</summary>
    File,

    /// <summary>A collection of a TAXII 2.1 server: what was added since the last poll, and all of it once a day.
    /// </summary>
    Taxii,

    /// <summary>A MISP instance: attributes meant for detection, by attributes/restSearch.</summary>
    Misp,
}

/// <summary>Where a list is fetched from, and what bounds it.</summary>
public sealed record ListSource
{
    /// <summary>From one fetch, or one look at a file, to the next where nothing is said.</summary>
    public static readonly TimeSpan UsualPeriod = TimeSpan.FromHours(1);

    /// <summary>As the list is called.</summary>
    public required string Name { get; init; }

    /// <summary>How the publisher is asked. Default a file.</summary>
    public FeedKind Kind { get; init; }

    /// <summary>https; it may redirect within its host. Of a TAXII server the collection, of a MISP instance its
    /// root.</summary>
    public required Uri Url { get; init; }

    /// <summary>From one fetch to the next, a tenth more or less. Default an hour.</summary>
    public TimeSpan Period { get; init; } = UsualPeriod;

    /// <summary>The last good copy. What is known of it (tag, digest) stands beside it, with <c>.fetch</c> behind its
    /// name.</summary>
    public required string Path { get; init; }

    /// <summary>A file whose digest, SHA-256 in hexadecimal, is its first word; null where none is published. The key
    /// goes there only where it is on the list's own host.</summary>
    public Uri? Checksum { get; init; }

    /// <summary>File whose first line is the key of a subscription, sent as <see cref="KeyHeader"/>; null for none.
    /// </summary>
    public string? KeyFile { get; init; }

    /// <summary>Header that carries the key. Default <c>Auth-Key</c> for a file, else <c>Authorization</c>.</summary>
    public string? KeyHeader { get; init; }

    /// <summary>http proxy; null for none. With it, which address is reached is the proxy's choice.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>PEM file of the certificate authority that is believed for this host; null for the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>The host is one on site: without it an address that is not of the public Internet is refused.</summary>
    public bool IsPrivate { get; init; }

    /// <summary>Whose signature it is taken with alone; null for nobody's.</summary>
    public SshPublicKey? Owner { get; init; }

    /// <summary>Where that signature is.</summary>
    internal Uri SignatureUrl => new UriBuilder(Url) { Path = Url.AbsolutePath + ".sig" }.Uri;

    /// <summary>Octets as sent, packed or not. Default 64 MiB.</summary>
    public long MaxOctets { get; init; } = 64L << 20;

    /// <summary>For the whole fetch. Default 60 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>What came of a fetch.</summary>
public enum FetchOutcome : byte
{
    /// <summary>A new copy is in place.</summary>
    Replaced,

    /// <summary>The publisher has nothing newer.</summary>
    Unchanged,

    /// <summary>The copy of before stays.</summary>
    Failed,

    /// <summary>A new copy differs too much and waits for people; the one of before stays.</summary>
    Held,
}

/// <summary>What came of a fetch, and why.</summary>
/// <param name="Outcome">What became of the copy.</param>
/// <param name="Octets">Of the new copy; 0 where there is none.</param>
/// <param name="Entries">Entries of the new copy.</param>
/// <param name="Reason">Why it failed: the thing, the place, the fix; empty where it did not.</param>
public readonly record struct FetchResult(FetchOutcome Outcome, long Octets, int Entries, string Reason)
{
    /// <summary>How long the publisher asks to be left alone; null where it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Why its owner's signature was refused, as a word; empty where it was not.</summary>
    public string Refusal { get; init; } = "";
}
