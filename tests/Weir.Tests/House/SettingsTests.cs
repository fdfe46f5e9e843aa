// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using System.Text.RegularExpressions;
using Weir.Cli.Configuring;
using Weir.Hosting.Configuration;

namespace Weir.Tests.House;

/// <summary>A setting is written once: one record at its component is the section, with its sentence, range, default
/// and checks. Nothing copies it, and no default of it stands elsewhere.</summary>
public sealed partial class SettingsTests
{
    private const string Root = "src/Weir.Cli/Configuring/WeirConfiguration.cs";

    /// <summary>Properties of the name and default of a setting that are another thing.</summary>
    private static readonly string[] Others =
    [
        "src/Weir.Desk/Notices/NoticeOptions.cs LongestWait", // of the way to the vault, not of alerts
        "src/Weir.Hosting/Channels/Mail.cs Language", // of mails that are no notices
    ];

    [Fact]
    public void Every_record_with_settings_is_a_section_of_the_configuration()
    {
        var reached = new HashSet<Type>();
        Reach(typeof(WeirConfiguration), reached);

        // What is governed stands in a file of its own, which two people sign.
        Reach(typeof(Weir.Hosting.Governance.GovernanceDocument), reached);

        Breaches.None(
            from assembly in new[] { typeof(WeirConfiguration).Assembly }.Concat(
                typeof(WeirConfiguration).Assembly.GetReferencedAssemblies()
                    .Where(name => name.Name!.StartsWith("Weir.", StringComparison.Ordinal)).Select(Assembly.Load))
            from type in assembly.GetTypes()
            where type.GetProperties().Any(property => property.GetCustomAttribute<SettingAttribute>() is not null)
                && !type.IsInterface && !reached.Contains(type) && !reached.Any(type.IsAssignableFrom)
            select $"{type.FullName} describes settings that no section of weir.yaml has");
    }

    [Fact]
    public void No_key_of_a_record_stands_twice()
    {
        var reached = new HashSet<Type>();
        Reach(typeof(WeirConfiguration), reached);

        Breaches.None(
            from type in reached
            from key in Schema.Of(type).GroupBy(setting => setting.Key)
            where key.Count() > 1
            select $"{type.FullName} has {key.Key} {key.Count()} times");
    }

    [Fact]
    public void A_section_stands_at_its_component() =>
        Breaches.None(
            from file in Repository.Sources("src/Weir.Cli")
            where file.Path != Root && file.Text.Contains("[Setting(", StringComparison.Ordinal)
            select $"{file.Path} describes settings; the record of a section lies in its component's folder");

    [Fact]
    public void Nothing_copies_settings_from_one_record_to_another() =>
        Breaches.None(
            from file in Repository.Sources("src/Weir.Cli/Processes").Concat(Repository.Sources("src/Weir.Cli/Configuring"))
            from name in FolderGraph.TypesOf(file)
            where name.EndsWith("Mapping", StringComparison.Ordinal) || name.EndsWith("Settings", StringComparison.Ordinal)
            select $"{file.Path} has {name}; a component takes its section as it is");

    [Fact]
    public void No_default_of_a_setting_stands_twice()
    {
        var defaults = Repository.Sources("src").SelectMany(file => Property().Matches(file.Text).Select(match => (
            file.Path, Name: match.Groups["name"].Value, Default: match.Groups["default"].Value,
            IsSetting: match.Groups["about"].Length > 0))).ToList();
        var settings = defaults.Where(one => one.IsSetting).ToLookup(one => (one.Name, one.Default), one => one.Path);

        Assert.True(settings.Count > 50, "the pattern finds settings no more");
        Breaches.None(
            from one in defaults
            where !one.IsSetting && settings.Contains((one.Name, one.Default))
                && !Others.Contains($"{one.Path} {one.Name}")
            select $"{one.Path} repeats the default {one.Default} of {one.Name} of "
                + $"{settings[(one.Name, one.Default)].First()}; refer to it");
    }

    private static void Reach(Type record, HashSet<Type> reached)
    {
        if (reached.Add(record))
        {
            foreach (var setting in Schema.Of(record))
            {
                if (setting.IsSection || setting.IsRecordList)
                {
                    Reach(setting.Item ?? setting.Type, reached);
                }
            }
        }
    }

    /// <summary>A property whose default is a number, a duration or a word.</summary>
    [GeneratedRegex(
        """
        (?<about>\[Setting\((?:"(?:[^"\\]|\\.)*"|[^"])*?\)\]\s*)?public [\w<>?.]+ (?<name>\w+) \{ get; init; \} =\s+(?<default>TimeSpan\.From\w+\([\d._]+\)|[\d._]+|"[^"]+");
        """)]
    private static partial Regex Property();
}
