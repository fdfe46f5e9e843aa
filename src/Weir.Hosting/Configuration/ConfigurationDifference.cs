// SPDX-License-Identifier: Apache-2.0
using System.Collections;

namespace Weir.Hosting.Configuration;

/// <summary>Which settings differ between two readings of one configuration.</summary>
internal static class ConfigurationDifference
{
    /// <summary>Full names in the schema's order, such as <c>detecting.floors.out</c>; a list is one setting.</summary>
    public static IReadOnlyList<string> Between<T>(T before, T after)
        where T : class
    {
        var names = new List<string>();
        Compare(before, after, "", names);
        return names;
    }

    private static void Compare(object before, object after, string path, List<string> names)
    {
        foreach (var setting in Schema.Of(before.GetType()))
        {
            var name = path.Length == 0 ? setting.Key : $"{path}.{setting.Key}";
            var (old, next) = (setting.Property.GetValue(before), setting.Property.GetValue(after));
            if (old is null || next is null)
            {
                if (!ReferenceEquals(old, next))
                {
                    names.Add(name);
                }
            }
            else if (setting.IsSection)
            {
                Compare(old, next, name, names);
            }
            else if (setting.Item is not null
                ? !IsSameList(setting, (IEnumerable)old, (IEnumerable)next)
                : Text(old) != Text(next))
            {
                names.Add(name);
            }
        }
    }

    private static bool IsSameList(Setting setting, IEnumerable before, IEnumerable after)
    {
        object[] old = [.. before.Cast<object>()];
        object[] next = [.. after.Cast<object>()];
        return old.Length == next.Length && old.Zip(next).All(pair => setting.IsRecordList
            ? IsSameRecord(pair.First, pair.Second) : Text(pair.First) == Text(pair.Second));
    }

    private static bool IsSameRecord(object before, object after)
    {
        var names = new List<string>();
        Compare(before, after, "", names);
        return names.Count == 0;
    }

    /// <summary>A secret as it resolves: a changed variable is a change.</summary>
    private static string Text(object value) => value is Secret { Withheld: null } secret ? secret.Value
        : Scalars.Write(value);
}
