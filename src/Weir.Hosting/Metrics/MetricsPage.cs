// SPDX-License-Identifier: Apache-2.0
//
// The page behind /metrics: Prometheus text exposition format 0.0.4. Every family has a HELP line with the sentence of
// its instrument; histograms are cumulated with le labels, as the format wants them.
using System.Globalization;
using System.Text;

namespace Weir.Hosting.Metrics;

public static class MetricsPage
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Render(MetricsRegistry registry)
    {
        var text = new StringBuilder();
        registry.Read(family =>
        {
            text.Append($"# HELP {family.Name} "
                + $"{family.Meaning.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\n");
            text.Append($"# TYPE {family.Name} {family.Kind}\n");
            foreach (var (labels, series) in family.All)
            {
                if (family.Kind == "histogram")
                {
                    Histogram(text, family, labels, series);
                }
                else
                {
                    Line(text, family.Name, labels, series.Sum);
                }
            }
        });
        return text.ToString();
    }

    private static void Histogram(StringBuilder text, MetricFamily family, string labels, Series series)
    {
        var before = labels.Length == 0 ? "" : $"{labels},";
        var sofar = 0L;
        for (var i = 0; i < series.Buckets.Length; i++)
        {
            sofar += series.Buckets[i];
            var bound = i < family.Bounds.Count ? Number(family.Bounds[i]) : "+Inf";
            Line(text, family.Name + "_bucket", $"{before}le=\"{bound}\"", sofar);
        }

        Line(text, family.Name + "_sum", labels, series.Sum);
        Line(text, family.Name + "_count", labels, series.Count);
    }

    private static void Line(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}
