// SPDX-License-Identifier: Apache-2.0
//
// Names and labels as Prometheus wants them: weir.collecting.received with unit {datagram} becomes
// weir_collecting_received_datagrams_total. Labels outside a short list are dropped and their values summed up, so that
// a slip in an instrument cannot put a subscriber's address on the page.
//
// Standards: Prometheus text exposition format 0.0.4; UCUM units.
using System.Diagnostics.Metrics;

namespace Weir.Cli.Web;

internal static class MetricNames
{
    /// <summary>The only labels there are. An exporter's address may be shown, a subscriber's never.</summary>
    public static readonly string[] Labels = ["channel", "exporter", "lane", "list", "listener", "outcome", "part", "reason", "rung", "source", "state"];

    /// <summary>Prometheus name of an instrument.</summary>
    public static string ToPrometheusName(Instrument instrument)
    {
        var name = instrument.Name.Replace('.', '_').Replace('-', '_');
        var unit = Unit(instrument.Unit);
        if (unit.Length > 0 && !name.EndsWith($"_{unit}", StringComparison.Ordinal))
        {
            name += $"_{unit}";
        }

        return Kind(instrument) == "counter" ? name + "_total" : name;
    }

    /// <summary>Prometheus type of an instrument.</summary>
    public static string Kind(Instrument instrument)
    {
        var type = instrument.GetType();
        var open = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        return open == typeof(Counter<>) || open == typeof(ObservableCounter<>) ? "counter"
            : open == typeof(Histogram<>) ? "histogram"
            : "gauge";
    }

    /// <summary>The unit as a word: <c>{datagram}</c> is datagrams, <c>By</c> bytes, <c>s</c> seconds, <c>1</c> nothing.</summary>
    public static string Unit(string? unit) => unit switch
    {
        null or "" or "1" => "",
        "By" => "bytes",
        "s" => "seconds",
        "ms" => "milliseconds",
        ['{', .. var noun, '}'] => noun.EndsWith('s') ? noun : noun.EndsWith('y') ? $"{noun[..^1]}ies" : $"{noun}s",
        _ => unit,
    };

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
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
