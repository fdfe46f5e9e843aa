// SPDX-License-Identifier: Apache-2.0
//
// What goes out about a confirmed C&C: the endpoint, when it was seen here, and how many lines, as a band (rules.md
// R11, R16). Of the lines themselves there is nothing in it, so nothing that is made from it can hold any.
using System.Globalization;
using Weir.Contracts.Flows;

namespace Weir.Desk.Sharing;

/// <summary>How an endpoint came to be confirmed.</summary>
public enum ConfirmedBy : byte
{
    /// <summary>A list in force names it as a C&amp;C, and lines here exchanged traffic with it.</summary>
    Listed = 1,

    /// <summary>Two people promoted it.</summary>
    Promoted,
}

/// <summary>One confirmed endpoint. Times UTC.</summary>
public sealed record SharedEndpoint
{
    public required Endpoint Endpoint { get; init; }

    public required DateTimeOffset First { get; init; }

    public required DateTimeOffset Last { get; init; }

    /// <summary>From then on it should not be believed without a fresh report.</summary>
    public required DateTimeOffset ValidUntil { get; init; }

    /// <summary><c>&lt;10</c>, or a multiple of five.</summary>
    public required string Lines { get; init; }

    public required ConfirmedBy By { get; init; }

    /// <summary>Lists that name it; empty for a promoted one.</summary>
    public IReadOnlyList<string> Lists { get; init; } = [];

    /// <summary>Malware family as published, or empty.</summary>
    public string Family { get; init; } = "";

    /// <summary>0 to 100.</summary>
    public byte Confidence { get; init; } = 100;

    /// <summary>A count of distinct lines as it may leave (R11).</summary>
    /// <param name="lines">The count.</param>
    /// <param name="k">Below it only that it is below.</param>
    public static string Band(long lines, int k) =>
        lines < k
            ? string.Create(CultureInfo.InvariantCulture, $"<{k}")
            : string.Create(CultureInfo.InvariantCulture, $"{(lines + 2) / 5 * 5}");

    /// <summary>One sentence of where it comes from.</summary>
    public string Provenance =>
        $"{(By == ConfirmedBy.Promoted ? "Promoted by two people after a comparison" : $"Listed as a C&C by {string.Join(", ", Lists)}")}; lines that exchanged traffic with it: {Lines}.";
}

/// <summary>How far it may go on (FIRST, Traffic Light Protocol 2.0).</summary>
public enum Tlp : byte
{
    Clear = 1,
    Green,
    Amber,
    Red,
}

/// <summary>Who shares.</summary>
/// <param name="Name">The provider's name.</param>
/// <param name="Domain">Its domain.</param>
/// <param name="Contact">Its abuse desk's mail address.</param>
public sealed record Sharer(string Name, string Domain, string Contact);
