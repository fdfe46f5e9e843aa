// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Wire;

namespace Weir.Desk.Reporting;

/// <summary>Turns events into the report's own records, as computed; the profile hides afterwards.</summary>
internal static class ReportEventMapper
{
    public static IReadOnlyList<ReportEvent> ToReportEvents(
        IReadOnlyList<QualityEvent> events, NetworkTable networks, bool inClear) =>
        [
            .. events.Select(e => new ReportEvent
            {
                Subject = inClear ? ClearSubjectText.Write(e.Subject, networks) : e.Subject.ToString(),
                Rule = e.Rule,
                RuleVersion = e.RuleVersion,
                TrafficClass = e.Class is { } about ? ToTrafficClass(about.Predicate) : null,
                From = DateTimeOffset.FromUnixTimeMilliseconds(e.FromMs),
                Until = DateTimeOffset.FromUnixTimeMilliseconds(e.UntilMs),
                Triggered = DateTimeOffset.FromUnixTimeMilliseconds(e.TriggeredMs),
                Measured = Math.Round(e.Measured, 1),
                Threshold = Math.Round(e.Threshold, 1),
                Unit = e.Unit,
                Window = e.WindowSeconds,
                SamplingRate = e.SamplingInterval,
                Exporter = e.Exporter == default || e.Exporter == IpKey.FromV4(0) ? "" : e.Exporter.ToString(),
                Detail = e.Detail,
            }),
        ];

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
