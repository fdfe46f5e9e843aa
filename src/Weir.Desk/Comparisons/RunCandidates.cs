// SPDX-License-Identifier: Apache-2.0
//
// What two people have before them when they promote: a run's candidate with its figures as published, or, for a
// withheld one, orders of magnitude and no effect size, since that would tell the counts (rules.md R11).
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Weir.Contracts.Flows;
using Weir.Contracts.Reports;
using Weir.Desk.Promotion;
using Weir.Desk.Reporting;
using Endpoint = Weir.Contracts.Flows.Endpoint;

namespace Weir.Desk.Comparisons;

/// <summary>A withheld endpoint as it is kept beside its run.</summary>
internal sealed record WithheldRow(string Endpoint, string Status, string P, string Q)
{
    public IReadOnlyList<string> RestsOn { get; init; } = [];

    /// <summary>Reads a row; of an earlier Weir, whose rows were endpoints alone, no status is known and
    /// nothing is promoted.</summary>
    public static WithheldRow Of(JsonNode? node) =>
        node is JsonValue text
            ? new(text.GetValue<string>(), "", "", "")
            : node.Deserialize<WithheldRow>() ?? throw new JsonException("a withheld endpoint is damaged");
}

/// <summary>Candidates out of a run's files.</summary>
internal static class RunCandidates
{
    private const string Hidden = "withheld";

    public static string EndpointOf(ReportCandidate candidate) =>
        Endpoint.Write(candidate.Remote, candidate.Port, candidate.Protocol);

    /// <summary>The endpoint in a published report; null where it is not among its candidates.</summary>
    public static Candidate? Published(string run, Report report, Endpoint endpoint) =>
        report.Candidates.FirstOrDefault(c => EndpointOf(c) == endpoint.ToString()) is { } c
            ? new(endpoint, run, c.Status, c.P.ToString(), c.Q.ToString(), c.Ic.ToString(), c.Ic025.ToString(), "")
            {
                RestsOn = EndpointsOf(c.RestsOn),
                SeenUntil = report.Window.Until,
            }
            : null;

    /// <summary>A withheld row as a candidate; null where its endpoint cannot be read.</summary>
    public static Candidate? Withheld(string run, int number, WithheldRow row, DateTimeOffset seenUntil)
    {
        if (!Endpoint.TryParse(row.Endpoint, out var endpoint))
        {
            return null;
        }

        return new(
            endpoint, run, row.Status.Length > 0 ? row.Status
                : "of an earlier version's run", row.P, row.Q, Hidden, Hidden,
            string.Create(CultureInfo.InvariantCulture, $"{run}.{number}"))
        {
            RestsOn = EndpointsOf(row.RestsOn),
            SeenUntil = seenUntil,
        };
    }

    private static IReadOnlyList<Endpoint> EndpointsOf(IReadOnlyList<string> names) => names.Count == 0 ? [] :
        [.. names.Select(name => Endpoint.TryParse(name, out var endpoint) ? endpoint : default).Where(one =>
            one != default)];
}
