// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Collector.Corroborating;
using Weir.Collector.Decoding;
using Weir.Collector.Status;
using Weir.Desk.Reporting;

namespace Weir.Cli.Analysis;

/// <summary>What became of an exporter's records beside their flows, in words. Nothing is lost without one.</summary>
internal static class ExporterNotes
{
    /// <summary>Everything an operator should know about an exporter; empty where all is well.</summary>
    public static IEnumerable<string> From(ExporterReport exporter)
    {
        if (exporter.Transport != "udp")
        {
            yield return $"over {exporter.Transport}";
        }

        if (exporter.TemplateUnknown > 0)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{exporter.TemplateUnknown} data sets without their template")
                + (exporter.TemplatesMissing.Count > 0
                    ? $" (domain/id {string.Join(' ', exporter.TemplatesMissing)})" : "");
        }

        foreach (var domain in UnreadOf(exporter))
        {
            yield return $"of {domain}";
        }

        foreach (var (count, what) in ((IEnumerable<(long, string)>)
        [
            (exporter.Lost, "messages or records missing by sequence"),
            (exporter.Late, "messages came late"),
            (exporter.Restarts, "restarts"),
        ]).Where(one => one.Item1 > 0))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{count} {what}");
        }

        if (exporter.Numbering.Length > 0)
        {
            yield return exporter.Numbering;
        }

        if (ReportLimits.FarClock(exporter.ClockSkewSeconds) is { Length: > 0 } far)
        {
            yield return far;
        }

        if (StreamFigures.Explain(exporter.Standing, exporter.Strays) is { Length: > 0 } doubt)
        {
            yield return doubt;
        }

        foreach (var word in CountsOf(exporter.Counts))
        {
            yield return word;
        }

        foreach (var (rule, count) in exporter.Faults)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{count} faults: {rule}");
        }
    }

    /// <summary>Which observation domains lack a template, and how much of each is not read.</summary>
    public static IEnumerable<string> UnreadOf(ExporterReport exporter) => exporter.UnreadDomains.Select(one =>
        (one.Domain is { } domain
            ? string.Create(CultureInfo.InvariantCulture, $"domain {domain}") : "further domains together")
        + string.Create(CultureInfo.InvariantCulture, $": {one.Sets} data sets without their template")
        + (one.Records == 0 ? ""
            : string.Create(CultureInfo.InvariantCulture, $", {one.Records} records not read")));

    /// <summary>What is not nought, with its name: records that are no flow, and what was done to flows.</summary>
    public static IEnumerable<string> CountsOf(ExporterCounts counts) =>
        ((IEnumerable<(long Count, string What)>)
        [
            (counts.OptionsRecords, "options records"),
            (counts.NotFlows, "records without two ends, or events without counters"),
            (counts.CounterSamples, "counter samples"),
            (counts.OtherSamples, "samples of other formats"),
            (counts.NotIp, "packets that are not IP"),
            (counts.RepeatedTotals, "totals told again"),
            (counts.SetsReadLate, "sets read when their template came"),
            (counts.TimesReplaced, "flows with impossible times, given the export time"),
            (counts.ClocksReplaced, "flows of an exporter without a clock, given the time of arrival"),
            (counts.TimesFilled, "flows with a time left out"),
            (counts.SeenTwice, "flows told at the way out and the way in, counted once"),
            (counts.DroppedFlows, "flows of packets not forwarded"),
            (counts.InnerHeaders, "flows by the inner header"),
            (counts.OuterHeaders, "flows by the outer header"),
            (counts.UnrelatedSequences, "messages out of every sequence"),
            (counts.UnknownSampling, "flows of unknown sampling, counted as if all were exported: write "
                + "decoding.exporters[].sampling"),
        ]).Where(one => one.Count > 0)
        .Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Count} {one.What}"));
}
