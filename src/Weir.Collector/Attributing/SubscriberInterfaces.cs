// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Collector.Attributing;

/// <summary>Interfaces that face subscribers, by SNMP index, of exporters or networks of exporters; the
/// longest match counts.</summary>
public sealed class SubscriberInterfaces(IEnumerable<(Prefix Exporters, IEnumerable<uint> Interfaces)> known)
    : IInterfaceRoles
{
    private readonly (Prefix Exporters, HashSet<uint> Interfaces)[] _known =
        [.. known.OrderByDescending(k => k.Exporters.Length).Select(k => (k.Exporters, k.Interfaces.ToHashSet()))];

    public bool FacesSubscribers(IpKey exporter, uint inputInterface)
    {
        foreach (var (exporters, interfaces) in _known)
        {
            if (exporters.Contains(exporter))
            {
                return interfaces.Contains(inputInterface);
            }
        }

        return false;
    }
}
