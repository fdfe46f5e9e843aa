// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Attributing;
using Weir.Collector.Decoding;
using Weir.Collector.Detecting;
using Weir.Collector.Digesting;
using Weir.Contracts.Networks;

namespace Weir.Collector.Running;

/// <summary>Settings of lanes and shards.</summary>
public sealed record FlowsOptions
{
    public DecodingOptions Decoding { get; init; } = new();

    /// <summary>The longest active timeout of any exporter: flow time lags so far behind our clock. It holds for the
    /// counters too, whatever theirs says. Default 2 min.</summary>
    public TimeSpan ActiveTimeout { get; init; } = TimeSpan.FromMinutes(2);

    public required NetworkTable Networks { get; init; }

    /// <summary>Which interfaces face subscribers; null where nobody says.</summary>
    public IInterfaceRoles? Interfaces { get; init; }

    /// <summary>The counters and rules.</summary>
    public DetectingOptions Detecting { get; init; } = new();

    public DigestOptions Digesting { get; init; } = new();

    /// <summary>The ring of raw flows; null where a scope need not reach back.</summary>
    public RingOptions? Ring { get; init; }

    /// <summary>How often digests and sightings are written out. Default 60 s.</summary>
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often evidence is written out. Default 5 s.</summary>
    public TimeSpan EvidenceFlushInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Flows that started more days ago are not taken. Default 30.</summary>
    public int RetentionDays { get; init; } = 30;

    /// <summary>Full path of the file in which templates outlive a restart; null for none.</summary>
    public string? TemplateFile { get; init; }

    /// <summary>Subject shards. Default: one for each two processors.</summary>
    public int Shards { get; init; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>How long the lanes get to end at a stop. Default 10 s.</summary>
    public TimeSpan LanesEnd { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the shards get to write out what they hold at a stop. Default 20 s.</summary>
    public TimeSpan ShardsEnd { get; init; } = TimeSpan.FromSeconds(20);
}
