// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;

namespace Weir.Collector.Owning;

/// <summary>Flows that wait together and go together.</summary>
/// <param name="map">The list of rows that gave them away.</param>
/// <param name="openedMs">When the first of them was heard, by our clock, milliseconds since the UNIX epoch.</param>
internal sealed class ForwardBlock(int map, long openedMs)
{
    /// <summary>Most flows of one.</summary>
    public const int MaxFlows = 4_096;

    private readonly Flow[] _flows = new Flow[MaxFlows];

    public int Map => map;

    public long OpenedMs => openedMs;

    public int Count { get; private set; }

    public bool IsFull => Count == MaxFlows;

    public ReadOnlySpan<Flow> Flows => _flows.AsSpan(0, Count);

    /// <summary>Takes as many as there is room for.</summary>
    /// <returns>How many.</returns>
    public int Add(ReadOnlySpan<Flow> flows)
    {
        var taken = Math.Min(flows.Length, MaxFlows - Count);
        flows[..taken].CopyTo(_flows.AsSpan(Count));
        Count += taken;
        return taken;
    }
}
