// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Collector.Corroborating;

/// <summary>When what a stream of datagrams tells is corroborated, and what becomes of what is not.</summary>
public sealed record CorroboratingOptions
{
    /// <summary>A stream that went on for so long is corroborated.</summary>
    public TimeSpan After { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether flows of datagrams that continue no stream are left out, and those of streams that are not
    /// corroborated give sealed grounds alone. False in a lab, where all counts and no stream is followed.</summary>
    public bool Withholds { get; init; } = true;

    /// <summary>Streams of all exporters together, beyond the few that each may have in any case.</summary>
    public SharedBudget Streams { get; init; } = new(65_536);

    /// <summary>Octets of first datagrams that are held, for all exporters together.</summary>
    public SharedBudget HeldOctets { get; init; } = new(16 << 20);
}
