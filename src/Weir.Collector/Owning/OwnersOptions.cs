// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Hosting.Configuration;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Certificates;
using Weir.Wire;

namespace Weir.Collector.Owning;

/// <summary>Which collector owns which of the provider's networks; the section <c>owners</c>. One collector owns all
/// where it names none.</summary>
public sealed record OwnersOptions : ISection
{
    private const string FullHour = "yyyy-MM-dd'T'HH':00Z'";

    [Setting("Collectors that send each other flows, with the networks that each owns: all flows of a network's lines "
        + "are put together at its owner, whoever hears them. The same rows on every collector. Belongs into the "
        + "governance. Left out: this collector owns what it hears.")]
    public IReadOnlyList<OwnerOptions> Collectors { get; init; } = [];

    [Setting("Who owns what from `next-from` on, in place of the networks above.")]
    public IReadOnlyList<NextOwnerOptions> Next { get; init; } = [];

    [Setting("Full hour, UTC, at which `next` comes in force: of flows that start then or later.",
        Example = "2027-01-04T06:00Z")]
    public string? NextFrom { get; init; }

    [Setting("Memory for flows that wait to be sent to their owners, all owners together; 96 octets a flow. Beyond it "
        + "the oldest are lost, and counted.", Min = "4MiB", Max = "64GiB")]
    public ByteSize Buffer { get; init; } = ByteSize.MiB(256);

    [Setting("How long a flow waits for its owner at most; then it is lost, and counted.", Min = "10s", Max = "6m",
        Because = "raw flows are held no longer than the ring holds them, and contacts are judged ten minutes later")]
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(6);

    /// <summary>When <see cref="Next"/> comes in force, milliseconds since the UNIX epoch; never where nothing is said.
    /// </summary>
    public long NextFromMs => TryHour(NextFrom, out var hour) ? hour.ToUnixTimeMilliseconds() : long.MaxValue;

    public void Validate(SectionFaults faults)
    {
        faults.AddTwice("collectors", Collectors, one => one.Name);
        faults.AddTwice("next", Next, one => one.Name);
        foreach (var (key, networks) in Lists())
        {
            OwnershipRules.AddOverlaps(faults, key, networks);
        }

        foreach (var (i, one) in Next.Index().Where(one => Collectors.All(known => known.Name != one.Item.Name)))
        {
            faults.Add($"next[{i}].name", $"is {one.Name}, and owners.collectors has no collector of that name; add it "
                + "there, without networks if it owns none yet");
        }

        if (Next.Count > 0 && !TryHour(NextFrom, out _))
        {
            faults.Add("next-from", NextFrom is null
                ? "is not set, and owners.next says who owns what from then on; write a full hour, 2027-01-04T06:00Z"
                : $"is '{NextFrom}'; write a full hour in UTC, as in 2027-01-04T06:00Z");
        }

        if (Next.Count == 0 && NextFrom is not null)
        {
            faults.Add("next-from", "is set, and owners.next names nobody; write who owns what from then on");
        }
    }

    /// <summary>Rows in force now and from the edge on, each with the key they stand under.</summary>
    internal IEnumerable<(string Key, IReadOnlyList<(string Name, IReadOnlyList<Prefix> Networks)> Rows)> Lists()
    {
        yield return ("collectors", [.. Collectors.Select(one => (one.Name, one.Networks))]);
        if (Next.Count > 0)
        {
            yield return ("next", [.. Next.Select(one => (one.Name, one.Networks))]);
        }
    }

    private static bool TryHour(string? text, out DateTimeOffset hour) => DateTimeOffset.TryParseExact(
        text, FullHour, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out hour);
}

/// <summary>A collector, and what it owns.</summary>
public sealed record OwnerOptions : ISection
{
    [Setting("Its name, as its certificate and `processes.collector.name` have it.", Required = true,
        Example = "edge-1")]
    public string Name { get; init; } = "";

    [Setting("Where the others send it flows, as `https://host:port`: what `processes.collector.tls.listen` is there. "
        + "Not needed of one that owns nothing.", Example = "https://edge-1.example.net:8445")]
    public string? Connect { get; init; }

    [Setting("Networks that it owns: each one of `attributing.networks`, or a part of it, or one that holds some. "
        + "Together the rows hold all of them, each address once.", Example = "192.0.2.0/24")]
    public IReadOnlyList<Prefix> Networks { get; init; } = [];

    public void Validate(SectionFaults faults)
    {
        if (!PeerIdentity.TryCreate("collector", Name, out _))
        {
            faults.Add("name", $"is '{Name}'; write a collector's name as `weir certs issue` was given it: lower-case "
                + "letters, digits, hyphens and dots");
        }

        if (Connect is not null && !(PeerAddress.TryParse(Connect, out var address, out _) && address.IsTls))
        {
            faults.Add("connect", $"is '{Connect}'; write https://, the other machine's name or address, and the port");
        }
    }
}

/// <summary>What a collector owns from an hour on.</summary>
public sealed record NextOwnerOptions
{
    [Setting("Name of one of `owners.collectors`.", Required = true, Example = "edge-2")]
    public string Name { get; init; } = "";

    [Setting("Networks that it owns then.", Example = "192.0.2.0/24")]
    public IReadOnlyList<Prefix> Networks { get; init; } = [];
}
