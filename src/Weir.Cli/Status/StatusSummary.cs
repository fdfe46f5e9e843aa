// SPDX-License-Identifier: Apache-2.0
//
// What runs, as weir status shows it and -o json writes it: read from the pages that every process serves to whoever
// watches it. Nothing about anybody.
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Cli.Processes;

namespace Weir.Cli.Status;

/// <summary>Something that a person must do.</summary>
/// <param name="Who">Operator, NOC, second person, privacy officer, two people, analyst.</param>
/// <param name="What">One sentence.</param>
/// <param name="Next">Where to look, or the command; empty where the sentence says it.</param>
internal sealed record StatusNeed(string Who, string What, string Next);

/// <param name="Collector">Who hears it.</param>
/// <param name="Exporter">Its address.</param>
/// <param name="DatagramsPerSecond">Over the last minute; null where nobody knows.</param>
/// <param name="FlowsPerSecond">Over the last minute; null where nobody knows.</param>
/// <param name="HeardSecondsAgo">Since its last datagram.</param>
/// <param name="Missing">Messages or flows missing by sequence since the start.</param>
/// <param name="Sampling">One packet in so many; null where nobody says.</param>
internal sealed record StatusExporter(
    string Collector, string Exporter, double? DatagramsPerSecond, double? FlowsPerSecond, double HeardSecondsAgo,
    double Missing, double? Sampling);

/// <summary>Null where the process that knows does not answer.</summary>
/// <param name="Open">Under way at collectors.</param>
/// <param name="Raised">Since collectors started.</param>
/// <param name="Handled">Taken by the desk since it started.</param>
/// <param name="Refused">Not believed by the desk.</param>
/// <param name="Waiting">In the desk's inbox and in collectors' outboxes.</param>
internal sealed record StatusEvents(double? Open, double? Raised, double? Handled, double? Refused, double? Waiting);

/// <param name="Backend">Routers or resolvers.</param>
/// <param name="Planned">Routes and records it should hold.</param>
/// <param name="Held">Those it does, read back.</param>
/// <param name="Peers">Neighbours and resolvers that stand.</param>
/// <param name="PeersBehind">Those that do not have all.</param>
/// <param name="IsReachable">Whether it answers.</param>
internal sealed record StatusBackend(
    string Backend, double Planned, double Held, double Peers, double PeersBehind, bool IsReachable);

/// <param name="List">Its name.</param>
/// <param name="Entries">In force.</param>
/// <param name="AgeSeconds">Since its publisher last said that this is it, or since the file was written; null without
/// a copy.</param>
/// <param name="IsTooOld">Older than max-age.</param>
/// <param name="FetchFailed">Whether the latest fetch failed; null where none was tried.</param>
/// <param name="NextFetchSeconds">Until the next one; null for a file.</param>
/// <param name="IsHeld">A copy waits for two people.</param>
/// <param name="RefusedLines">Lines that are no entry.</param>
internal sealed record StatusList(
    string List, double Entries, double? AgeSeconds, bool IsTooOld, bool? FetchFailed, double? NextFetchSeconds,
    bool IsHeld, double RefusedLines);

/// <param name="Process">Where it was lost.</param>
/// <param name="Metric">Its name at <c>/metrics</c>.</param>
/// <param name="Which">The label's value that says which; empty for all.</param>
/// <param name="What">In an operator's words.</param>
/// <param name="Count">Since that process started.</param>
internal sealed record StatusLoss(string Process, string Metric, string Which, string What, double Count);

/// <summary>One figure by a word.</summary>
/// <param name="Name">Such as a state.</param>
/// <param name="Count">How many.</param>
internal sealed record StatusCount(string Name, long Count);

/// <summary>All of it.</summary>
internal sealed record StatusSummary
{
    /// <summary><c>ok</c>, <c>needs-a-person</c> or <c>cannot-be-asked</c>.</summary>
    public required string State { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Profile { get; init; }

    /// <summary>Processes that do not answer: what they alone know is unknown, not nought.</summary>
    public IReadOnlyList<string> Unanswered { get; init; } = [];

    public required IReadOnlyList<StatusNeed> Needs { get; init; }

    public required IReadOnlyList<StatusExporter> Exporters { get; init; }

    public required StatusEvents Events { get; init; }

    public required IReadOnlyList<StatusCount> Cases { get; init; }

    public required IReadOnlyList<StatusCount> Scopes { get; init; }

    /// <summary>Blocks by state.</summary>
    public required IReadOnlyList<StatusCount> Blocks { get; init; }

    /// <summary>Blocks that should be in force and that nobody confirmed; null where the desk does not
    /// answer.</summary>
    public required double? BlocksNotInForce { get; init; }

    public required IReadOnlyList<StatusBackend> Backends { get; init; }

    public required IReadOnlyList<StatusList> Lists { get; init; }

    public required IReadOnlyList<StatusCount> Notices { get; init; }

    /// <summary>Age of the latest report; null before the first.</summary>
    public required double? ReportAgeSeconds { get; init; }

    public required IReadOnlyList<StatusLoss> Losses { get; init; }

    /// <summary>Health, what is not well first.</summary>
    public required IReadOnlyList<ProcessStatusRow> Parts { get; init; }

    /// <summary>The same with faults of the configuration by which the processes were found.</summary>
    public StatusSummary WithFaults(IEnumerable<string> faults)
    {
        StatusNeed[] needs = [.. faults.Select(fault => new StatusNeed("operator", fault, "")), .. Needs];
        return this with
        {
            Needs = needs, State = State == StatusReader.Ok && needs.Length > 0 ? StatusReader.NeedsPerson : State,
        };
    }

    /// <summary>Whether a process does not answer.</summary>
    public bool IsUnknown(string process) => Unanswered.Contains(process);

    public string ToJson() => JsonSerializer.Serialize(this, StatusJson.Default.StatusSummary);
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, WriteIndented = true, NewLine = "\n",
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(StatusSummary))]
internal sealed partial class StatusJson : JsonSerializerContext;
