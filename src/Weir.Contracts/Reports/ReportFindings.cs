// SPDX-License-Identifier: Apache-2.0
//
// The part of the report that says what was found (statistics.md B.1, B.4, B.11).
using System.Text.Json.Serialization;

namespace Weir.Contracts.Reports;

/// <summary>A listed endpoint that subjects contacted. An attempt is never an infection.</summary>
public sealed record ReportSighting
{
    public required string Remote { get; init; }

    public ushort Port { get; init; }

    public required string Protocol { get; init; }

    public required string List { get; init; }

    /// <summary>What the list calls it; empty where it does not say.</summary>
    public string Family { get; init; } = "";

    /// <summary>Subjects with at least one exchange.</summary>
    public PublishedValue Subjects { get; init; }

    public PublishedValue Exchanges { get; init; }

    public PublishedValue Attempts { get; init; }
}

/// <summary>One subject, in clear, with at least one exchange with a listed endpoint: this part of the report exists
/// only in <c>lab</c>.</summary>
public sealed record ReportInfected(
    string Subject, IReadOnlyList<string> Endpoints, DateTimeOffset First, DateTimeOffset Last, long Exchanges);

/// <summary>An endpoint that the infected share and the others do not (statistics.md B.4).</summary>
public sealed record ReportCandidate
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

    /// <summary>Evidence that it commands, 0 to 1: the candidates are in this order.</summary>
    public PublishedValue Command { get; init; }

    /// <summary>What carried it, most first.</summary>
    public IReadOnlyList<ReportReason> Reasons { get; init; } = [];

    /// <summary>Its campaign by id; null where it is in none.</summary>
    public string? Campaign { get; init; }
}

/// <summary>Endpoints taken together, by <c>address</c>, <c>prefix</c> or <c>asn</c>; each kind is a
/// family of its own.</summary>
public sealed record ReportRollup(
    string Kind, string Key, PublishedValue Cases, PublishedValue Expected, PublishedValue Others, PublishedValue P,
    PublishedValue Q, PublishedValue Ic, PublishedValue Ic025);

/// <summary>What was tested and whether the run can be believed.</summary>
public sealed record ReportFamily
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
public sealed record ReportBaselines(long PooledFisher, long Popularity)
{
    /// <summary>The endpoints that pooled Fisher flags, address:port/protocol; null outside <c>lab</c>.</summary>
    public IReadOnlyList<string>? PooledEndpoints { get; init; }
}

/// <summary>Whether any endpoint could have reached significance at all.</summary>
public sealed record ReportPower
{
    public bool Enough { get; init; } = true;

    [JsonPropertyName("minimumP")]
    public PublishedValue MinimumP { get; init; }

    public string Why { get; init; } = "";
}

/// <summary>How many subjects were seen and what they count as (statistics.md B.1).</summary>
public sealed record ReportSubjects
{
    public PublishedValue Seen { get; init; }

    public PublishedValue Cases { get; init; }

    public PublishedValue Controls { get; init; }

    public PublishedValue Excluded { get; init; }
}

/// <summary>A number of findings not shown, and the rule that hides them.</summary>
public sealed record ReportWithholding(string What, PublishedValue Count, string Why);
