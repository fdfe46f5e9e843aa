// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Weir.Wire;

namespace Weir.Collector.Decoding;

/// <summary>Exporters by number, so that a flow says in two octets who told of it. Numbers are given once and stay;
/// for any thread.</summary>
public sealed class ExporterNumbers
{
    private readonly ConcurrentDictionary<IpKey, ushort> _numbers = new();
    private readonly IpKey[] _addresses = new IpKey[ushort.MaxValue + 1];
    private readonly Lock _gate = new();
    private int _last;

    /// <summary>The number of an exporter, given where it has none; 0 when all numbers are given.</summary>
    public ushort GetOrAdd(IpKey exporter)
    {
        if (_numbers.TryGetValue(exporter, out var known))
        {
            return known;
        }

        using (_gate.EnterScope())
        {
            if (_numbers.TryGetValue(exporter, out known) || _last == ushort.MaxValue)
            {
                return known;
            }

            _addresses[++_last] = exporter;
            return _numbers[exporter] = (ushort)_last;
        }
    }

    /// <summary>The exporter of a number; the unspecified address for 0.</summary>
    public IpKey AddressOf(ushort number) => _addresses[number];
}
