// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Collector.Decoding;

/// <summary>Who tells flows, exporter, domain and interface, by number, so that a flow says in two octets who told of
/// it. Numbers are given once and stay; for any thread. An exporter has one of its own before any domain or interface
/// of it has: where those are many, or many exporters have some, it stands for them.</summary>
public sealed class ExporterNumbers
{
    /// <summary>Numbers of one exporter's domains and interfaces.</summary>
    public const int MostOfOne = 4_096;

    /// <summary>Numbers that tell domains and interfaces; the others are for exporters.</summary>
    private const int MostWithin = 49_152;

    private readonly ConcurrentDictionary<FlowSource, ushort> _numbers = new();
    private readonly Dictionary<IpKey, int> _within = [];
    private readonly FlowSource[] _sources = new FlowSource[ushort.MaxValue + 1];
    private readonly Lock _gate = new();
    private int _last;
    private int _lastWithin;

    /// <summary>The number of an exporter, given where it has none; 0 when all numbers are given.</summary>
    public ushort GetOrAdd(IpKey exporter)
    {
        var source = new FlowSource(exporter);
        if (_numbers.TryGetValue(source, out var known))
        {
            return known;
        }

        if (Volatile.Read(ref _last) == ushort.MaxValue)
        {
            return 0;
        }

        using (_gate.EnterScope())
        {
            return Give(in source);
        }
    }

    /// <summary>The number of a source, given where it has none; its exporter's own where there are many.</summary>
    public ushort GetOrAdd(in FlowSource source)
    {
        if (_numbers.TryGetValue(source, out var known))
        {
            return known;
        }

        var own = GetOrAdd(source.Exporter);
        if (Volatile.Read(ref _lastWithin) >= MostWithin)
        {
            return own;
        }

        using (_gate.EnterScope())
        {
            var many = _within.GetValueOrDefault(source.Exporter);
            if (many >= MostOfOne || _lastWithin >= MostWithin || _numbers.ContainsKey(source))
            {
                return _numbers.GetValueOrDefault(source, own);
            }

            _within[source.Exporter] = many + 1;
            _lastWithin++;
            return Give(in source);
        }
    }

    /// <summary>The exporter of a number; the unspecified address for 0.</summary>
    public IpKey AddressOf(ushort number) => _sources[number].Exporter;

    /// <summary>Who has a number.</summary>
    public FlowSource Of(ushort number) => _sources[number];

    private ushort Give(in FlowSource source)
    {
        if (_numbers.TryGetValue(source, out var known) || _last == ushort.MaxValue)
        {
            return known;
        }

        _sources[++_last] = source;
        return _numbers[source] = (ushort)_last;
    }
}
