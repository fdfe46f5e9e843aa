// SPDX-License-Identifier: Apache-2.0
namespace Weir.Collector.Running;

/// <summary>Tuning of lanes and shards beside the settings.</summary>
public sealed record FlowsOptions
{
    /// <summary>Subject shards. Default: one for each two processors.</summary>
    public int Shards { get; init; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>A lab: every exporter is decoded while none is named, and what no stream corroborates counts as if one
    /// did. Default false.</summary>
    public bool IsOpen { get; init; }

    /// <summary>How long the lanes get to end at a stop. Default 10 s.</summary>
    public TimeSpan LanesEnd { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the shards get to write out what they hold at a stop. Default 20 s.</summary>
    public TimeSpan ShardsEnd { get; init; } = TimeSpan.FromSeconds(20);
}
