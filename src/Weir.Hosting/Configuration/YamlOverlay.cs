// SPDX-License-Identifier: Apache-2.0
//
// What is governed put into what a file says. A setting stands in one of the two: a file that says again what two
// people signed is refused, so that nobody reads one and gets the other. What comes from the governance has no line.
namespace Weir.Hosting.Configuration;

/// <summary>Puts one tree of settings into another.</summary>
internal static class YamlOverlay
{
    /// <summary>Both as one.</summary>
    /// <param name="own">What the file says; null for nothing.</param>
    /// <param name="governed">What was signed.</param>
    /// <param name="faults">What stands in both.</param>
    public static YamlPart Put(YamlPart? own, YamlMap governed, List<ConfigurationFault> faults) =>
        Put(own, governed, "", faults);

    private static YamlPart Put(YamlPart? own, YamlMap governed, string path, List<ConfigurationFault> faults)
    {
        if (own is null or YamlText { IsMissing: true })
        {
            return WithoutPlace(governed);
        }

        if (own is not YamlMap map)
        {
            return own;
        }

        var entries = map.Entries.ToList();
        foreach (var (key, value) in governed.Entries)
        {
            var name = path.Length == 0 ? key.Text : $"{path}.{key.Text}";
            var at = entries.FindIndex(entry => entry.Key.Text == key.Text);
            if (at < 0)
            {
                entries.Add((key with { Line = 0, Column = 0 }, WithoutPlace(value)));
            }
            else if (value is YamlMap inner && entries[at].Value is YamlMap or YamlText { IsMissing: true })
            {
                entries[at] = (entries[at].Key, Put(entries[at].Value, inner, name, faults));
            }
            else
            {
                faults.Add(new(entries[at].Key.Line, entries[at].Key.Column,
                    $"{name} is governed: two people signed it, "
                    + "and it stands in the governance alone; take it out here") { Path = name, IsTwice = true });
            }
        }

        return map with { Entries = entries };
    }

    private static YamlPart WithoutPlace(YamlPart part) => part switch
    {
        YamlMap map => new YamlMap(0, 0, [
            .. map.Entries.Select(entry => (entry.Key with { Line = 0, Column = 0 }, WithoutPlace(entry.Value)))]),
        YamlList list => new YamlList(0, 0, [.. list.Items.Select(WithoutPlace)]),
        YamlText text => text with { Line = 0, Column = 0 },
        _ => part,
    };
}
