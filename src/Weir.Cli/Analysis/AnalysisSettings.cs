// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Reporting;
using Weir.Collector;
using Weir.Contracts.Networks;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Reporting;
using Weir.Hosting.Sections;

namespace Weir.Cli.Analysis;

/// <summary>What <c>weir analyze</c> was asked to do; everything checked but the files themselves.</summary>
internal sealed record AnalysisSettings
{
    public required IReadOnlyList<string> Inputs { get; init; }

    public required NetworkTable Networks { get; init; }

    public required IReadOnlyList<FeedOptions> Feeds { get; init; }

    /// <summary>Files that say whose networks endpoints are in.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    public required string Profile { get; init; }

    /// <summary>File of lines that others reported as infected, absolute; null for none. Under the lab profile
    /// alone.</summary>
    public string? Infected { get; init; }

    /// <summary>The provider's name; empty for none.</summary>
    public string Provider { get; init; } = "";

    /// <summary>Folder of the report, absolute.</summary>
    public required string Out { get; init; }

    public FlowWindow Window { get; init; } = FlowWindow.All;

    public ulong Seed { get; init; } = new ComparisonsOptions().Seed;

    /// <summary>Column mapping for CSV inputs, as written.</summary>
    public string? Columns { get; init; }

    /// <summary>One packet in so many, where exporters do not say; null = not configured.</summary>
    public uint? Sampling { get; init; }

    /// <summary>SNMP indices of interfaces that face subscribers, of whatever exporter.</summary>
    public IReadOnlySet<uint> SubscriberInterfaces { get; init; } = new HashSet<uint>();

    /// <summary>Socket of a vault whose keys name the subjects; null for a key that ends with the run.</summary>
    public string? Vault { get; init; }

    /// <summary>Folder of a store that keeps the pairs, absolute; null to compare in memory.</summary>
    public string? Keep { get; init; }

    /// <summary>Octets that pairs may take in memory; null for three quarters of the machine's.</summary>
    public long? Memory { get; init; }

    /// <summary>Whether the order of contacts can be believed.</summary>
    public bool TimeOrder { get; init; } = true;

    public bool IsLab => Profile == ReportAnonymizer.LabProfile;
}
