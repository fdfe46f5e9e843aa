// SPDX-License-Identifier: Apache-2.0
using Weir.Tests.Wire;
using Weir.Wire;

namespace Weir.Tests.Conformance;

/// <summary>What came of one case.</summary>
/// <param name="Events">Events the other collector told.</param>
/// <param name="Agree">Of them, those we read alike: a flow with the same fields, or no flow where none is.</param>
/// <param name="More">Flows of ours beyond theirs.</param>
/// <param name="Differences">Up to five sentences about the others.</param>
internal sealed record ConformanceResult(
    string Case, int Events, int Agree, int More, IReadOnlyList<string> Differences)
{
    public int Differ => Events - Agree;

    /// <summary>Holds what we found against what was expected; each of ours answers for one of theirs.</summary>
    public static ConformanceResult Compare(string name, IReadOnlyList<Expected> expected, Recorder found)
    {
        var agree = 0;
        var flows = 0;
        var differences = new List<string>();
        var unused = new List<FlowRecord>(found.Flows);
        var options = found.Samplings.Count + found.Ignored.Count(static what => what == IgnoredReason.Options);
        var counters = found.Ignored.Count(static what => what is IgnoredReason.Counters or IgnoredReason.OtherSample);
        var others = found.Ignored.Count(static what => what is IgnoredReason.NotAFlow or IgnoredReason.NotIp);
        var rates = found.Samplings.Select(static said => said.Interval).ToList();
        foreach (var wanted in expected)
        {
            // What counts nothing is sought among what gave no flow first: it fits every flow of its ends.
            var isNone = wanted is { IsFlow: false, IsOptions: false, IsCounters: false } && others > 0;
            var at = isNone ? -1 : unused.FindIndex(flow => wanted.FindDifference(in flow) is null);
            var alike = wanted switch
            {
                { IsOptions: true, Sampling: > 0 } => rates.Remove(wanted.Sampling.Value) && options-- > 0,
                { IsOptions: true } => options-- > 0,
                { IsCounters: true } => counters-- > 0,
                { IsFlow: false } => isNone ? others-- > 0 : at >= 0,
                _ => at >= 0,
            };
            if (alike)
            {
                agree++;
                flows += wanted.IsFlow ? 1 : 0;
                if (at >= 0 && wanted is { IsOptions: false, IsCounters: false })
                {
                    unused.RemoveAt(at);
                }
            }
            else if (differences.Count < 5)
            {
                differences.Add(Describe(wanted, unused));
            }
        }

        return new ConformanceResult(
            name, expected.Count, agree,
            Math.Max(0, unused.Count - (expected.Count(static wanted => wanted.IsFlow) - flows)), differences);
    }

    private static string Describe(Expected wanted, List<FlowRecord> unused)
    {
        if (!wanted.IsFlow)
        {
            return wanted.IsOptions
                ? "options data missing" : wanted.IsCounters ? "counters missing" : "record without two ends missing";
        }

        var near = unused.FindIndex(
            flow => flow.Source == IpKey.Parse(wanted.Source!) && flow.Destination == IpKey.Parse(wanted.Destination!));
        return near < 0 ? $"no flow {wanted.Source} → {wanted.Destination}" : wanted.FindDifference(unused[near])!;
    }
}
