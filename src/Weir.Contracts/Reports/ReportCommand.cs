// SPDX-License-Identifier: Apache-2.0
//
// What commands and what is commanded: evidence for each candidate, campaigns, and, in the lab, infections by line.
using System.Text.Json.Serialization;

namespace Weir.Contracts.Reports;

/// <summary>One feature that a candidate's <c>command</c> is made of.</summary>
/// <param name="Feature">Its name, such as <c>stays</c>.</param>
/// <param name="Value">0 to 1, or the word <c>undetermined</c> where the window does not tell.</param>
/// <param name="Words">What was seen.</param>
public sealed record ReportReason(string Feature, PublishedValue Value, string Words);

/// <summary>Endpoints with nearly the same infected users at nearly the same times.</summary>
public sealed record ReportCampaign
{
    /// <summary>Such as <c>c1</c>; within this report.</summary>
    public required string Id { get; init; }

    /// <summary>Its endpoints, <c>address:port/protocol</c>.</summary>
    public required IReadOnlyList<string> Endpoints { get; init; }

    /// <summary>Infected lines that took part.</summary>
    public PublishedValue Lines { get; init; }

    public DateTimeOffset From { get; init; }

    public DateTimeOffset Until { get; init; }

    /// <summary><c>web</c>, <c>mail</c>, <c>names</c>, <c>peers</c> or <c>service</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The endpoint of it with most evidence for command.</summary>
    public required string Representative { get; init; }

    /// <summary>What it looks like, in a sentence.</summary>
    public string Words { get; init; } = "";
}

/// <summary>The infections of one line; filled only in <c>lab</c>.</summary>
/// <param name="Subject">In clear.</param>
/// <param name="Infections">Different programs, as far as they can be told apart.</param>
public sealed record ReportLineInfections(string Subject, IReadOnlyList<ReportInfection> Infections);

/// <summary>One infection of a line.</summary>
/// <param name="Id">Such as <c>i1</c>: the same program on other lines bears the same id in this report.</param>
/// <param name="Endpoints">Endpoints of that family that this line used, without those in campaigns.</param>
/// <param name="Campaigns">Campaigns it took part in, by id.</param>
public sealed record ReportInfection(string Id, IReadOnlyList<string> Endpoints, IReadOnlyList<string> Campaigns)
{
    /// <summary><c>peer-to-peer</c> where the line is in a group of peers; left out otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Kind { get; init; }
}
