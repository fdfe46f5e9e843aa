// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;

namespace Weir.Contracts.Population;

/// <summary>Why there is no answer.</summary>
public enum PopulationRefusal : byte
{
    /// <summary>Fewer active subjects than a report may be about.</summary>
    PopulationTooSmall = 1,

    /// <summary>The window was answered before under looser rules than are in force.</summary>
    BelowK,

    /// <summary>No report, group or window of that name.</summary>
    Unknown,

    /// <summary>The window has not ended, or what was heard in it may still be on its way.</summary>
    WindowOpen,

    /// <summary>The endpoint is the asker's own choice: on no list, and found by no comparison.</summary>
    EndpointNotListed,

    /// <summary>The endpoint was told of for that day, or often enough in that quarter.</summary>
    FiguresSpent,

    /// <summary>The noise of that day is erased, and nothing was published of it before.</summary>
    WindowErased,
}

/// <summary>A report for one reader: the whole, or one group.</summary>
/// <param name="Report">Its name.</param>
/// <param name="Window">As a population window is written.</param>
/// <param name="Group">The group, or empty for everybody.</param>
/// <param name="K">Fewest subjects behind a figure.</param>
/// <param name="Base">Active subjects.</param>
/// <param name="Lines">Key and cell.</param>
public sealed record PopulationView(
    string Report, string Window, string Group, int K, PublishedCell Base,
    IReadOnlyList<KeyValuePair<string, PublishedCell>> Lines);

/// <summary>A view, or why there is none.</summary>
/// <param name="View">Null where refused.</param>
/// <param name="Refusal">Null where answered.</param>
/// <param name="Why">A sentence for the one who asked; empty where answered.</param>
public sealed record PopulationOutcome(PopulationView? View, PopulationRefusal? Refusal, string Why);

/// <summary>Answers the fixed reports of the population plane.</summary>
public interface IPopulationReports
{
    /// <summary>Answers a question.</summary>
    /// <param name="name">Name of a fixed report.</param>
    /// <param name="group">A network group, or null for everybody.</param>
    /// <param name="window">A UTC day; null for the latest closed one.</param>
    /// <param name="endpoint">For the report that is about one.</param>
    /// <param name="cancel">Ends the wait.</param>
    Task<PopulationOutcome> QueryAsync(
        string name, string? group, string? window, Endpoint? endpoint, CancellationToken cancel);
}
