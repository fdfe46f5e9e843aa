// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Weir.Tests.House;

/// <summary>The layout is a promise; these tests keep it.</summary>
public partial class WallTests
{
    // Who may look at whom inside src/Weir. A stage sees what lies before it on the data's way, never after.
    private static readonly Dictionary<string, string[]> MayUse = new()
    {
        ["Flows"] = [],
        ["Collecting"] = ["Flows"],
        ["Decoding"] = ["Flows", "Collecting"],
        ["Attributing"] = ["Flows"],
        ["Matching"] = ["Flows", "Attributing"],
        ["Detecting"] = ["Flows", "Attributing"],
        ["Digesting"] = ["Flows", "Attributing"],
        ["Comparing"] = ["Flows", "Attributing", "Matching", "Auditing"],
        ["Auditing"] = [],
        ["Deciding"] = ["Flows", "Auditing"],
        ["Cases"] = ["Flows", "Attributing", "Matching", "Detecting", "Comparing", "Deciding", "Auditing"],
        ["Blocking"] = ["Flows", "Cases", "Auditing"],
        ["Notifying"] = ["Flows", "Cases", "Deciding", "Auditing"],
        ["Escalating"] = ["Flows", "Cases", "Deciding", "Auditing", "Blocking", "Notifying"],
    };

    private static readonly Dictionary<string, string[]> MayReference = new()
    {
        ["src/Weir.Wire/Weir.Wire.csproj"] = [],
        ["src/Weir/Weir.csproj"] = ["Weir.Wire"],
        ["src/Weir.Store/Weir.Store.csproj"] = ["Weir"],
        ["src/Weir.Cli/Weir.Cli.csproj"] = ["Weir.Store", "Weir.Vault", "Weir.Lab"],
        ["src/Weir.Vault/Weir.Vault.csproj"] = ["Weir"],
        ["lab/Weir.Lab/Weir.Lab.csproj"] = ["Weir.Wire"],
        ["bench/Weir.Bench/Weir.Bench.csproj"] = ["Weir.Cli"],
        ["tests/Weir.Tests/Weir.Tests.csproj"] = ["Weir.Cli", "Weir.Bench", "Weir.SpoolVictim"],
        ["tests/Weir.SpoolVictim/Weir.SpoolVictim.csproj"] = ["Weir.Cli"],
        ["tests/Weir.EndToEnd/Weir.EndToEnd.csproj"] = ["Weir.Cli", "Weir.SpoolVictim"],
    };

    [Fact]
    public void Stages_look_only_upstream()
    {
        var breaches =
            from file in Repository.Sources("src/Weir")
            let stage = file.Folder(under: "src/Weir")
            where MayUse.ContainsKey(stage)
            from Match use in UsesOfWeir().Matches(file.Text)
            let other = use.Groups["stage"].Value
            where MayUse.ContainsKey(other) && other != stage && !MayUse[stage].Contains(other)
            select $"{file.Path}: {stage} may not use {other}";

        Breaches.None(breaches.Distinct());
    }

    [Fact]
    public void Every_folder_of_the_stages_is_a_stage() =>
        Breaches.None(Repository.Sources("src/Weir").Select(f => f.Folder("src/Weir")).Where(f => f.Length > 0).Distinct().Except(MayUse.Keys));

    [Fact]
    public void Projects_reference_only_what_the_walls_allow()
    {
        var projects = Repository.AllPaths.Where(p => p.EndsWith(".csproj", StringComparison.Ordinal)).ToList();
        var breaches =
            from path in projects
            from reference in XDocument.Parse(Repository.Read(path)).Descendants("ProjectReference")
            let name = Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value)
            where !MayReference.TryGetValue(path, out var allowed) || !allowed.Contains(name)
            select $"{path} may not reference {name}";

        Assert.True(projects.Count >= 8);
        Breaches.None(breaches);
    }

    [Fact]
    public void The_codecs_have_no_packages_and_do_no_input_or_output()
    {
        Assert.Empty(XDocument.Parse(Repository.Read("src/Weir.Wire/Weir.Wire.csproj")).Descendants("PackageReference"));
        Breaches.None(Repository.Sources("src/Weir.Wire").Where(f => ReadsOrWrites().IsMatch(f.Text)).Select(f => f.Path));
    }

    [Fact]
    public void The_stages_know_nothing_of_the_store_and_the_program() =>
        Breaches.None(Repository.Sources("src/Weir").Where(f => f.Text.Contains("Weir.Store", StringComparison.Ordinal) || f.Text.Contains("Weir.Cli", StringComparison.Ordinal)).Select(f => f.Path));

    [GeneratedRegex(@"\bWeir\.(?<stage>\w+)")]
    private static partial Regex UsesOfWeir();

    [GeneratedRegex(@"\bFile\.|\bFileStream\b|System\.Net\.Http|\bnew Socket\b|\bUdpClient\b|\bILogger\b|\bConsole\.|Process\.Start")]
    private static partial Regex ReadsOrWrites();
}
