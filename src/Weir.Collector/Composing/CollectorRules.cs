// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Running;
using Weir.Hosting.Configuration;
using Weir.Wire;

namespace Weir.Collector.Composing;

/// <summary>What one of the collector's sections says of another.</summary>
public static class CollectorRules
{
    /// <summary>Adds every breach.</summary>
    public static void Validate(ICollectorConfiguration settings, SectionFaults faults)
    {
        var known = settings.Attributing.Networks
            .Select(network => network.Group).Where(group => group.Length > 0).ToHashSet(StringComparer.Ordinal);
        foreach (var (i, group) in settings.Detecting.Groups.Index().Where(one => !known.Contains(one.Item.Name)))
        {
            faults.Add($"detecting.groups[{i}].name", $"names '{group.Name}', and no network of "
                + "attributing.networks has that group; write it there, or take the floors out");
        }
    }

    /// <summary>A network of exporters no wider than these: whoever sends with an address in it is decoded, and routers
    /// export from loopback addresses or a network of management, for which 65,536 addresses, or the subnets of one
    /// site, are many. What is wider takes strangers and subscribers in.</summary>
    private static readonly (Prefix V4, Prefix V6) Widest = (Prefix.Parse("10.0.0.0/16"), Prefix.Parse("2001:db8::/48"));

    /// <summary>Outside a lab: which collector's word about which lines counts is what two people answer for.</summary>
    public static void ValidateOwners(ICollectorConfiguration settings, SectionFaults faults)
    {
        var owners = settings.Owners;
        foreach (var (key, isSaid) in ((string, bool)[])[
            ("owners.collectors", owners.Collectors.Count > 0), ("owners.next", owners.Next.Count > 0),
            ("owners.next-from", owners.NextFrom is not null)])
        {
            if (isSaid && faults.IsInFile(key))
            {
                faults.Add(key, "says which collector finds what of which lines, which two people sign for outside a "
                    + "lab: write it into the settings of the governance (docs/32-people-and-keys.md), and take it out "
                    + "here");
            }
        }
    }

    /// <summary>Outside a lab: whose datagrams are decoded is what two people answer for, and no network of exporters
    /// is so wide that it names nobody.</summary>
    public static void ValidateExporters(ICollectorConfiguration settings, SectionFaults faults)
    {
        const string Key = "collecting.exporters";
        var exporters = settings.Collecting.Exporters;
        if (exporters.Count > 0 && faults.IsInFile(Key))
        {
            faults.Add(Key, "says whose datagrams are believed, which two people sign for outside a lab: write it into "
                + "the settings of the governance (docs/32-people-and-keys.md), and take it out here");
        }

        foreach (var (i, one) in exporters.Index())
        {
            var widest = one.Network.IsV4 ? Widest.V4 : Widest.V6;
            if (one.Network.Length < widest.Length)
            {
                faults.Add($"{Key}[{i}].network", $"is {one.Network}, and may be no wider than /{widest.WrittenLength}: "
                    + "whoever sends with an address in it is taken for a router of yours; write the networks that "
                    + "your routers export from");
            }
        }
    }
}
