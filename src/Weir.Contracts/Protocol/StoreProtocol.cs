// SPDX-License-Identifier: Apache-2.0
//
// What collectors and the desk ask of the store. Nothing here names an endpoint and gets subjects, but the look-back
// under the leave of two; rows leave for one scope that follows from its grounds, which the store checks itself.
// Figures of populations are made coarse before they are answered. Every request carries a number that stands on both
// chains.
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Contracts.Approvals;
using Weir.Contracts.Events;
using Weir.Contracts.Grounds;
using Weir.Contracts.Population;
using Weir.Contracts.Reports;
using Weir.Contracts.Signing;

namespace Weir.Contracts.Protocol;

/// <summary>Routes of the store, and who may call them.</summary>
public static class StoreRoutes
{
    /// <summary>Collector. POST <c>?name=…&amp;doubt=0|1</c>, the octets of a segment file →
    /// <see cref="SegmentReceipt"/>, once the engine holds all its rows.</summary>
    public const string Segments = "segments";

    /// <summary>Collector. POST <see cref="HeardTime"/> → <see cref="Done"/>: what exporters say the time is.</summary>
    public const string HeardTime = "heard-time";

    /// <summary>Desk. POST <see cref="EvidenceAsk"/> → <see cref="EvidenceRelease"/>.</summary>
    public const string ReadEvidence = "evidence/read";

    /// <summary>Desk. POST <see cref="EvidenceAsk"/> → <see cref="EvidenceCount"/>; no rows.</summary>
    public const string CountEvidence = "evidence/count";

    /// <summary>Desk. POST <see cref="EvidenceErasure"/> → <see cref="Done"/>, once no file holds them.</summary>
    public const string EraseEvidence = "evidence/erase";

    /// <summary>Desk. POST octets of an <see cref="AllowList"/> as JSON → <see cref="AllowListReceipt"/>.</summary>
    public const string AllowList = "allow-list";

    /// <summary>Desk. POST <see cref="CompareAsk"/> → <see cref="Comparison"/>; takes minutes.</summary>
    public const string Compare = "compare";

    /// <summary>Desk. POST <see cref="PopulationAsk"/> → <see cref="PopulationReply"/>.</summary>
    public const string Population = "population";

    /// <summary>Desk. POST <see cref="CollateralAsk"/> → <see cref="CollateralReply"/>.</summary>
    public const string Collateral = "collateral";

    /// <summary>Desk. POST <see cref="SightedAsk"/> → <see cref="SightedEndpoints"/>.</summary>
    public const string Sighted = "sighted-endpoints";

    /// <summary>Desk. POST <see cref="LookBackAsk"/> → <see cref="LookBackEvents"/>.</summary>
    public const string LookBack = "look-back";

    /// <summary>Desk. POST <see cref="NetworkDecision"/> → <see cref="Done"/>: two people released or dropped what the
    /// brake holds.</summary>
    public const string DecideNetwork = "held-networks/decide";

    /// <summary>Desk, operator, monitor. GET <c>?from=MS&amp;until=MS&amp;exporters=A,B</c>, ms since the UNIX epoch,
    /// exporters left out for all → <see cref="CoverageReply"/>.</summary>
    public const string Coverage = "coverage";

    /// <summary>Desk, operator, monitor. GET → <see cref="StoreHoldings"/>.</summary>
    public const string Retention = "retention";

    /// <summary>Everyone on the list. GET → <see cref="StoreStatus"/>.</summary>
    public const string Status = "status";
}

/// <summary>Codes of the store's refusals beside those that every process has, and those of
/// <see cref="GroundsFaults"/>, which stand as they are.</summary>
public static class StoreCodes
{
    /// <summary>422: a segment is torn, altered or no segment. The sender sets it aside.</summary>
    public const string DamagedSegment = "damaged-segment";

    /// <summary>409: the engine holds some rows of a segment, and not all. The sender sets it aside.</summary>
    public const string SegmentConflict = "segment-conflict";

    /// <summary>422: the engine cannot read a segment's rows. The sender sets it aside.</summary>
    public const string SegmentRefused = "segment-refused";

    /// <summary>503: the same segment is being inserted; again later.</summary>
    public const string SegmentUnderWay = "segment-under-way";

    /// <summary>503: the engine does not answer; the same again later.</summary>
    public const string StoreDown = "store-down";

    /// <summary>403: what is asked lies outside the order.</summary>
    public const string OutOfScope = "out-of-scope";

    /// <summary>403: the time in which something may come of the scope is over.</summary>
    public const string ScopeOver = "scope-over";

    /// <summary>403: a check after a clean-up is counted, never read.</summary>
    public const string CountOnly = "count-only";

    /// <summary>412: the store does not hold the allow-list of that digest; send it, then ask again.</summary>
    public const string AllowListUnknown = "allow-list-unknown";

    /// <summary>409: the window lies in two epochs, in which one subject has two names.</summary>
    public const string WindowOverEpochs = "window-over-epochs";

    /// <summary>409: outside the lab a window is whole UTC days, which are over and settled.</summary>
    public const string WindowOpen = "window-open";

    /// <summary>409: a comparison of another window with some of these days was published.</summary>
    public const string WindowOverlaps = "window-overlaps";

    /// <summary>409: the window was published under looser rules, and a window is published once.</summary>
    public const string BelowK = "below-k";

    /// <summary>410: the key of the window's noise is erased, and nothing was published of it before.</summary>
    public const string WindowErased = "window-erased";

    /// <summary>503: the key of the window's noise cannot be had.</summary>
    public const string NoNoiseKey = "no-noise-key";

    /// <summary>503: a comparison is under way.</summary>
    public const string CompareRunning = "compare-running";

    /// <summary>503: the key of the cohort's draw cannot be had.</summary>
    public const string NoCohortKey = "no-cohort-key";

    /// <summary>403: a promotion is not the leave of two people in different roles.</summary>
    public const string SecondPersonNeeded = "second-person-needed";

    /// <summary>403: a promotion is over, or not yet.</summary>
    public const string PromotionOver = "promotion-over";

    /// <summary>403: no comparison of this store found the endpoint that was promoted.</summary>
    public const string NotFoundHere = "not-found-here";

    /// <summary>403: the time looked back at is longer than rules allow.</summary>
    public const string TooFarBack = "too-far-back";

    /// <summary>True for a refusal after which a segment is to be set aside, not sent again.</summary>
    public static bool IsSetAside(string code) => code is DamagedSegment or SegmentConflict or SegmentRefused;
}

/// <summary>A segment whose rows the engine holds, all of them, once.</summary>
/// <param name="Name">As the sender calls it.</param>
/// <param name="Segment">Its number, 16 hexadecimal digits.</param>
/// <param name="Rows">How many.</param>
/// <param name="WasThere">They were there before.</param>
public sealed record SegmentReceipt(string Name, string Segment, long Rows, bool WasThere);

/// <summary>A question about the evidence of one scope.</summary>
/// <param name="Number">The request's own: see <see cref="RequestNumber"/>.</param>
/// <param name="Order">The scope with its grounds.</param>
/// <param name="Class">The part of its class that is asked for.</param>
/// <param name="FromMs">First flow start.</param>
/// <param name="UntilMs">First flow start that is not asked for.</param>
/// <param name="Fields">Fields that may be read: <see cref="Scopes.ScopeFields"/> as a number; others are 0.</param>
/// <param name="Limit">Most rows, 1 to <see cref="MaxRows"/>.</param>
public sealed record EvidenceAsk(
    string Number, ScopeOrderFields Order, ClassFields Class, long FromMs, long UntilMs, int Fields, int Limit)
{
    /// <summary>Most rows of one answer.</summary>
    public const int MaxRows = 100_000;

    /// <summary>Most octets of a question with its grounds.</summary>
    public const int MaxOctets = 2 << 20;
}

/// <summary>Rows that left the store.</summary>
/// <param name="Rows">Each as the octets that <see cref="Scopes.EvidenceDigest"/> is over, in base64.</param>
/// <param name="Total">How many there are, where not all are given.</param>
/// <param name="Digest">SHA-256 of the rows, lower-case hexadecimal, as it stands on the store's chain.</param>
/// <param name="Entry">Number of the entry on the store's chain.</param>
public sealed record EvidenceRelease(byte[] Rows, long Total, string Digest, long Entry);

/// <summary>How many rows there are.</summary>
public sealed record EvidenceCount(long Total, long Entry);

/// <summary>Scopes whose evidence goes for good.</summary>
public sealed record EvidenceErasure(string Number, IReadOnlyList<string> Scopes)
{
    /// <summary>Most scopes of one request.</summary>
    public const int MaxScopes = 1_000;
}

/// <summary>What any list allows, at the time of a comparison: the endpoints that are left out of it.</summary>
public sealed record AllowList(IReadOnlyList<AllowedNetwork> Networks)
{
    /// <summary>Most octets of its JSON.</summary>
    public const int MaxOctets = 64 << 20;
}

/// <summary>One entry.</summary>
/// <param name="Network">As CIDR.</param>
/// <param name="Port">0 = every port.</param>
/// <param name="Protocol">0 = every protocol that has ports.</param>
public sealed record AllowedNetwork(string Network, ushort Port, byte Protocol);

/// <summary>A list that the store holds now.</summary>
/// <param name="Digest">SHA-256 of its octets as sent, lower-case hexadecimal.</param>
/// <param name="Networks">Entries.</param>
public sealed record AllowListReceipt(string Digest, int Networks);

/// <summary>A run of the comparison.</summary>
/// <param name="Number">The request's own.</param>
/// <param name="FromMs">First millisecond compared; an hour that overlaps is in.</param>
/// <param name="UntilMs">End, exclusive.</param>
/// <param name="TwoWayOnly">Only contacts with packets both ways count; false where an exporter samples.</param>
/// <param name="AllowList">SHA-256 of the list sent before.</param>
/// <param name="Seed">What reproduces the run, together with the epoch's key.</param>
/// <param name="Q">False discovery rate.</param>
/// <param name="Strict">Benjamini–Yekutieli.</param>
/// <param name="K">Fewest subjects behind a figure; the store's own bound where that is more.</param>
/// <param name="TimeOrder">Whether exporters' clocks agree, so that the order of contacts can be believed.</param>
public sealed record CompareAsk(
    string Number, long FromMs, long UntilMs, bool TwoWayOnly, string AllowList, ulong Seed, double Q, bool Strict,
    int K, bool TimeOrder = true);

/// <summary>What a comparison found, as the store's profile lets it out.</summary>
/// <param name="Figures">Shaped.</param>
/// <param name="Withheld">Endpoints that are held back, for two people: no figures but orders of magnitude.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="PeakMemoryBytes">Peak resident octets of the store's processes.</param>
/// <param name="Digest">SHA-256 of the figures' JSON, as it stands on the store's chain.</param>
/// <param name="Entry">Number of that entry.</param>
public sealed record Comparison(
    ComparedFigures Figures, IReadOnlyList<WithheldEndpoint> Withheld, double Seconds, long PeakMemoryBytes,
    string Digest, long Entry)
{
    /// <summary>It was published before and is given as it was: no run was made.</summary>
    public bool WasKept { get; init; }

    /// <summary>Endpoints of our own list, as <c>192.0.2.7:443/tcp</c>, that the window upholds by cases of others'
    /// lists alone: for the machine, which renews them.</summary>
    public IReadOnlyList<string> Upheld { get; init; } = [];
}

/// <summary>An endpoint that was found and is not published.</summary>
/// <param name="Endpoint">As <c>192.0.2.7:443/tcp</c>.</param>
/// <param name="Status"><c>candidate</c> or <c>shared</c>.</param>
/// <param name="P">An order of magnitude.</param>
/// <param name="Q">The same.</param>
public sealed record WithheldEndpoint(string Endpoint, string Status, string P, string Q)
{
    /// <summary>Promoted endpoints without which it would not have been found.</summary>
    public IReadOnlyList<string> RestsOn { get; init; } = [];
}

/// <summary>A question to a fixed report.</summary>
/// <param name="Number">The request's own.</param>
/// <param name="Report">Name of a fixed report.</param>
/// <param name="Group">A network group; null for everybody.</param>
/// <param name="Window">A UTC day; null for the latest closed one.</param>
/// <param name="Endpoint">For the report that is about one.</param>
/// <param name="List">The list in force that names the endpoint, as the desk says; it stands on the store's chain. Null
/// where none does: then a comparison here has to have found it.</param>
public sealed record PopulationAsk(
    string Number, string Report, string? Group, string? Window, string? Endpoint, string? List = null);

/// <summary>The view, or why there is none.</summary>
/// <param name="View">Null where refused.</param>
/// <param name="Refusal"><see cref="PopulationRefusal"/> by name, such as <c>window-open</c>; null where
/// answered.</param>
/// <param name="Why">A sentence; empty where answered.</param>
public sealed record PopulationReply(PopulationView? View, string? Refusal, string Why);

/// <summary>How many a block would hit.</summary>
/// <param name="Number">The request's own.</param>
/// <param name="Target">The block's one line, as <see cref="Mitigation.MitigationTarget"/> writes it.</param>
/// <param name="InCases">Subjects that have a case, and are not counted.</param>
public sealed record CollateralAsk(string Number, string Target, IReadOnlyList<string> InCases)
{
    /// <summary>Most octets of a question.</summary>
    public const int MaxOctets = 16 << 20;
}

/// <summary>Counts alone (rules.md R15).</summary>
public sealed record CollateralReply(int NonCaseSubjects, int Subjects, DateTimeOffset CountedAt);

/// <summary>Which listed endpoints lines exchanged traffic with since a time.</summary>
public sealed record SightedAsk(string Number, long SinceMs, int K);

/// <summary>Listed endpoints that lines exchanged traffic with.</summary>
public sealed record SightedEndpoints(IReadOnlyList<SightedRow> Endpoints);

/// <summary>One of them.</summary>
/// <param name="Endpoint">The far end.</param>
/// <param name="FirstMs">Start of the first flow.</param>
/// <param name="LastMs">End of the last.</param>
/// <param name="LinesFrom">Low end of the band of the largest number of lines that a comparison of whole days since
/// told of it; 0 where none did, or they were fewer than k.</param>
public sealed record SightedRow(string Endpoint, long FirstMs, long LastMs, long LinesFrom);

/// <summary>A search for whoever met a promoted endpoint.</summary>
/// <param name="Number">The request's own.</param>
/// <param name="Promotion">The leave of two; it alone names the endpoint.</param>
/// <param name="FromMs">First millisecond; an hour that overlaps is in.</param>
/// <param name="UntilMs">End, exclusive; both in one epoch.</param>
public sealed record LookBackAsk(string Number, PromotionLeave Promotion, long FromMs, long UntilMs);

/// <summary>The leave of two people in different roles for one endpoint (rules.md R9, R11), with their signatures; null
/// in a lab, which has none.</summary>
public sealed record PromotionLeave(
    ulong Approval, string Endpoint, string AskedBy, string AskedRole, DateTimeOffset AskedAt, string GivenBy,
    string GivenRole, DateTimeOffset GivenAt, string Reason, SignedApproval? Signed = null);

/// <summary>Events that the store signed, earliest first. Beside them nothing says who or how many.</summary>
/// <param name="Events">Envelopes of type <c>event</c>, each found in digests.</param>
/// <param name="IsCut">There were more than one search gives.</param>
public sealed record LookBackEvents(IReadOnlyList<Envelope> Events, bool IsCut)
{
    /// <summary>Most events of one search.</summary>
    public const int Max = 10_000;
}

/// <summary>What the store holds.</summary>
/// <param name="Tables">By table and day; evidence by week.</param>
/// <param name="PopulationAnswers">Answers of the population plane that are kept.</param>
/// <param name="PairDays">Days that pairs and sightings are kept.</param>
/// <param name="EvidenceDays">Days after which evidence goes whatever the cases say.</param>
/// <param name="CoverageDays">Days that coverage is kept, which tells of no subject.</param>
public sealed record StoreHoldings(
    IReadOnlyList<HeldPartition> Tables, int PopulationAnswers, int PairDays, int EvidenceDays, int CoverageDays);

/// <summary>One partition.</summary>
/// <param name="Table"><c>pairs</c>, <c>sightings</c>, <c>coverage</c> or <c>evidence</c>.</param>
/// <param name="From">First day.</param>
/// <param name="Until">First day after it.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Octets">On disk.</param>
/// <param name="Scopes">Scopes of evidence; 0 for other tables.</param>
public sealed record HeldPartition(
    string Table, DateOnly From, DateOnly Until, long Rows, long Octets, long Scopes);

/// <summary>How the store is.</summary>
public sealed record StoreStatus
{
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Version of the engine.</summary>
    public required string Engine { get; init; }

    /// <summary>False while the embedded engine's process is being started again.</summary>
    public required bool IsRunning { get; init; }

    public required long Restarts { get; init; }

    public required long SegmentsTaken { get; init; }

    public required long RowsTaken { get; init; }

    /// <summary>Rows of segments that were sent again and were there.</summary>
    public required long RowsKnown { get; init; }

    /// <summary>Refusals since the start, by code.</summary>
    public required IReadOnlyDictionary<string, long> Refused { get; init; }

    /// <summary>What left, since the start, by route.</summary>
    public required IReadOnlyDictionary<string, long> Released { get; init; }

    /// <summary>Why segments wait; empty where they do not.</summary>
    public required string Fault { get; init; }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(HeardTime))]
[JsonSerializable(typeof(SegmentReceipt))]
[JsonSerializable(typeof(EvidenceAsk))]
[JsonSerializable(typeof(EvidenceRelease))]
[JsonSerializable(typeof(EvidenceCount))]
[JsonSerializable(typeof(EvidenceErasure))]
[JsonSerializable(typeof(AllowList))]
[JsonSerializable(typeof(AllowListReceipt))]
[JsonSerializable(typeof(CompareAsk))]
[JsonSerializable(typeof(Comparison))]
[JsonSerializable(typeof(ComparedFigures))]
[JsonSerializable(typeof(PopulationAsk))]
[JsonSerializable(typeof(PopulationReply))]
[JsonSerializable(typeof(CollateralAsk))]
[JsonSerializable(typeof(CollateralReply))]
[JsonSerializable(typeof(SightedAsk))]
[JsonSerializable(typeof(SightedEndpoints))]
[JsonSerializable(typeof(LookBackAsk))]
[JsonSerializable(typeof(LookBackEvents))]
[JsonSerializable(typeof(NetworkDecision))]
[JsonSerializable(typeof(CoverageReply))]
[JsonSerializable(typeof(StoreHoldings))]
[JsonSerializable(typeof(StoreStatus))]
[JsonSerializable(typeof(Done))]
public sealed partial class StoreJson : JsonSerializerContext;
