// SPDX-License-Identifier: Apache-2.0
//
// Sections of weir.yaml that stand in the governance instead (rules.md R24): any may, and those of this list should,
// because who changes them alone decides whom Weir believes and how long it remembers.
using Weir.Hosting.Configuration;

namespace Weir.Hosting.Governance;

/// <summary>The block of settings in a governance.</summary>
public static class GovernedSettings
{
    /// <summary>What each process needs before it can read a governance, and what a governance says
    /// elsewhere.</summary>
    private static readonly string[] Elsewhere = ["governance", "profile", "access"];

    /// <summary>Settings that two people should answer for.</summary>
    public static IReadOnlyList<string> Wanted { get; } =
    [
        "attributing.networks", "brake.lines", "brake.new-lines", "brake.settles", "collecting.corroborated-after",
        "collecting.exporters", "complaints.reporters", "decoding.exporters", "matching.allow",
        "matching.lists", "processes.revoked", "store.retention-days", "vault.event-keys",
        "vault.identity.retention-days",
        "vault.officers",
    ];

    /// <summary>What is wrong with a block, as the rest of a sentence.</summary>
    public static IEnumerable<string> Faults(string block)
    {
        if (block.Length == 0)
        {
            yield break;
        }

        var faults = new List<ConfigurationFault>();
        if (YamlTree.Read(block, faults) is not YamlMap map || faults.Count > 0)
        {
            yield return faults.Count > 0
                ? $"is no part of a weir.yaml: line {faults[0].Line} of it: {faults[0].Sentence}"
                : "is no part of a weir.yaml; write `settings: |` and below it sections as weir.yaml has them";
            yield break;
        }

        foreach (var (key, _) in map.Entries.Where(entry => Elsewhere.Contains(entry.Key.Text)))
        {
            yield return $"has {key.Text}, which does not belong there; a governance has its own lines for what is governed";
        }
    }

    /// <summary>The paths that a block says, to the value.</summary>
    public static IReadOnlyList<string> Paths(string block) =>
        YamlTree.Read(block, []) is YamlMap map ? [.. Paths(map, "")] : [];

    private static IEnumerable<string> Paths(YamlMap map, string path) => map.Entries.SelectMany(entry =>
        entry.Value is YamlMap inner ? Paths(inner, $"{path}{entry.Key.Text}.") : [path + entry.Key.Text]);
}
