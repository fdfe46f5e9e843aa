// SPDX-License-Identifier: Apache-2.0
namespace Weir.Desk.Comparisons;

/// <summary>How the latest comparison went.</summary>
/// <param name="Done">Comparisons that ended in a report.</param>
/// <param name="Failed">Those that did not.</param>
/// <param name="LastAt">When the latest report was written.</param>
/// <param name="Took">How long it took.</param>
/// <param name="Fault">Why the latest one failed, or empty.</param>
internal sealed record ComparisonState(long Done, long Failed, DateTimeOffset? LastAt, TimeSpan Took, string Fault);
