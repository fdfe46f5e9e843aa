// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Weir.Hosting.Metrics;

namespace Weir.Cli.Web;

/// <summary>Every metric's name, kind and sentence, as <c>docs/51-metrics.md</c> holds them.</summary>
internal static class MetricsDocs
{
    public static string Markdown(MetricsRegistry registry)
    {
        var text = new StringBuilder(
            $"""
            # Metrics

            Generated from the instruments' own descriptions; do not edit. Served at `/metrics` in Prometheus' text format, beside `/healthz` and `/readyz`.
            The only labels are {string.Join(", ", MetricNames.Labels.Select(l => $"`{l}`"))}; a subscriber's address is never one.
            Losses have names of their own: what was received equals what was handled plus every loss.
            A name says once what is counted; `_seconds`, `_bytes` and `_ratio` are units, `_total` ends every counter, as OpenTelemetry's names become Prometheus' names.

            | metric | kind | meaning |
            |---|---|---|

            """);
        foreach (var instrument in registry.Instruments)
        {
            text.Append($"| `{MetricNames.ToPrometheusName(instrument)}` | {MetricNames.Kind(instrument)} "
                + $"| {instrument.Description} |\n");
        }

        return text.ToString();
    }
}
