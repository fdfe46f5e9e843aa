// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Weir.Tests.House;

/// <summary>The layout is a promise; these tests keep it.</summary>
public partial class WallTests
{
    private static readonly string[] Processes = ["Weir.Collector", "Weir.Store", "Weir.Desk", "Weir.Vault"];

    private static readonly Dictionary<string, string[]> MayReference = new()
    {
        ["src/Weir.Wire/Weir.Wire.csproj"] = [],
        ["src/Weir.Contracts/Weir.Contracts.csproj"] = ["Weir.Wire"],
        ["src/Weir.Hosting/Weir.Hosting.csproj"] = ["Weir.Contracts"],
        ["src/Weir.Collector/Weir.Collector.csproj"] = ["Weir.Wire", "Weir.Contracts", "Weir.Hosting"],
        ["src/Weir.Store/Weir.Store.csproj"] = ["Weir.Wire", "Weir.Contracts", "Weir.Hosting"],
        ["src/Weir.Desk/Weir.Desk.csproj"] = ["Weir.Wire", "Weir.Contracts", "Weir.Hosting"],
        ["src/Weir.Vault/Weir.Vault.csproj"] = ["Weir.Wire", "Weir.Contracts", "Weir.Hosting"],
        ["src/Weir.Cli/Weir.Cli.csproj"] = ["Weir.Collector", "Weir.Store", "Weir.Desk", "Weir.Vault", "Weir.Lab"],
        ["lab/Weir.Lab/Weir.Lab.csproj"] = ["Weir.Wire"],
        ["bench/Weir.Bench/Weir.Bench.csproj"] = ["Weir.Cli"],
        ["tests/Weir.Tests/Weir.Tests.csproj"] = ["Weir.Cli", "Weir.Bench", "Weir.SpoolVictim"],
        ["tests/Weir.SpoolVictim/Weir.SpoolVictim.csproj"] = ["Weir.Cli"],
        ["tests/Weir.EndToEnd/Weir.EndToEnd.csproj"] = ["Weir.Cli", "Weir.SpoolVictim"],
    };

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
        Assert.Empty(
            XDocument.Parse(Repository.Read("src/Weir.Wire/Weir.Wire.csproj")).Descendants("PackageReference"));
        Breaches.None(
            Repository.Sources("src/Weir.Wire").Where(f => ReadsOrWrites().IsMatch(f.Text)).Select(f => f.Path));
    }

    [Fact]
    public void No_process_names_another()
    {
        var breaches =
            from process in Processes
            from file in Repository.Sources("src/" + process)
            from other in Processes
            where other != process && file.Text.Contains(other + ".", StringComparison.Ordinal)
            select $"{file.Path}: {process} may not know {other}";

        Breaches.None(breaches);
    }

    [GeneratedRegex(@"\bFile\.|\bFileStream\b|System\.Net\.Http|\bnew Socket\b|\bUdpClient\b|\bILogger\b|\bConsole\.|Process\.Start")]
    private static partial Regex ReadsOrWrites();
}
