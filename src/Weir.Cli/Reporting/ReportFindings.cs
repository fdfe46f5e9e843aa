// SPDX-License-Identifier: Apache-2.0
//
// The part of the report that says what was found (statistics.md B.1, B.4, B.11).
using System.Text.Json.Serialization;

namespace Weir.Cli.Reporting;

/// <summary>A listed endpoint that subjects contacted. An attempt is never an infection.</summary>
internal sealed record ReportSighting
{
    public required string Remote { get; init; }

    public ushort Port { get; init; }

    public required string Protocol { get; init; }

    public required string List { get; init; }

    /// <summary>Subjects with at least one exchange.</summary>
    public PublishedValue Subjects { get; init; }

    public PublishedValue Exchanges { get; init; }

    public PublishedValue Attempts { get; init; }
}

/// <summary>One subject, in clear, with at least one exchange with a listed endpoint: this part of the report exists
/// only in <c>lab</c>.</summary>
internal sealed record ReportInfected(
    string Subject, IReadOnlyList<string> Endpoints, DateTimeOffset First, DateTimeOffset Last, long Exchanges);

/// <summary>An endpoint that the infected share and the others do not (statistics.md B.4).</summary>
internal sealed record ReportCandidate
{
    public required string Remote { get; init; }

    public ushort Port { get; init; }

    public required string Protocol { get; init; }

    /// <summary>O: infected subjects that contacted it.</summary>
    public PublishedValue Cases { get; init; }

    /// <summary>E: what their activity alone would lead to.</summary>
    public PublishedValue Expected { get; init; }

    /// <summary>Other subjects that contacted it: whom a block would hit.</summary>
    public PublishedValue Others { get; init; }

    /// <summary>Exact conditional mid-p over strata.</summary>
    public PublishedValue P { get; init; }

    /// <summary>Benjamini–Hochberg over the whole family.</summary>
    public PublishedValue Q { get; init; }

    /// <summary>log2((O + ½) / (E + ½)) and its lower 95 % bound.</summary>
    public PublishedValue Ic { get; init; }

    public PublishedValue Ic025 { get; init; }

    /// <summary><c>passed</c>, <c>review</c> or <c>undetermined</c>.</summary>
    public required string Onset { get; init; }

    /// <summary><c>candidate</c>, or <c>shared</c> where so many others use it that an address block is
    /// ruled out (R15).</summary>
    public required string Status { get; init; }

    public string Why { get; init; } = "";
}

/// <summary>Endpoints taken together, by <c>address</c>, <c>prefix</c> or <c>asn</c>; each kind is a
/// family of its own.</summary>
internal sealed record ReportRollup(
    string Kind, string Key, PublishedValue Cases, PublishedValue Expected, PublishedValue Others, PublishedValue P,
    PublishedValue Q, PublishedValue Ic, PublishedValue Ic025);

/// <summary>What was tested and whether the run can be believed.</summary>
internal sealed record ReportFamily
{
    /// <summary>M: endpoints tested.</summary>
    public long Endpoints { get; init; }

    /// <summary>The false discovery rate asked for.</summary>
    public double Q { get; init; }

    /// <summary>Discoveries on permuted labels; must be 0 on at least 19 of 20 permutations.</summary>
    public int PermutedDiscoveries { get; init; }

    public int Permutations { get; init; }

    /// <summary>False where the permuted runs found too much: the candidates are not to be used.</summary>
    public bool Valid { get; init; } = true;

    public ReportBaselines Baselines { get; init; } = new(0, 0);

    public ReportPower Power { get; init; } = new();

    /// <summary>The seed that reproduces this run.</summary>
    public ulong Seed { get; init; }
}

/// <summary>What simpler methods would have flagged on the same data.</summary>
internal sealed record ReportBaselines(long PooledFisher, long Popularity)
{
    /// <summary>The endpoints that pooled Fisher flags, address:port/protocol; null outside <c>lab</c>.</summary>
    public IReadOnlyList<string>? PooledEndpoints { get; init; }
}

/// <summary>Whether any endpoint could have reached significance at all.</summary>
internal sealed record ReportPower
{
    public bool Enough { get; init; } = true;

    [JsonPropertyName("minimumP")]
    public PublishedValue MinimumP { get; init; }

    public string Why { get; init; } = "";
}

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

    public DateTimeOffset From { get; init; }

    public DateTimeOffset Until { get; init; }

    /// <summary>Flow time at which the rule had enough.</summary>
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
