// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Networks;
using Weir.Hosting.Configuration;
using Weir.Wire;

namespace Weir.Hosting.Sections;

/// <summary>The provider's networks; the section <c>attributing</c>, which every process reads.</summary>
public sealed record AttributingOptions : ISection
{
    [Setting("The provider's own prefixes; the longest match counts. At least one.")]
    public IReadOnlyList<NetworkOptions> Networks { get; init; } = [];

    [Setting("Prefix length that stands for one subscriber line in IPv6, in bits.", Min = "32", Max = "128")]
    public int Ipv6SubjectLength { get; init; } = 64;

    [Setting("Own addresses that are no subscribers.")]
    public ExcludedOptions Excluded { get; init; } = new();

    public void Validate(SectionFaults faults)
    {
        if (Networks.Count == 0)
        {
            faults.Add("networks", "names no network, so every flow would be foreign; add the "
                + "provider's prefixes, `- prefix: 192.0.2.0/24`");
        }

        var kinds = Networks.Select(n => (n.Access, n.Group)).Distinct().Count(kind => kind != ("", ""));
        if (kinds > SubscriberLineKinds.MaxKinds)
        {
            faults.Add("networks", FormattableString.Invariant(
                $"name {kinds} pairs of access and group, and at most {SubscriberLineKinds.MaxKinds} can be told apart; ")
                + "give some networks the same access and group");
        }

        faults.AddTwice("networks", Networks, network => network.Prefix.ToString());
    }

    /// <summary>Networks with their kinds of line, access and group.</summary>
    public NetworkTable ToTable()
    {
        var lines = new SubscriberLineKinds(Networks.Select(n => new SubscriberLineKind(n.Access, n.Group)));
        return new NetworkTable(
        [
            .. Networks.Select(n => new Network(
                n.Prefix, Ipv6SubjectLength, lines.CodeOf(n.Access, n.Group),
                Attribution: n.Attribution, Group: n.Group, LineRate: n.LineRate * 1e6)),
            .. Excluded.Resolvers.Concat(Excluded.Relays).Concat(Excluded.Monitoring).Distinct()
                .Select(p => new Network(p, Ipv6SubjectLength, Excluded: true)),
        ], lines);
    }
}

/// <summary>One network.</summary>
public sealed record NetworkOptions
{
    [Setting("Network in CIDR notation.", Required = true, Example = "192.0.2.0/24")]
    public Prefix Prefix { get; init; }

    [Setting("Name shown in reports.", Example = "north")]
    public string Name { get; init; } = "";

    [Setting("Access type: subjects are compared with others of the same one.", Example = "ftth")]
    public string Access { get; init; } = "";

    [Setting("Group for reports: region, brand, node.", Example = "region-1")]
    public string Group { get; init; } = "";

    [Setting("What leads from an address to its line: `static` the address itself, `leased` leases, `cgnat` logs of "
        + "port blocks. The last two need a vault.")]
    public SubscriberMapping Attribution { get; init; } = SubscriberMapping.Static;

    [Setting("Rate of a line in it, Mbit/s; half of that is a flood. 0 where lines differ.",
        Min = "0", Max = "1000000")]
    public long LineRate { get; init; }
}

/// <summary>Own addresses that are no subscribers.</summary>
public sealed record ExcludedOptions
{
    [Setting("Recursive resolvers.", Example = "192.0.2.53")]
    public IReadOnlyList<Prefix> Resolvers { get; init; } = [];

    [Setting("Mail relays, proxies, Tor and VPN exits.", Example = "192.0.2.25")]
    public IReadOnlyList<Prefix> Relays { get; init; } = [];

    [Setting("Monitoring and scanning hosts.", Example = "192.0.2.100")]
    public IReadOnlyList<Prefix> Monitoring { get; init; } = [];
}
