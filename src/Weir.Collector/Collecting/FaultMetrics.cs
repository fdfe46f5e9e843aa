// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Weir.Wire;

namespace Weir.Collector.Collecting;

/// <summary>Malformed input by exporter and reason.</summary>
public sealed class FaultMetrics
{
    /// <param name="meters">Where the instrument is made.</param>
    /// <param name="faults">What is counted.</param>
    /// <param name="isNamed">Whether an exporter has series of its own.</param>
    public FaultMetrics(IMeterFactory meters, FaultLog faults, Func<IpKey, bool> isNamed)
    {
        // What an exporter without a name counted does not fall when it gets one.
        var others = new Dictionary<string, long>(StringComparer.Ordinal);
        meters.Create("Weir.Collecting").CreateObservableCounter(
            "weir.collecting.malformed_faults", () => Read(faults, isNamed, others), "{fault}",
            "Faults in what exporters sent, by the rule that was broken. \"other\" holds those of exporters that have "
                + "no series of their own, and what the bounded table had no place for.");
    }

    private static List<Measurement<long>> Read(
        FaultLog faults, Func<IpKey, bool> isNamed, Dictionary<string, long> others)
    {
        var all = faults.Counts.ToLookup(one => one.Exporter is { } exporter && isNamed(exporter));
        foreach (var rule in all[false].GroupBy(one => one.Rule))
        {
            others[rule.Key] = Math.Max(others.GetValueOrDefault(rule.Key), rule.Sum(one => one.Times));
        }

        return
        [
            .. all[true].Select(one => Of(one.Times, one.Exporter!.Value.ToString(), one.Rule)),
            .. others.Select(one => Of(one.Value, "other", one.Key)),
        ];
    }

    private static Measurement<long> Of(long times, string exporter, string rule) =>
        new(times, [new("exporter", exporter), new("reason", rule)]);
}
