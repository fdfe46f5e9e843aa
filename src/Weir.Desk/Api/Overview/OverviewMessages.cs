// SPDX-License-Identifier: Apache-2.0
//
// What stands on a wall: counts and states of routers, processes, lists and blocks. No case and no line is in any of
// it, so that nothing of it needs a decision.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Desk.Api.Overview;

/// <summary>One exporter as its collector tells of it. Counts are since the collector's start.</summary>
/// <param name="Collector">Its collector's name.</param>
/// <param name="Exporter">Address of the router.</param>
/// <param name="State">up, silent, unread (it sends, and nothing of it can be decoded), losing, clock (over a minute
/// off) or unknown (its collector says nothing).</param>
/// <param name="Protocols">Heard, separated by commas.</param>
/// <param name="HeardSecondsAgo">Since its last datagram.</param>
/// <param name="DatagramsPerSecond">Over the last minute; null where it is not known.</param>
/// <param name="FlowsPerSecond">Over the last minute; null where it is not known.</param>
/// <param name="Datagrams">Taken.</param>
/// <param name="Flows">Decoded.</param>
/// <param name="Missing">Sequence units that never came.</param>
/// <param name="Malformed">Messages that could not be read.</param>
/// <param name="TemplateUnknown">Data sets skipped because their template had not come.</param>
/// <param name="Templates">Held.</param>
/// <param name="Sampling">One packet in so many; 0 where nobody says.</param>
/// <param name="SamplingSource">Who says so.</param>
/// <param name="ClockSkewSeconds">Our clock minus the exporter's.</param>
internal sealed record ExporterSummary(
    string Collector, string Exporter, string State, string Protocols, double HeardSecondsAgo,
    double? DatagramsPerSecond, double? FlowsPerSecond, long Datagrams, long Flows, long Missing, long Malformed,
    long TemplateUnknown, int Templates, long Sampling, string SamplingSource, double ClockSkewSeconds);

/// <summary>A stage of the data's way through one collector.</summary>
/// <param name="Stage">socket, decoded, template, attributed, detected or stored.</param>
/// <param name="Passed">That came through, since the collector's start.</param>
/// <param name="Unit">Of it: datagrams, flows or segments.</param>
/// <param name="Lost">That ended here.</param>
/// <param name="Fault">Why, in words; empty for nothing.</param>
internal sealed record PipeStage(string Stage, long Passed, string Unit, long Lost, string Fault);

/// <param name="Name">Of the collector.</param>
/// <param name="HeardSecondsAgo">Since it last spoke.</param>
/// <param name="IsSilent">It has said nothing for so long that what stands here is old.</param>
/// <param name="Started">When it started.</param>
/// <param name="Listeners">Sockets, as addresses.</param>
/// <param name="Stopped">Why intake stands still; empty where it runs.</param>
/// <param name="Pipe">The data's way, in its order.</param>
internal sealed record CollectorSummary(
    string Name, double HeardSecondsAgo, bool IsSilent, DateTimeOffset Started, IReadOnlyList<string> Listeners,
    IReadOnlyList<string> Stopped, IReadOnlyList<PipeStage> Pipe);

/// <param name="Exporters">Those that need somebody first.</param>
/// <param name="Collectors">By name.</param>
internal sealed record ExportersResponse(
    IReadOnlyList<ExporterSummary> Exporters, IReadOnlyList<CollectorSummary> Collectors);

/// <param name="Part">What it is about.</param>
/// <param name="State">ok, degraded or failing.</param>
/// <param name="Ready">Whether it has begun its work.</param>
/// <param name="Reason">In an operator's words; empty where all is well.</param>
/// <param name="Since">Since when it has been so.</param>
internal sealed record HealthPart(string Part, string State, bool Ready, string Reason, DateTimeOffset Since);

/// <param name="State">Of the worst part.</param>
/// <param name="Profile">The policy's name.</param>
/// <param name="Parts">Of the desk; those that are not well first.</param>
internal sealed record HealthResponse(string State, string Profile, IReadOnlyList<HealthPart> Parts);

/// <param name="Open">Case files that are not closed.</param>
/// <param name="NewToday">Opened within 24 hours.</param>
/// <param name="Floods">Open ones of floods.</param>
/// <param name="Nobodys">Open ones without an assignee.</param>
internal sealed record CaseCounts(int Open, int NewToday, int Floods, int Nobodys);

/// <param name="Name">Of the rule or the family.</param>
/// <param name="Open">Open case files.</param>
/// <param name="NewToday">Of these, opened within 24 hours.</param>
internal sealed record OpenCount(string Name, int Open, int NewToday);

/// <param name="InForce">Blocks that a router or resolver answered that it holds.</param>
/// <param name="NotHeld">Approved ones that none of them confirms.</param>
/// <param name="InPart">Of those in force, such that some neighbour or resolver does not hold.</param>
/// <param name="Planned">That wait for a second person.</param>
/// <param name="IsEnforced">False: a dry run, nothing is announced.</param>
internal sealed record BlockCounts(int InForce, int NotHeld, int InPart, int Planned, bool IsEnforced);

/// <param name="Waiting">Requests that wait for a second person.</param>
/// <param name="Oldest">When the first of them was asked.</param>
internal sealed record ApprovalCounts(int Waiting, DateTimeOffset? Oldest);

/// <summary>Something that somebody has to do.</summary>
/// <param name="Kind">exporter, health, flood, block, block-part, neighbour, garden, approval, plan or list.</param>
/// <param name="Urgency">act or look.</param>
/// <param name="Subject">Which exporter, part, block or list; empty where it is a count.</param>
/// <param name="Text">In words; empty where the kind and the count say it.</param>
/// <param name="Count">How many.</param>
/// <param name="Since">Since when; null where it is not known.</param>
internal sealed record NeedSummary(
    string Kind, string Urgency, string Subject, string Text, int Count, DateTimeOffset? Since);

/// <summary>How it stands, in numbers. What the caller's role may not count is null.</summary>
/// <param name="At">When this was read.</param>
/// <param name="Profile">The policy's name.</param>
/// <param name="Health">ok, degraded or failing.</param>
/// <param name="FlowsPerSecond">Of all exporters, over the last minute; null where none is known.</param>
/// <param name="Rates">Flows a second, a value a minute, oldest first, six hours at most.</param>
/// <param name="Exporters">Known.</param>
/// <param name="ExportersUp">Of these, such that something is seen of.</param>
/// <param name="ExportersByState">Those in another state than up, by state.</param>
/// <param name="EventsOpen">Of the detector.</param>
/// <param name="Listed">Entries of lists of C&amp;Cs in force.</param>
/// <param name="Cases">Case files.</param>
/// <param name="Rules">Open case files by what opened them, most first.</param>
/// <param name="Families">Open case files by what lists call their endpoints, most first.</param>
/// <param name="Blocks">Blocks.</param>
/// <param name="Approvals">Requests.</param>
/// <param name="Needs">Most urgent first.</param>
internal sealed record NowResponse(
    DateTimeOffset At, string Profile, string Health, double? FlowsPerSecond, IReadOnlyList<double> Rates,
    int Exporters,
    int ExportersUp, IReadOnlyList<OpenCount> ExportersByState, long EventsOpen, int Listed, CaseCounts? Cases,
    IReadOnlyList<OpenCount> Rules, IReadOnlyList<OpenCount> Families, BlockCounts? Blocks, ApprovalCounts? Approvals,
    IReadOnlyList<NeedSummary> Needs);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ExportersResponse))]
[JsonSerializable(typeof(HealthResponse))]
[JsonSerializable(typeof(NowResponse))]
[JsonSerializable(typeof(OversightResponse))]
internal sealed partial class OverviewJson : JsonSerializerContext;
