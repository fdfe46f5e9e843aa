// SPDX-License-Identifier: Apache-2.0
namespace Weir.Contracts.Reports;

/// <summary>What lines share that are infected by another definition than a listed endpoint: they were seen to attack,
/// or somebody reported them. Compared apart (statistics.md B.4.12). In the lab alone.</summary>
public sealed record ReportOtherCases
{
    /// <summary>Rules that made cases, or the file that names them.</summary>
    public IReadOnlyList<string> By { get; init; } = [];

    /// <summary>Lines that are cases by it.</summary>
    public long Lines { get; init; }

    /// <summary>Of these, lines that met nobody in the window, so that nothing of them was compared.</summary>
    public long NotSeen { get; init; }

    /// <summary>Of these, lines that a list makes a case too: what the lists know of them.</summary>
    public long AlsoListed { get; init; }

    /// <summary>Most evidence for command first. What the deeds themselves were about is not among them.</summary>
    public IReadOnlyList<ReportCandidate> Candidates { get; init; } = [];

    /// <summary>Endpoints that were found and left out, since the deeds were about them: the ports that were scanned,
    /// the stations that got the mail, the victims.</summary>
    public int OfTheDeeds { get; init; }

    /// <summary>What was tested, and whether it can be believed.</summary>
    public ReportFamily Family { get; init; } = new();
}
