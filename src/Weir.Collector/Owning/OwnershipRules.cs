// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Configuration;
using Weir.Hosting.Sections;
using Weir.Wire;
using OwnedNetworks = (string Name, System.Collections.Generic.IReadOnlyList<Weir.Wire.Prefix> Networks);

namespace Weir.Collector.Owning;

/// <summary>One owner for each of the provider's addresses: never two, and never none.</summary>
public static class OwnershipRules
{
    private const string Section = "owners";

    /// <summary>Adds what the owners, the networks and the name of this collector say of each other.</summary>
    /// <param name="owners">The section.</param>
    /// <param name="attributing">The provider's networks.</param>
    /// <param name="own">This collector's name.</param>
    /// <param name="listens">Whether it answers other machines.</param>
    /// <param name="faults">Takes every breach.</param>
    public static void Validate(
        OwnersOptions owners, AttributingOptions attributing, string own, bool listens, SectionFaults faults)
    {
        if (owners.Collectors.Count == 0)
        {
            if (owners.Next.Count > 0)
            {
                faults.Add($"{Section}.next", "says who owns what from an hour on, and owners.collectors names nobody; "
                    + "write who owns what until then");
            }

            return;
        }

        foreach (var (key, rows) in owners.Lists())
        {
            AddStrangers(faults, $"{Section}.{key}", rows, attributing);
            AddGaps(faults, $"{Section}.{key}", rows, attributing);
        }

        AddUnasked(owners, own, listens, faults);
    }

    /// <summary>Adds networks of two owners: the same one, or one within the other.</summary>
    /// <param name="faults">Takes every breach.</param>
    /// <param name="key">Where the rows stand.</param>
    /// <param name="rows">Who owns what.</param>
    public static void AddOverlaps(SectionFaults faults, string key, IReadOnlyList<OwnedNetworks> rows)
    {
        var before = new List<(string Name, Prefix Network)>();
        foreach (var (i, (name, networks)) in rows.Index())
        {
            foreach (var (j, network) in networks.Index())
            {
                if (before.Find(one => Overlap(one.Network, network)) is { Name: { } other } twice)
                {
                    faults.Add($"{key}[{i}].networks[{j}]", $"is {network}, and {other} owns {twice.Network}: an "
                        + "address has one owner; take one of them out");
                }

                before.Add((name, network));
            }
        }
    }

    /// <summary>An owner is named that nobody could ask, or that this one could not be.</summary>
    private static void AddUnasked(OwnersOptions owners, string own, bool listens, SectionFaults faults)
    {
        const string Key = $"{Section}.collectors";
        if (owners.Collectors.All(one => one.Name != own))
        {
            faults.Add(Key, $"names {string.Join(", ", owners.Collectors.Select(one => one.Name))}, and this collector "
                + $"is {own} (processes.collector.name); add it, without networks if it owns none");
        }

        foreach (var (i, one) in owners.Collectors.Index().Where(one => owners.Collectors.Count > 1
            && owners.Lists().Any(list => list.Rows.Any(row => row.Name == one.Item.Name && row.Networks.Count > 0))))
        {
            if (one.Connect is null)
            {
                faults.Add($"{Key}[{i}]", $"lacks connect: {one.Name} owns networks, and the others have to know where "
                    + "to send their flows; write https://, its name or address, and its port");
            }

            if (one.Name == own && !listens)
            {
                faults.Add($"{Key}[{i}]", $"is this collector, which owns networks, and "
                    + "processes.collector.tls.listen is not set: nobody could send it their flows; set it");
            }
        }
    }

    private static void AddStrangers(
        SectionFaults faults, string key, IReadOnlyList<OwnedNetworks> rows, AttributingOptions attributing)
    {
        foreach (var (i, (_, networks)) in rows.Index())
        {
            foreach (var (j, network) in networks.Index().Where(owned =>
                !attributing.Networks.Any(one => Overlap(one.Prefix, owned.Item))))
            {
                faults.Add($"{key}[{i}].networks[{j}]", $"is {network}, and no network of attributing.networks lies in "
                    + "it or around it: no flow is of a line there; correct it, or take it out");
            }
        }
    }

    /// <summary>Networks of which some address has no owner. Those of the rows are apart, so that what they hold of a
    /// network adds up.</summary>
    private static void AddGaps(
        SectionFaults faults, string key, IReadOnlyList<OwnedNetworks> rows, AttributingOptions attributing)
    {
        Prefix[] owned = [.. rows.SelectMany(row => row.Networks)];
        foreach (var network in attributing.Networks.Select(one => one.Prefix).Where(one => !Holds(owned, one)))
        {
            faults.Add(key, $"leaves {network} of attributing.networks, or a part of it, without an owner; give it to "
                + "one of them");
        }
    }

    private static bool Holds(Prefix[] owned, Prefix network)
    {
        if (Array.Exists(owned, one => one.Length <= network.Length && Overlap(one, network)))
        {
            return true;
        }

        var held = UInt128.Zero;
        foreach (var part in owned.Where(one => Overlap(one, network)))
        {
            held += UInt128.One << (128 - part.Length);
        }

        return held == UInt128.One << (128 - network.Length);
    }

    private static bool Overlap(Prefix one, Prefix other) => one.IsV4 == other.IsV4
        && (one.Length <= other.Length ? one.Contains(other.Network) : other.Contains(one.Network));
}
