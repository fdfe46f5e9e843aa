// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Weir.Contracts.Events;

namespace Weir.Tests.House;

/// <summary>What docs/90-how-to-change.md promises: a block backend is a folder and a line, and a quality rule stands
/// where it is judged and in the catalogue.</summary>
public sealed partial class BackendTests
{
    private const string Blocks = "src/Weir.Desk/Mitigation/";

    /// <summary>Rules are judged here, scored and tried out there.</summary>
    private static readonly string[] RulePlaces =
    [
        "src/Weir.Collector/Detecting/", "src/Weir.Contracts/Events/", "src/Weir.Cli/Scoring/",
        "src/Weir.Cli/SelfTesting/",
    ];

    /// <summary>Folders that register a backend.</summary>
    private static IReadOnlyList<string> Backends =>
    [
        .. Repository.Sources("src").Where(file => file.Path.StartsWith(Blocks, StringComparison.Ordinal)
                && file.Text.Contains("AddSingleton<IMitigationBackend>", StringComparison.Ordinal))
            .Select(file => Path.GetFileName(Path.GetDirectoryName(file.Path))!).Order(StringComparer.Ordinal),
    ];

    [Fact]
    public void The_backends_are_found() => Assert.Equal(["GoBgp", "Rpz"], Backends);

    /// <summary>The line is a section of the options; or one of the composition, where its settings are the whole
    /// section's.</summary>
    [Fact]
    public void A_block_backend_is_a_folder_and_a_line() => Assert.All(Backends, backend =>
    {
        var name = $@"\bWeir\.Desk\.Mitigation\.{backend};";
        var file = Assert.Single(
            Repository.Sources("src"),
            file => !file.Path.StartsWith($"{Blocks}{backend}/", StringComparison.Ordinal)
                && Regex.IsMatch(file.Text, name));
        _ = Assert.Single(file.Lines, line => Regex.IsMatch(line, $@"\.Add{backend}\(|public {backend}Options "));
    });

    /// <summary>One loop, one comparison: whoever writes a second has not looked.</summary>
    [Fact]
    public void Backends_are_kept_by_one_reconciler() => Breaches.None(
        from file in Repository.Sources("src")
        where file.Path != "src/Weir.Hosting/Blocking/MitigationReconciler.cs"
        where BackendCalls().IsMatch(file.Text)
        select $"{file.Path} asks a backend itself; MitigationReconciler does");

    [Fact]
    public void A_quality_rule_stands_where_it_is_judged_and_in_the_catalogue() => Breaches.None(
        from file in Repository.Sources("src")
        where !RulePlaces.Any(place => file.Path.StartsWith(place, StringComparison.Ordinal))
        from line in file.Lines.Index()
        where RuleNames().IsMatch(line.Item)
        select $"{file.Path}:{line.Index + 1}: {line.Item.Trim()}: ask the catalogue, DetectionRules");

    /// <summary>The row and the judgement, a type whose parts may be files; the threshold is an option beside it.</summary>
    [Fact]
    public void A_rule_is_named_by_two_types() => Assert.All(
        RuleId.All.Select(id => string.Concat(id.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]))),
        name => Assert.InRange(
            Repository.Sources("src").Where(file => RulePlaces[..2].Any(
                    place => file.Path.StartsWith(place, StringComparison.Ordinal))
                && Regex.IsMatch(file.Text, $@"\bRuleId\.{name}\b"))
                .DistinctBy(file => Path.GetFileName(file.Path).Split('.')[0]).Count(),
            2, 2));

    [GeneratedRegex(@"\bRuleId\.(?!All\b)[A-Z]\w+|RuleId \w+ = ")]
    private static partial Regex RuleNames();

    [GeneratedRegex(@"\b[Bb]ackend\.(AnnounceAsync|WithdrawAsync|ReachAsync|ReadAsync)\(")]
    private static partial Regex BackendCalls();
}
