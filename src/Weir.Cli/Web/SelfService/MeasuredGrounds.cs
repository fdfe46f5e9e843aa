// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;

namespace Weir.Cli.Web.SelfService;

/// <summary>The figures of a scope's grounds, <c>80000 packets/s against 10000 in 10 s</c>, apart
/// from their words.</summary>
/// <param name="Measured">What was measured.</param>
/// <param name="Unit">As the rule writes it.</param>
/// <param name="Threshold">The threshold of the rule.</param>
/// <param name="Seconds">How long it was measured.</param>
internal sealed partial record MeasuredGrounds(string Measured, string Unit, string Threshold, string Seconds)
{
    /// <summary>Null where the grounds are of another form, as those of a complaint are.</summary>
    public static MeasuredGrounds? Read(string grounds) =>
        Form().Match(grounds) is { Success: true } read
            ? new(
                read.Groups["measured"].Value, read.Groups["unit"].Value, read.Groups["threshold"].Value,
                read.Groups["seconds"].Value)
            : null;

    [GeneratedRegex(@"^(?<measured>[\d.]+) (?<unit>[\w/ ]+) against (?<threshold>[\d.]+) in (?<seconds>\d+) s\z")]
    private static partial Regex Form();
}
