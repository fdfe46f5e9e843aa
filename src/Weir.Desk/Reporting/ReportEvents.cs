// SPDX-License-Identifier: Apache-2.0
//
// The part of the report that says which rules fired (statistics.md B.11).
using System.Text.Json.Serialization;
using Weir.Contracts.Reports;

namespace Weir.Desk.Reporting;

/// <summary>A mechanical trigger: rule, measured value and threshold are the proof that looking
/// was not random.</summary>
internal sealed record ReportEvent
{
    /// <summary>A pseudonym; in clear in <c>lab</c>.</summary>
    public required string Subject { get; init; }

    public required string Rule { get; init; }

    /// <summary>Raised whenever the rule changes its meaning.</summary>
    public int RuleVersion { get; init; }

    /// <summary>Null for sources that are no subject's (spoof).</summary>
    [JsonPropertyName("class")]
    public required ReportTrafficClass? TrafficClass { get; init; }

    /// <summary>Events of this subject, rule and class; the span is that of all, the measure the gravest's.</summary>
    public int Count { get; init; } = 1;

    public DateTimeOffset From { get; init; }

    public DateTimeOffset Until { get; init; }

    /// <summary>Flow time at which the rule first had enough.</summary>
    public DateTimeOffset Triggered { get; init; }

    public double Measured { get; init; }

    public double Threshold { get; init; }

    public required string Unit { get; init; }

    /// <summary>Seconds over which it was measured.</summary>
    public int Window { get; init; }

    /// <summary>One packet in so many was looked at; 1 = all.</summary>
    public long SamplingRate { get; init; } = 1;

    /// <summary>Who exported most of it; empty for files of flow records, and outside <c>lab</c>.</summary>
    public string Exporter { get; init; } = "";

    /// <summary>A named amplification, the direction of a scan; in <c>lab</c> the interface of a
    /// spoofed source.</summary>
    public string Detail { get; init; } = "";
}

/// <summary>The part of a subject's traffic an event is about, never all of it.</summary>
/// <param name="Direction"><c>out</c>, <c>in</c> or <c>both</c>, seen from the subject.</param>
/// <param name="Protocol">By name.</param>
/// <param name="Port">The remote port where there is one, or a reflector's own; null where there are
/// several or none.</param>
/// <param name="Remotes">Remote addresses; empty = all of that port.</param>
internal sealed record ReportTrafficClass(string Direction, string Protocol, int? Port, IReadOnlyList<string> Remotes)
{
    /// <summary>Remote ports; empty = all of those addresses.</summary>
    public IReadOnlyList<int> Ports { get; init; } = [];
}

/// <summary>How many events a rule raised, and of how many subjects (or interfaces, for spoof).</summary>
internal sealed record ReportEventCount(string Rule, PublishedValue Events, PublishedValue Subjects);

/// <summary>What the mechanical counters took: seen = counted + late + noRoom + allowed + atBorder.</summary>
internal sealed record ReportCounters
{
    public long Seen { get; init; }

    public long Counted { get; init; }

    /// <summary>Flows that came after their time had been judged: the input is not in order of time.</summary>
    public long Late { get; init; }

    public long NoRoom { get; init; }

    public long Allowed { get; init; }

    public long AtBorder { get; init; }

    /// <summary>Times a subject should have got a block of detail and none was free.</summary>
    public long DetailsRefused { get; init; }

    /// <summary>Idle subjects whose counters gave way.</summary>
    public long Evicted { get; init; }
}
