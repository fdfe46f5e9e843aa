// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Weir.Hosting.Sections;
using Weir.Store.Engine;

namespace Weir.Tests.House;

/// <summary>What docs/90-how-to-change.md promises of a store engine: a folder.</summary>
public sealed class StoreEngineTests
{
    private const string Store = "src/Weir.Store/";

    /// <summary>Found once: all sources are read for it.</summary>
    private static IReadOnlyList<SourceFile> Engines { get; } =
    [
        .. Repository.Sources("src").Where(file => file.Path.StartsWith(Store, StringComparison.Ordinal)
            && Regex.IsMatch(file.Text, @"class \w+ : IStoreEngine\b")),
    ];

    [Fact]
    public void The_engines_are_found() => Assert.Equal(
        ["Cluster", "Embedded", "Server"],
        Engines.Select(file => file.Path.Split('/')[^2]).Order(StringComparer.Ordinal));

    [Fact]
    public void Nobody_names_an_engine_but_another() => Breaches.None(
        from engine in Engines
        let folder = engine.Path[..(engine.Path.LastIndexOf('/') + 1)]
        let name = Path.GetFileNameWithoutExtension(engine.Path)
        from file in Repository.Sources("src")
        where !file.Path.StartsWith(folder, StringComparison.Ordinal)
            && Engines.All(other => !file.Path.StartsWith(
                other.Path[..(other.Path.LastIndexOf('/') + 1)], StringComparison.Ordinal))
        where Regex.IsMatch(file.Text, $@"\b{name}\b")
        select $"{file.Path} names {name}; FlowStore finds the engine that serves the section");

    [Theory]
    [InlineData(null, false, "EmbeddedEngine")]
    [InlineData("http://127.0.0.1:8123", false, "ServerEngine")]
    [InlineData(null, true, "ClusterEngine")]
    public void A_section_names_one(string? url, bool hasShards, string name)
    {
        var settings = new StoreOptions
        {
            Url = url is null ? null : new(url),
            Cluster = hasShards ? new() { Shards = [new() { Name = "a" }, new() { Name = "b" }] } : new(),
        };
        var serving = typeof(FlowStore).Assembly.GetTypes()
            .Where(type => type.IsClass && type.IsAssignableTo(typeof(IStoreEngine)))
            .Where(type => ((IStoreEngine)Activator.CreateInstance(type, nonPublic: true)!).Serves(settings));
        Assert.Equal([name], serving.Select(type => type.Name));
    }
}
