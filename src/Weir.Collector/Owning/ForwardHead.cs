// SPDX-License-Identifier: Apache-2.0
namespace Weir.Collector.Owning;

/// <summary>What stands in front of flows on their way to their owner.</summary>
public readonly record struct ForwardHead
{
    /// <summary>Digest of the rows that gave the flows away.</summary>
    public required ReadOnlyMemory<byte> Owners { get; init; }

    /// <summary>The run of the collector that sends: drawn at its start.</summary>
    public required ulong Session { get; init; }

    /// <summary>The owner's run as its last answer named it; 0 before the first.</summary>
    public ulong Run { get; init; }

    /// <summary>Number of the batch in its session, from 1, rising.</summary>
    public required ulong Sequence { get; init; }

    /// <summary>Flows of the session that the owner had answered for before this batch.</summary>
    public ulong Acknowledged { get; init; }

    /// <summary>It was sent before, and no answer came: the owner may have taken it.</summary>
    public bool IsInDoubt { get; init; }
}
