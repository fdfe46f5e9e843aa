// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.RegularExpressions;

namespace Weir.Tests.Conformance;

/// <summary>Reads the printed output of a packet dissector: one line a sample, one line a record.</summary>
internal static partial class PrintedSamples
{
    public static List<Expected> Read(string path)
    {
        var found = new List<Expected>();
        foreach (var line in File.ReadLines(path))
        {
            if (Sample().Match(line) is { Success: true } sample)
            {
                found.Add(new Expected
                {
                    Packets = 1,
                    Sampling = uint.Parse(sample.Groups["rate"].Value, CultureInfo.InvariantCulture)
                });
            }
            else if (line.Contains("counter sample", StringComparison.Ordinal))
            {
                found.Add(new Expected { IsCounters = true });
            }
            else if (Frame().Match(line) is { Success: true } frame && found.Count > 0)
            {
                found[^1] =
                    found[^1] with { FrameOctets = ulong.Parse(frame.Groups["length"].Value, CultureInfo.InvariantCulture) };
            }
        }

        return found;
    }

    [GeneratedRegex(@"flow sample \(\d\).* rate (?<rate>\d+)")]
    private static partial Regex Sample();

    [GeneratedRegex(@"protocol \w+ \(\d+\), length (?<length>\d+)")]
    private static partial Regex Frame();
}
