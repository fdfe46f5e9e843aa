// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Collector.Owning;

/// <summary>A lane's side of the other owners: one batch being filled for each, handed over when full.</summary>
public sealed class LaneForwarder(ForwardQueues queues)
{
    private readonly FlowBatch?[] _filling = new FlowBatch?[queues.Owners.Names.Count * queues.Owners.Maps];

    /// <summary>Takes a flow of another owner's network.</summary>
    /// <param name="flow">Attributed.</param>
    /// <param name="line">Its line's address, which says whose network it is in.</param>
    /// <returns>False where the network is this collector's own.</returns>
    public bool TryAdd(in Flow flow, IpKey line)
    {
        var map = queues.Owners.MapAt(flow.StartMs);
        var owner = queues.Owners.OwnerOf(line, map);
        if (owner == queues.Owners.Own)
        {
            return false;
        }

        var at = (owner * queues.Owners.Maps) + map;
        var batch = _filling[at] ??= new FlowBatch();
        batch.Next() = flow;
        if (batch.IsFull)
        {
            HandOver(at, batch);
        }

        return true;
    }

    /// <summary>Hands over what is half full.</summary>
    public void Flush()
    {
        for (var at = 0; at < _filling.Length; at++)
        {
            if (_filling[at] is { Count: > 0 } batch)
            {
                HandOver(at, batch);
            }
        }
    }

    private void HandOver(int at, FlowBatch batch)
    {
        queues.Of(at / queues.Owners.Maps)!.Add(batch.Flows, at % queues.Owners.Maps);
        batch.Clear();
    }
}
