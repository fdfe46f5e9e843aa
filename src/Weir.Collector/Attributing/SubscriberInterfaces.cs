// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Collector.Attributing;

/// <summary>Interfaces that face subscribers, by SNMP index, of exporters or networks of exporters; the
/// longest match counts. Replaced whole; for any thread.</summary>
public sealed class SubscriberInterfaces : IInterfaceRoles
{
    private (Prefix Exporters, HashSet<uint> Interfaces)[] _known = [];

    public SubscriberInterfaces(IEnumerable<(Prefix Exporters, IEnumerable<uint> Interfaces)> known) => Replace(known);

    /// <summary>What counts from the next flow on.</summary>
    public void Replace(IEnumerable<(Prefix Exporters, IEnumerable<uint> Interfaces)> known) => Volatile.Write(
        ref _known,
        [.. known.OrderByDescending(k => k.Exporters.Length).Select(k => (k.Exporters, k.Interfaces.ToHashSet()))]);

    public bool FacesSubscribers(IpKey exporter, uint inputInterface)
    {
        foreach (var (exporters, interfaces) in Volatile.Read(ref _known))
        {
            if (exporters.Contains(exporter))
            {
                return interfaces.Contains(inputInterface);
            }
        }

        return false;
    }
}
