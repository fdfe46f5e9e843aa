// SPDX-License-Identifier: Apache-2.0
using System.Collections;

namespace Weir.Hosting.Configuration;

/// <summary>A setting as a process has it.</summary>
/// <param name="Name">In full, such as <c>console.listen</c>.</param>
/// <param name="Value">As the file would write it; a secret as its reference, or masked; of a URL
/// no path and no query, which may hold one.</param>
/// <param name="Default">What holds where nothing is written; empty for nothing.</param>
/// <param name="Source"><see cref="SettingSources"/>.</param>
/// <param name="Line">Of the file, from 1; 0 where it is not in it.</param>
/// <param name="Meaning">What it sets.</param>
public sealed record SettingInForce(
    string Name, string Value, string Default, string Source, int Line, string Meaning);

/// <summary>Where a setting comes from.</summary>
public static class SettingSources
{
    public const string Usual = "default";
    public const string File = "file";
    public const string Governance = "governance";

    /// <summary>All settings of a configuration, in the schema's order; a list is one.</summary>
    /// <param name="settings">As they were read.</param>
    /// <param name="text">The file.</param>
    /// <param name="governed">What two people signed, as the same YAML; empty for nothing.</param>
    internal static IReadOnlyList<SettingInForce> Read(object settings, string text, string governed)
    {
        var own = Lines(YamlTree.Read(text, []) as YamlMap, "").DistinctBy(one => one.Path)
            .ToDictionary(one => one.Path, one => one.Line);
        var signed = Lines(YamlTree.Read(governed, []) as YamlMap, "").Select(one => one.Path).ToHashSet();
        return [.. Values(settings, "").Select(one => new SettingInForce(
            one.Name, one.Value, one.Usual, signed.Contains(one.Name) ? Governance
                : own.ContainsKey(one.Name) ? File : Usual,
            own.GetValueOrDefault(one.Name), one.Meaning))];
    }

    private static IEnumerable<(string Name, string Value, string Usual, string Meaning)> Values(
        object record, string path)
    {
        var sample = Activator.CreateInstance(record.GetType())!;
        foreach (var setting in Schema.Of(record.GetType()))
        {
            var name = path.Length == 0 ? setting.Key : $"{path}.{setting.Key}";
            var value = setting.Property.GetValue(record);
            if (setting.IsSection && value is not null)
            {
                foreach (var inner in Values(value, name))
                {
                    yield return inner;
                }
            }
            else
            {
                yield return (name, Text(setting, value), Text(setting, setting.Property.GetValue(sample)),
                    setting.About.Meaning);
            }
        }
    }

    private static string Text(Setting setting, object? value) => value switch
    {
        null => "",
        IEnumerable items when setting.Item is not null => string.Join("; ", items.Cast<object>().Select(item =>
            setting.IsRecordList ? Item(item) : Scalar(item))),
        _ => setting.IsSection ? "" : Scalar(value),
    };

    private static string Scalar(object value) =>
        (value as Uri ?? (value is string text && Uri.TryCreate(text, UriKind.Absolute, out var read) ? read : null))
            is { Scheme: "http" or "https" } uri && (uri.PathAndQuery != "/" || uri.UserInfo.Length > 0)
            ? Scalars.Write($"{uri.Scheme}://{uri.Authority}/***") : Scalars.Write(value);

    private static string Item(object item) => string.Join(", ", Schema.Of(item.GetType())
        .Select(part => (part.Key, Value: Text(part, part.Property.GetValue(item)))).Where(part => part.Value is not ("" or "\"\""))
        .Select(part => $"{part.Key}: {part.Value}"));

    private static IEnumerable<(string Path, int Line)> Lines(YamlMap? map, string path) =>
        map is null ? [] : map.Entries.SelectMany(entry => entry.Value is YamlMap inner
            ? Lines(inner, $"{path}{entry.Key.Text}.")
            : [(path + entry.Key.Text, entry.Key.Line)]);
}
