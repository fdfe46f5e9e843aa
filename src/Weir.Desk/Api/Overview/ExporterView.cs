// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Protocol;
using Weir.Desk.Collectors;

namespace Weir.Desk.Api.Overview;

/// <summary>Exporters and collectors as people read of them: which state, and where the data's way ends.</summary>
internal sealed class ExporterView(CollectorStatuses collectors)
{
    public const string Up = "up";
    public const string Silent = "silent";
    public const string Unread = "unread";
    public const string Losing = "losing";
    public const string Clock = "clock";
    public const string Unknown = "unknown";

    /// <summary>States in which nothing of an exporter is seen.</summary>
    public static bool IsDown(string state) => state is Silent or Unread or Unknown;

    /// <summary>Routers that send little send once in a few minutes.</summary>
    private static readonly TimeSpan SilentAfter = TimeSpan.FromMinutes(5);

    /// <summary>So many seconds off, times of flows are wrong.</summary>
    private const double ClockTolerance = 60;

    /// <summary>So much of what was sent, missing.</summary>
    private const double LossTolerance = 0.001;

    /// <summary>Most pressing first.</summary>
    private static readonly string[] Order = [Unread, Silent, Unknown, Losing, Clock, Up];

    public ExportersResponse Read() => new(
        [.. Exporters().OrderBy(one => Array.IndexOf(Order, one.State)).ThenBy(one =>
            one.Exporter, StringComparer.Ordinal)],
        [.. collectors.All.Select(Collector)]);

    /// <summary>Flows a second of all of them; null where nobody knows.</summary>
    public double? FlowsPerSecond() =>
        collectors.Exporters.Where(one => one.Rates is not null).Select(one =>
            one.Rates!.Value.Flows).ToList() is { Count: > 0 } rates
            ? rates.Sum()
            : null;

    /// <summary>Events that the detectors hold open.</summary>
    public long EventsOpen() => collectors.All.Sum(heard => heard.Status.Detected.Open);

    private IEnumerable<ExporterSummary> Exporters()
    {
        var parts =
            collectors.All.SelectMany(heard => heard.Status.Exporters.Select(one => (heard.Status.Name, One: one)))
            .ToLookup(one => (one.Name, one.One.Exporter), one => one.One);
        foreach (var heard in collectors.Exporters)
        {
            List<ExporterStatus> domains = [.. parts[(heard.Collector, heard.Exporter)]];
            var sum = new ExporterSummary(
                heard.Collector, heard.Exporter, Up,
                string.Join(", ",
                    domains.SelectMany(one => one.Protocol.Split(',')).Select(one => one.Trim()).Distinct()),
                Math.Max(0, heard.HeardAgo.TotalSeconds), heard.Rates?.Datagrams, heard.Rates?.Flows,
                domains.Sum(one => one.Datagrams), domains.Sum(one => one.Flows), heard.Missing,
                domains.Sum(one => one.Malformed), domains.Sum(one => one.TemplateUnknown),
                domains.Sum(one => one.Templates), heard.Sampling,
                domains.FirstOrDefault()?.SamplingSource ?? "",
                domains.Select(one => one.ClockSkewSeconds).DefaultIfEmpty().MaxBy(Math.Abs));
            yield return sum with { State = StateOf(sum, IsAway(heard.Collector)) };
        }
    }

    private bool IsAway(string collector) =>
        collectors.All.FirstOrDefault(one => one.Status.Name == collector) is { } heard
        && collectors.AgeOf(heard) > CollectorStatuses.SilentAfter;

    private static string StateOf(ExporterSummary one, bool isAway) =>
        isAway ? Unknown
        : one.HeardSecondsAgo > SilentAfter.TotalSeconds ? Silent
        : one is { DatagramsPerSecond: > 0, FlowsPerSecond: 0, TemplateUnknown: > 0 } ? Unread
        : one.Missing > LossTolerance * (one.Flows + one.Missing) ? Losing
        : Math.Abs(one.ClockSkewSeconds) > ClockTolerance ? Clock
        : Up;

    private CollectorSummary Collector(HeardStatus heard)
    {
        var age = collectors.AgeOf(heard);
        return new(
            heard.Status.Name, age.TotalSeconds, age > CollectorStatuses.SilentAfter, heard.Status.StartedAt,
            heard.Status.Listeners, heard.Status.Stopped, [.. Pipe(heard.Status)]);
    }

    /// <summary>What came through each stage and what ended there; losses without a stage of their own stand at the
    /// socket.</summary>
    private static IEnumerable<PipeStage> Pipe(CollectorStatus status)
    {
        var flows = status.Flows;
        var dropped = status.Losses.Where(loss =>
            loss.Unit.StartsWith("datagram", StringComparison.Ordinal)).Sum(loss => loss.Count);
        yield return new(
            "socket", flows.Datagrams, "datagrams", dropped,
            status.Stopped.Count > 0 ? string.Join("; ", status.Stopped)
                : flows.Datagrams == 0 ? $"nothing came to {string.Join(", ", status.Listeners)}" : "");
        yield return new(
            "decoded", flows.Datagrams - flows.Malformed, "datagrams", flows.Malformed,
            flows.Malformed > 0 ? "malformed messages" : "");
        yield return new(
            "template", flows.Read, "flows", flows.TemplateUnknown,
            flows.TemplateUnknown > 0 ? "data sets before their template" : "");
        var elsewhere = flows.Foreign + flows.Internal + flows.Excluded + flows.SeenTwice;
        yield return new(
            "attributed", flows.Attributed, "flows", flows.Unattributed + flows.Spoofed + flows.OutsideWindow,
            flows is { Read: > 0, Attributed: 0 } ? "no flow is of attributing.networks"
                : elsewhere > 0 ? FormattableString.Invariant($"{elsewhere} not about one subscriber's line") : "");
        var uncounted = status.Detected.NoRoom + status.Detected.Late + status.Detected.Ahead;
        yield return new(
            "detected", status.Detected.Counted, "flows", uncounted,
            uncounted > 0 ? "too late or too early for the detector's bins, or no room" : "");
        yield return new(
            "stored", status.Held.SpooledSegments, "segments waiting", 0,
            status.Held.SpooledSegments > 100 ? "segments wait for the store" : "");
    }
}
