// SPDX-License-Identifier: Apache-2.0
//
// Numbers of pages of metrics, to be asked by name and label. Prometheus text exposition format 0.0.4, as Weir's own
// pages write it: name{label="value",…} number.
using System.Globalization;
using System.Text;

namespace Weir.Cli.Status;

/// <summary>One number of a page.</summary>
/// <param name="Process">Whose it is: the label <c>process</c>, else whose page it stood on.</param>
/// <param name="Name">Of the metric.</param>
/// <param name="Labels">By name.</param>
/// <param name="Value">As it stands there.</param>
internal sealed record MetricSample(
    string Process, string Name, IReadOnlyDictionary<string, string> Labels, double Value)
{
    /// <summary>A label's value; empty where there is none.</summary>
    public string this[string label] => Labels.GetValueOrDefault(label, "");
}

/// <summary>All numbers of some pages.</summary>
internal sealed class MetricSamples
{
    private readonly ILookup<string, MetricSample> _samples;

    private MetricSamples(IEnumerable<MetricSample> samples) => _samples = samples.ToLookup(sample => sample.Name);

    /// <summary>Reads pages; a line that is no sample is passed over.</summary>
    public static MetricSamples Parse(IEnumerable<(string Process, string Page)> pages) => new(
        from page in pages
        from line in page.Page.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        where line[0] != '#'
        let sample = Read(page.Process, line)
        where sample is not null
        select sample);

    /// <summary>Every sample of a metric.</summary>
    public IEnumerable<MetricSample> Of(string name) => _samples[name];

    /// <summary>Whether anybody tells of it.</summary>
    public bool Has(string name) => _samples.Contains(name);

    /// <summary>A metric's sum over its samples.</summary>
    public double Sum(string name) => _samples[name].Sum(sample => sample.Value);

    /// <summary>Its sums by the values of a label, those that are nought left out.</summary>
    public IReadOnlyList<(string Value, long Count)> By(string name, string label) =>
    [
        .. _samples[name].GroupBy(sample => sample[label], StringComparer.Ordinal)
            .Select(same => (same.Key, (long)same.Sum(sample => sample.Value))).Where(one => one.Item2 != 0),
    ];

    private static MetricSample? Read(string process, string line)
    {
        var end = line.LastIndexOf(' ');
        if (end <= 0 || !double.TryParse(line.AsSpan(end + 1), CultureInfo.InvariantCulture, out var value))
        {
            return null;
        }

        var open = line.IndexOf('{', StringComparison.Ordinal);
        var labels = open < 0 || open > end ? [] : Labels(line[(open + 1)..end]);
        return new(
            labels.GetValueOrDefault("process", process), line[..(open < 0 || open > end ? end : open)], labels, value);
    }

    private static Dictionary<string, string> Labels(string text)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var at = 0; text.IndexOf("=\"", at, StringComparison.Ordinal) is var equals and >= 0;)
        {
            var value = new StringBuilder();
            var i = equals + 2;
            for (; i < text.Length && text[i] != '"'; i++)
            {
                value.Append(text[i] != '\\' || i + 1 == text.Length ? text[i] : text[++i] == 'n' ? '\n' : text[i]);
            }

            labels[text[at..equals].TrimStart(',')] = value.ToString();
            at = Math.Min(i + 1, text.Length);
        }

        return labels;
    }
}
