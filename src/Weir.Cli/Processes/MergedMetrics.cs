// SPDX-License-Identifier: Apache-2.0
//
// Pages of several processes as one, in Prometheus text exposition format: a family stands once, and where several
// processes have it each sample says whose it is.
using System.Text;

namespace Weir.Cli.Processes;

/// <summary>Merges pages of metrics.</summary>
internal static class MergedMetrics
{
    /// <param name="pages">Pages as processes serve them; empty where one does not answer.</param>
    public static string Merge(IReadOnlyList<(string Process, string Page)> pages)
    {
        var families = new SortedDictionary<string, Family>(StringComparer.Ordinal);
        foreach (var (process, page) in pages)
        {
            Read(process, page, families);
        }

        var text = new StringBuilder();
        foreach (var (_, family) in families)
        {
            family.Head.ForEach(line => text.Append(line).Append('\n'));
            var isShared = family.Samples.Select(sample => sample.Process).Distinct().Skip(1).Any();
            foreach (var (process, line) in family.Samples)
            {
                text.Append(isShared ? WithProcess(line, process) : line).Append('\n');
            }
        }

        return text.ToString();
    }

    private static void Read(string process, string page, SortedDictionary<string, Family> families)
    {
        Family? family = null;
        var isFirst = false;
        foreach (var line in page.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                var name = line.Split(' ', 4)[2];
                isFirst = !families.TryGetValue(name, out family);
                if (isFirst)
                {
                    families[name] = family = new Family();
                }
            }

            if (line[0] != '#')
            {
                family?.Samples.Add((process, line));
            }
            else if (isFirst)
            {
                family!.Head.Add(line);
            }
        }
    }

    /// <summary><c>name{a="b"} 1</c> → <c>name{a="b",process="store"} 1</c>.</summary>
    private static string WithProcess(string line, string process)
    {
        var end = line.LastIndexOf(' ');
        var series = line[..end];
        return series.EndsWith('}')
            ? $"{series[..^1]},process=\"{process}\"}}{line[end..]}"
            : $"{series}{{process=\"{process}\"}}{line[end..]}";
    }

    private sealed class Family
    {
        public List<string> Head { get; } = [];

        public List<(string Process, string Line)> Samples { get; } = [];
    }
}
