// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Running;
using Weir.Hosting.Configuration;

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
}
