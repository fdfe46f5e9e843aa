// SPDX-License-Identifier: Apache-2.0
//
// The part of the report that says what was found (statistics.md B.1, B.4, B.11).
using System.Text.Json.Serialization;
using Weir.Contracts.Networks;

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

    /// <summary>Whose network the remote is in, as the operator's files say; left out where they do not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public NetworkOwner? Network { get; init; }

    /// <summary>Subjects with at least one exchange.</summary>
    public PublishedValue Subjects { get; init; }

    /// <summary>The same of all lists that name the endpoint, each subject once; in no file. Null where one list alone
    /// does.</summary>
    [JsonIgnore]
    public long? OnAnyList { get; init; }

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

    /// <summary><c>passed</c>, <c>review</c> or <c>undetermined</c>; outside the lab not told.</summary>
    public required string Onset { get; init; }

    /// <summary><c>candidate</c>, or <c>shared</c> where so many others use it that an address block is
    /// ruled out (R15).</summary>
    public required string Status { get; init; }

    /// <summary>How far it is: <c>candidate</c>, or <c>replicated</c> once a later window, which had no part in
    /// finding it, confirmed it.</summary>
    public string State { get; init; } = CandidateStates.ToName(CandidateState.Candidate);

    /// <summary>Promoted endpoints without which it would not have been found: it falls with them. Empty where lists of
    /// others make enough of its cases.</summary>
    public IReadOnlyList<string> RestsOn { get; init; } = [];

    public string Why { get; init; } = "";

    /// <summary>Evidence that it commands, 0 to 1: the candidates of the lab are in this order. Others are in the order
    /// of <see cref="Ic025"/>, and this is not told.</summary>
    public PublishedValue Command { get; init; }

    /// <summary>What carried it, most first; in the lab alone.</summary>
    public IReadOnlyList<ReportReason> Reasons { get; init; } = [];

    /// <summary>Its campaign by id; null where it is in none.</summary>
    public string? Campaign { get; init; }

    /// <summary>Whose network the remote is in, as the operator's files say; left out where they do not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public NetworkOwner? Network { get; init; }
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

    public ReportBaselines Baselines { get; init; } = new(0L, 0L);

    public ReportPower Power { get; init; } = new();

    /// <summary>What this window says of candidates that earlier ones found; null where none waited, as in a run over
    /// files.</summary>
    public ReportReplication? Replication { get; init; }

    /// <summary>Listed endpoints that make no case, since so many met them.</summary>
    public IReadOnlyList<ReportPopularEntry> PopularEntries { get; init; } = [];

    /// <summary>The seed that reproduces this run.</summary>
    public ulong Seed { get; init; }
}

/// <summary>A listed endpoint that more met than an endpoint may have to be a candidate.</summary>
/// <param name="Endpoint">As contacted.</param>
/// <param name="Lines">Subjects with an exchange.</param>
/// <param name="Alone">Those that no other listed endpoint makes a case: they were compared as anybody.</param>
public sealed record ReportPopularEntry(string Endpoint, PublishedValue Lines, PublishedValue Alone);

/// <summary>Candidates of earlier windows, tested on this one.</summary>
/// <param name="Tested">How many.</param>
/// <param name="Held">How many held.</param>
/// <param name="Why">Why none could; empty where some could.</param>
public sealed record ReportReplication(int Tested, int Held, string Why);

/// <summary>What simpler methods would have flagged on the same data.</summary>
public sealed record ReportBaselines(PublishedValue PooledFisher, PublishedValue Popularity)
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
