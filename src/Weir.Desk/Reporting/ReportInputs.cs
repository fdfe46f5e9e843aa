// SPDX-License-Identifier: Apache-2.0
//
// The part of the report that says what came in, from where, and what was lost on the way.
namespace Weir.Desk.Reporting;

/// <summary>One file or socket: received datagrams = decoded + <see cref="Losses"/>.</summary>
internal sealed record ReportInput
{
    public required string Path { get; init; }

    /// <summary>Container and export protocol, such as <c>pcap/netflow9</c>.</summary>
    public required string Format { get; init; }

    /// <summary>How it was read, where that is not plain; null otherwise.</summary>
    public string? Note { get; init; }

    public long Datagrams { get; init; }

    public long Flows { get; init; }

    public long Malformed { get; init; }

    /// <summary>Data sets skipped because their template had not been seen.</summary>
    public long TemplateUnknown { get; init; }

    /// <summary>One packet in so many was looked at; 1 = all. Where exporters differ, the coarsest.</summary>
    public long SamplingRate { get; init; } = 1;

    /// <summary><c>options</c>, <c>header</c>, <c>record</c>, <c>configuration</c>, or <c>none</c>.</summary>
    public string SamplingSource { get; init; } = "none";

    /// <summary>Messages or records that the exporters' sequence numbers say were sent and did not arrive.</summary>
    public long SequenceGaps { get; init; }

    /// <summary>Everything that arrived and was not used, by reason; reasons with 0 are left out.</summary>
    public IReadOnlyList<ReportLoss> Losses { get; init; } = [];
}

/// <param name="Reason">In an operator's words: "fragment without its first part".</param>
/// <param name="Count">How many, in <paramref name="Unit"/>.</param>
/// <param name="Unit">datagrams, flows, lines or octets.</param>
internal sealed record ReportLoss(string Reason, long Count, string Unit);

/// <summary>One exporter and observation domain.</summary>
internal sealed record ReportExporter
{
    public required string Address { get; init; }

    public uint Domain { get; init; }

    public required string Protocol { get; init; }

    public long Datagrams { get; init; }

    public long Flows { get; init; }

    public int Templates { get; init; }

    public long TemplateUnknown { get; init; }

    public long Malformed { get; init; }

    public long SequenceGaps { get; init; }

    public long SamplingRate { get; init; } = 1;

    public string SamplingSource { get; init; } = "none";

    /// <summary>Exporter's clock minus ours, seconds, median; 0 for files without arrival times.</summary>
    public double ClockSkewSeconds { get; init; }
}

/// <summary>One list in force.</summary>
internal sealed record ReportWatchlist
{
    public required string Name { get; init; }

    /// <summary><c>c2</c>, <c>sinkhole</c>, <c>attacker</c>, <c>bogon</c> or <c>allow</c>.</summary>
    public string Role { get; init; } = "c2";

    public long Entries { get; init; }

    /// <summary>Lines that could not be read as an entry, counted; the first of them stand in
    /// <see cref="Refusals"/>.</summary>
    public long RefusedLines { get; init; }

    public IReadOnlyList<ReportRefusal> Refusals { get; init; } = [];

    /// <summary>Age of the copy in force, seconds.</summary>
    public double AgeSeconds { get; init; }

    /// <summary>Why an older copy is in force; null where the newest is.</summary>
    public string? Stale { get; init; }
}

/// <param name="Place">Line number from 1, or the object's id.</param>
/// <param name="Why">One sentence.</param>
internal sealed record ReportRefusal(string Place, string Why);
