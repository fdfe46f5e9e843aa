// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Weir.Collector.Owning;

/// <summary>How far the flows of another collector were taken; written down with the counts, so that the next run knows
/// what came already and what is missing.</summary>
/// <param name="Collector">Its name, as its certificate has it.</param>
/// <param name="Session">The run of it that sent.</param>
/// <param name="Sequence">Number of its last batch.</param>
/// <param name="Flows">Flows of that run that were taken.</param>
/// <param name="Taken">Flows of all its runs.</param>
/// <param name="Missing">Flows that this collector had answered for and a kill took out of its memory, over all
/// runs.</param>
public sealed record ForwarderPosition(
    string Collector, ulong Session, ulong Sequence, long Flows, long Taken, long Missing)
{
    /// <summary>A line of text without spaces but between its parts; <see cref="Parse"/> reads it.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Collector} {Session:x16} {Sequence} {Flows} {Taken} {Missing}");

    /// <summary>Null where it is none.</summary>
    public static ForwarderPosition? Parse(string line) =>
        line.Split(' ') is [var name, var session, var sequence, var flows, var taken, var missing]
        && ulong.TryParse(session, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var run)
        && ulong.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var last)
        && TryCount(flows, out var ofRun) && TryCount(taken, out var ofAll) && TryCount(missing, out var lost)
            ? new(name, run, last, ofRun, ofAll, lost) : null;

    private static bool TryCount(string word, out long count) =>
        long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out count);
}
