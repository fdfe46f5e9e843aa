// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.RegularExpressions;
using Weir.Contracts.Policy;
using Weir.EndToEnd.Support;
using Weir.Hosting.Auditing;

namespace Weir.EndToEnd;

/// <summary>The program examines itself, as whoever installs it is asked to do first.</summary>
public sealed partial class SelftestTests
{
    private const int Examples = 19;

    /// <summary>Worked examples and attacks together, at least.</summary>
    private const int Fewest = 40;

    [GeneratedRegex("^(?<mark>ok  |FAIL) (?<number>[ 1][0-9])  (?<situation>[^:]{8,}.*): "
        + "(?<decisions>[a-z][a-z0-9-]*(, [a-z][a-z0-9-]*)*)$")]
    private static partial Regex Line();

    [GeneratedRegex("^ok   attack (?<number>[0-9]+), (?<who>[a-z ]+): (?<what>.{5,}): (?<came>[a-z][a-z0-9-]*(, [a-z][a-z0-9-]*)*)$")]
    private static partial Regex Attack();

    [Fact]
    public async Task The_rules_hold_in_the_program_as_built_and_each_line_names_situation_decision_and_code()
    {
        var result = await WeirProcess.RunAsync("selftest", "--rules");

        var lines = result.Out.TrimEnd().Split('\n');
        Assert.True(result.ExitCode == 0, result.Out + result.Error);
        Assert.Equal($"{lines.Length - 1}/{lines.Length - 1}", lines[^1]);
        Assert.True(lines.Length > Fewest, $"{lines.Length - 1} rows are played");
        var attacks = lines[Examples..^1].Select(line => Attack().Match(line)).ToList();
        Assert.All(attacks.Zip(lines[Examples..]), pair =>
            Assert.True(pair.First.Success, $"'{pair.Second}' does not name who, what and the refusal"));
        Assert.Superset(
            new HashSet<string> { "1", "4", "5", "7", "17", "27", "28", "29" },
            attacks.Select(attack => attack.Groups["number"].Value).ToHashSet());
        var told = lines[..Examples].Select(line => Line().Match(line)).ToList();
        Assert.All(told.Zip(lines), pair =>
            Assert.True(pair.First.Success, $"'{pair.Second}' does not name situation and decisions"));
        Assert.Equal(Enumerable.Range(1, Examples), told.Select(line =>
            int.Parse(line.Groups["number"].Value, CultureInfo.InvariantCulture)));
        Assert.All(told, line => Assert.Equal("ok  ", line.Groups["mark"].Value));
        Assert.Equal(Examples, told.Select(line => line.Groups["situation"].Value).Distinct().Count());

        HashSet<string> codes = [AuditActions.Allow, .. Enum.GetValues<DenyCode>().Select(DenyCodes.ToName)];
        Assert.All(told, line =>
            Assert.All(line.Groups["decisions"].Value.Split(", "), decision => Assert.Contains(decision, codes)));

        string[] Decisions(int number) => told[number - 1].Groups["decisions"].Value.Split(", ");
        Assert.Contains("out-of-scope", Decisions(2));
        Assert.Contains("population-plane-only", Decisions(6));
        Assert.Contains("no-trigger", Decisions(9));
        Assert.Contains("population-too-small", Decisions(11));
        Assert.Contains("aggregates-only", Decisions(17));
        Assert.All([1, 3, 5], number => Assert.Contains("allow", Decisions(number)));
    }

    [Fact]
    public async Task Without_an_option_the_labelled_runs_are_found()
    {
        var result = await WeirProcess.RunAsync("selftest");

        var lines = result.Out.TrimEnd().Split('\n');
        Assert.True(result.ExitCode == 0, result.Out + result.Error);
        Assert.All(lines[..^1], line => Assert.StartsWith("ok ", line, StringComparison.Ordinal));
        Assert.Equal($"{lines.Length - 1}/{lines.Length - 1}", lines[^1]);
        Assert.True(lines.Length > 1, "nothing was checked");
    }
}
