// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Wire;

namespace Weir.Desk.Reporting;

/// <summary>Turns events into the report's own records, as computed; the profile hides afterwards.</summary>
internal static class ReportEventMapper
{
    /// <summary>Events of one subject, rule and class of traffic are one row with how many they were and the span of
    /// all; what was measured is that of the gravest.</summary>
    public static IReadOnlyList<ReportEvent> ToReportEvents(
        IReadOnlyList<QualityEvent> events, NetworkTable networks, bool inClear) =>
        [
            .. from e in events
               group e by (e.Subject, e.Rule, Class: e.Class?.ToString() ?? e.Detail) into same
               select ToReportEvent([.. same], networks, inClear),
        ];

    private static ReportEvent ToReportEvent(QualityEvent[] same, NetworkTable networks, bool inClear)
    {
        var gravest = same.MaxBy(e => e.Measured / Math.Max(e.Threshold, 1e-9))!;
        return new()
        {
            Subject = inClear ? ClearSubjectText.Write(gravest.Subject, networks) : gravest.Subject.ToString(),
            Rule = gravest.Rule,
            RuleVersion = gravest.RuleVersion,
            TrafficClass = gravest.Class is { } about ? ToTrafficClass(about.Predicate) : null,
            Count = same.Length,
            From = DateTimeOffset.FromUnixTimeMilliseconds(same.Min(e => e.FromMs)),
            Until = DateTimeOffset.FromUnixTimeMilliseconds(same.Max(e => e.UntilMs)),
            Triggered = DateTimeOffset.FromUnixTimeMilliseconds(same.Min(e => e.TriggeredMs)),
            Measured = Math.Round(gravest.Measured, 1),
            Threshold = Math.Round(gravest.Threshold, 1),
            Unit = gravest.Unit,
            Window = gravest.WindowSeconds,
            SamplingRate = gravest.SamplingInterval,
            Exporter = gravest.Exporter == default || gravest.Exporter == IpKey.FromV4(0)
                ? "" : gravest.Exporter.ToString(),
            Detail = gravest.Detail,
        };
    }

    public static IReadOnlyList<ReportEventCount> Counts(IReadOnlyList<QualityEvent> events) =>
    [
        .. from e in events
           group e by e.Rule into rule
           orderby rule.Key
           select new ReportEventCount(rule.Key, rule.Count(), rule.Select(e => e.Subject).Distinct().Count()),
    ];

    private static ReportTrafficClass ToTrafficClass(FlowPredicate about) => new(
        FlowPredicate.ToName(about.Direction),
        Protocols.ToName(about.Protocol),
        about.SubjectPort != 0 ? about.SubjectPort : about.RemotePorts is [var port] ? port : null,
        [.. about.Remotes.Select(remote => remote.ToString())])
    {
        Ports = [.. about.RemotePorts.Select(port => (int)port)],
    };
}
