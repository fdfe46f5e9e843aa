// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Collector.Attributing;

/// <summary>Interfaces that face subscribers, by SNMP index, of exporters or networks of exporters; the
/// longest match counts. Replaced whole; for any thread.</summary>
public sealed class SubscriberInterfaces : IInterfaceRoles
{
    private static readonly HashSet<uint> Nothing = [];

    private PrefixTable<HashSet<uint>> _known = new([]);
    private PrefixTable<HashSet<uint>> _admitted = new([]);
    private int _version;

    /// <param name="known">Of <c>decoding.exporters</c>.</param>
    /// <param name="admitted">Of <c>collecting.exporters</c>, whose roles count beside.</param>
    public SubscriberInterfaces(
        IEnumerable<(Prefix Exporters, IEnumerable<uint> Interfaces)> known,
        IEnumerable<(Prefix Exporters, IEnumerable<uint> Interfaces)>? admitted = null)
    {
        Replace(known);
        Admit(admitted ?? []);
    }

    public int Version => Volatile.Read(ref _version);

    /// <summary>What counts from the next flow on.</summary>
    public void Replace(IEnumerable<(Prefix Exporters, IEnumerable<uint> Interfaces)> known)
    {
        Volatile.Write(ref _known, Table(known));
        Interlocked.Increment(ref _version);
    }

    /// <summary>What those that are admitted say of their interfaces, from the next flow on.</summary>
    public void Admit(IEnumerable<(Prefix Exporters, IEnumerable<uint> Interfaces)> admitted)
    {
        Volatile.Write(ref _admitted, Table(admitted));
        Interlocked.Increment(ref _version);
    }

    public IReadOnlySet<uint> FacingSubscribers(IpKey exporter)
    {
        var (known, admitted) = (Volatile.Read(ref _known).Find(exporter), Volatile.Read(ref _admitted).Find(exporter));
        return known is null || admitted is null ? known ?? admitted ?? Nothing : known.Union(admitted).ToHashSet();
    }

    private static PrefixTable<HashSet<uint>> Table(
        IEnumerable<(Prefix Exporters, IEnumerable<uint> Interfaces)> said) =>
        new(said.Select(one => (one.Exporters, one.Interfaces.ToHashSet())));
}
