// SPDX-License-Identifier: Apache-2.0
//
// Exact counts with the noise of their window, before anything is rounded or held back. Each subject of a line is in
// one group, so each cell of a line has a draw of its own and the line's total is their sum: a total with a draw beside
// would tell of every subject twice (docs/36-numbers.md). What a report does not give by group has one draw.
using Weir.Contracts.Noise;

namespace Weir.Store.Population;

/// <summary>Puts in the noise.</summary>
public static class NoisyTable
{
    /// <summary>How many subjects a day has by group: drawn once, for all reports of the day.</summary>
    public static NoisyBase BaseOf(PopulationWindow window, ExactTable table, IFigureNoise noise) => new(
        window.ToString(), table.Groups,
        [.. table.Bases.Select((subjects, g) => noise.Blur($"base in '{table.Groups[g]}'", subjects))]);

    /// <summary>The table as it may be made coarse and shown.</summary>
    public static ExactTable Blur(PopulationQuery question, ExactTable table, NoisyBase drawn, IFigureNoise noise) =>
        new(
        table.Groups, drawn.Subjects,
        [.. table.Lines.Select(line => question.Report.IsByGroup
            ? new ExactRow(line.Key, [.. line.Subjects.Select(
                (subjects, g) => noise.Blur($"{question.Report.Name} {line.Key} in '{table.Groups[g]}'", subjects))])
            : new ExactRow(line.Key, [noise.Blur($"{question.Report.Name} {line.Key}", line.Total)]))]);
}
