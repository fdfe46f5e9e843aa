// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Population;

namespace Weir.Store.Population;

/// <summary>One report over one window; its endpoint where it is about one. Groups are no part of it: an answer holds
/// all of them.</summary>
/// <param name="Report">Which report.</param>
/// <param name="Window">When.</param>
/// <param name="Endpoint">The endpoint of <see cref="PopulationKey.Endpoint"/>; null for every other.</param>
public sealed record PopulationQuery(PopulationReport Report, PopulationWindow Window, Endpoint? Endpoint = null)
{
    /// <summary>One canonical line: what the audit digests and what an answer is kept under.</summary>
    public override string ToString() => $"{Report.Name} {Window}{(Endpoint is { } endpoint ? $" {endpoint}" : "")}";
}

/// <summary>Exact counts of distinct subjects, by network group. Never leaves the machine.</summary>
/// <param name="Groups">Names; every subject is in exactly one, the empty name among them.</param>
/// <param name="Bases">Active subjects of each group.</param>
/// <param name="Lines">Cells by line and group.</param>
public sealed record ExactTable(IReadOnlyList<string> Groups, IReadOnlyList<long> Bases, IReadOnlyList<ExactRow> Lines)
{
    public long Base => Bases.Sum();
}

/// <summary>One line: how many subjects of each group.</summary>
public sealed record ExactRow(string Key, IReadOnlyList<long> Subjects)
{
    public long Total => Subjects.Sum();
}

/// <summary>The seam to the flow store: it counts distinct subjects, and nothing else comes back.</summary>
public interface IPopulationCounts
{
    Task<ExactTable> CountAsync(PopulationQuery question, CancellationToken cancel);
}

/// <summary>How many were active on a day, with noise: one for all reports of the day.</summary>
/// <param name="Window">The day, as <see cref="PopulationWindow"/> writes it.</param>
/// <param name="Groups">Names of groups.</param>
/// <param name="Subjects">By group, noisy.</param>
public sealed record NoisyBase(string Window, IReadOnlyList<string> Groups, IReadOnlyList<long> Subjects);

/// <summary>Answers that were given. What is kept is what was published; an exact count never is.</summary>
public interface IPopulationAnswers
{
    /// <summary>The answer given before, or null.</summary>
    Task<PopulationAnswer?> FindAsync(PopulationQuery question, CancellationToken cancel);

    /// <summary>The base of a day as its first report drew it, or null.</summary>
    Task<NoisyBase?> FindBaseAsync(PopulationWindow window, CancellationToken cancel);

    /// <summary>Keeps it durably, before a report of the day is shown to anybody.</summary>
    Task SaveBaseAsync(NoisyBase drawn, CancellationToken cancel);

    /// <summary>Keeps an answer durably; returns before it is shown to anybody.</summary>
    Task SaveAsync(PopulationAnswer answer, CancellationToken cancel);
}
