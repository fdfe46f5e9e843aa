// SPDX-License-Identifier: Apache-2.0
//
// Names and labels as Prometheus wants them: weir.collecting.received with unit By becomes
// weir_collecting_received_bytes_total. A unit in braces says what is counted and stays out of the name, which says it
// itself: weir.digesting.pairs_held with unit {pair} becomes weir_digesting_pairs_held. Labels outside a short list are
// dropped and their values summed up, so that a slip in an instrument cannot put a subscriber's address on the page.
//
// Standards: Prometheus text exposition format 0.0.4; UCUM units; OpenTelemetry, Prometheus and OpenMetrics
// compatibility.
using System.Diagnostics.Metrics;

namespace Weir.Hosting.Metrics;

public static class MetricNames
{
    /// <summary>The only labels there are. An exporter's address may be shown, a subscriber's never.</summary>
    public static readonly string[] Labels = [
        "act", "backend", "channel", "code", "collector", "exporter", "fate", "file", "folder", "lane", "list",
        "listener",
        "outbox", "outcome", "part", "peer", "reason", "role", "route", "rung", "source", "state", "unit"];

    private const string Total = "_total";

    /// <summary>Prometheus name of an instrument.</summary>
    public static string ToPrometheusName(Instrument instrument)
    {
        var name = instrument.Name.Replace('.', '_').Replace('-', '_');
        var isCounter = Kind(instrument) == "counter";
        if (isCounter)
        {
            name = Without(name, Total);
        }

        var unit = Unit(instrument);
        if (unit.Length > 0)
        {
            name = $"{Without(name, $"_{unit}")}_{unit}";
        }

        return isCounter ? name + Total : name;
    }

    /// <summary>Prometheus type of an instrument.</summary>
    public static string Kind(Instrument instrument)
    {
        var open = Open(instrument);
        return open == typeof(Counter<>) || open == typeof(ObservableCounter<>) ? "counter"
            : open == typeof(Histogram<>) ? "histogram"
            : "gauge";
    }

    /// <summary>The unit as a word: <c>By</c> is bytes, <c>s</c> seconds, <c>1</c> of a gauge a ratio,
    /// <c>{datagram}</c> nothing.</summary>
    public static string Unit(Instrument instrument) => instrument.Unit switch
    {
        null or "" or ['{', .., '}'] => "",
        "1" => Kind(instrument) == "gauge" && !IsSum(instrument) ? "ratio" : "",
        "By" => "bytes",
        "s" => "seconds",
        "ms" => "milliseconds",
        var other => other,
    };

    /// <summary>A gauge that is a sum of ups and downs.</summary>
    public static bool IsSum(Instrument instrument) =>
        Open(instrument) is var open && (open == typeof(UpDownCounter<>) || open == typeof(ObservableUpDownCounter<>));

    /// <summary>Labels of a measurement as they stand between the braces; empty when there are none.</summary>
    public static string LabelText(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return "";
        }

        var kept = new List<string>(tags.Length);
        foreach (var (key, value) in tags)
        {
            if (Labels.Contains(key))
            {
                kept.Add($"{key}=\"{Escaped($"{value}")}\"");
            }
        }

        kept.Sort(StringComparer.Ordinal);
        return string.Join(',', kept);
    }

    public static string Escaped(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Without(string name, string ending) =>
        name.EndsWith(ending, StringComparison.Ordinal) ? name[..^ending.Length] : name;

    private static Type Open(Instrument instrument) =>
        instrument.GetType() is { IsGenericType: true } type ? type.GetGenericTypeDefinition() : instrument.GetType();
}
