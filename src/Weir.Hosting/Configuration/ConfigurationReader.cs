// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Files;
using Weir.Hosting.Posix;

namespace Weir.Hosting.Configuration;

/// <summary>
/// Reads a file into a record of sections. Every fault is found in one reading and has its place;
/// text of any kind ends in faults, never in an exception.
/// </summary>
internal sealed class ConfigurationReader
{
    /// <summary>Octets of a file that holds a secret.</summary>
    private const int MostSecret = 64 << 10;

    private readonly Func<string, string?> _environment;
    private readonly List<ConfigurationFault> _faults = [];
    private readonly Dictionary<string, YamlPart> _places = [];
    private readonly List<string> _broken = [];

    private ConfigurationReader(Func<string, string?> environment) => _environment = environment;

    /// <param name="path">The file.</param>
    /// <param name="governed">Settings that two people signed, as the same YAML; empty for none.</param>
    public static ConfigurationReading<T> ReadFile<T>(string path, string governed = "")
        where T : class, new()
    {
        try
        {
            return Read<T>(File.ReadAllText(path), Environment.GetEnvironmentVariable, governed);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return new(new(), [new(0, 0, File.Exists(path)
                ? $"cannot be read: {unreadable.Message}"
                : "there is no such file; `weir dump` prints one to begin with")]);
        }
    }

    /// <summary>Reads text; <paramref name="environment"/> answers what a variable holds.</summary>
    public static ConfigurationReading<T> Read<T>(
        string text, Func<string, string?> environment, string governed = "")
        where T : class, new()
    {
        var reader = new ConfigurationReader(environment);
        var root = YamlTree.Read(text, reader._faults);
        if (YamlTree.Read(governed, []) is YamlMap signed && reader._faults.Count == 0)
        {
            root = YamlOverlay.Put(root, signed, reader._faults);
        }

        var value = root is null or YamlText { IsMissing: true }
            ? new()
            : (T)reader.Record(typeof(T), root, "");
        if (root is not null)
        {
            foreach (var (path, sentence) in SectionFaults.Of(
                value, "", reader._places.ContainsKey, reader.IsInFile).Where(breach => reader.IsWhole(breach.Path)))
            {
                var place = reader.Place(path);
                reader._faults.Add(new(place?.Line ?? 0, place?.Column ?? 0, $"{path} {sentence}") { Path = path });
            }
        }

        return new(value, [.. reader._faults.OrderBy(f => f.Line).ThenBy(f => f.Column)])
        {
            Sections = root is YamlMap map ? [.. map.Entries.Select(entry => entry.Key.Text)] : [],
            PlaceOf = path => reader.Place(path) is { } place ? (place.Line, place.Column) : default,
        };
    }

    private object Record(Type type, YamlPart part, string path)
    {
        var record = Activator.CreateInstance(type)!;
        _places[path] = part;
        if (part is YamlText { IsMissing: true })
        {
            return record;
        }

        if (part is not YamlMap map)
        {
            Fault(part, path, $"{(path.Length == 0 ? "the file" : path)} must hold keys, one a line, such as "
                + $"`{Schema.Of(type)[0].Key}: ...`");
            return record;
        }

        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (key, value) in map.Entries)
        {
            var full = path.Length == 0 ? key.Text : $"{path}.{key.Text}";
            var setting = Array.Find(Schema.Of(type), s => s.Key == key.Text);
            if (setting is null)
            {
                Fault(key, full, $"{full} is not a setting; {Nearest(type, key.Text)}");
            }
            else if (!seen.TryAdd(key.Text, key.Line))
            {
                Fault(key, full, $"{full} stands twice, first in line {seen[key.Text]}; keep one");
            }
            else if (Value(setting, value, full) is { } bound)
            {
                setting.Property.SetValue(record, bound);
            }
        }

        foreach (var missing in Schema.Of(type).Where(s => s.About.Required && !seen.ContainsKey(s.Key)))
        {
            Fault(part, path, $"{path} lacks {missing.Key}; add `{missing.Key}: {missing.About.Example}`");
        }

        return record;
    }

    private object? Value(Setting setting, YamlPart part, string path)
    {
        _places[path] = part;
        if (setting.IsSection)
        {
            return Record(setting.Type, part, path);
        }

        if (setting.Item is not { } item)
        {
            return Scalar(setting.Type, setting, part, path);
        }

        if (part is not YamlList list)
        {
            Fault(part, path, $"{path} must be a list: one `- ...` a line, or [] for none");
            return null;
        }

        var items = list.Items
            .Select((element, i) => setting.IsRecordList
                ? Record(item, element, $"{path}[{i}]")
                : Scalar(item, setting, element, $"{path}[{i}]"))
            .Where(bound => bound is not null)
            .ToArray();
        var typed = Array.CreateInstance(item, items.Length);
        Array.Copy(items, typed, items.Length);
        return typed;
    }

    private object? Scalar(Type type, Setting setting, YamlPart part, string path)
    {
        _places[path] = part;
        if (part is not YamlText text)
        {
            Fault(
                part, path,
                $"{path} must be a single value{(part is YamlList ? "; quote what begins with a bracket" : "")}");
            return null;
        }

        if (text.IsMissing)
        {
            Fault(part, path, $"{path} has no value; write one or take the line out");
            return null;
        }

        if (Expanded(text, path) is not { } expanded)
        {
            return null;
        }

        if (type == typeof(Secret))
        {
            return SecretOf(text, expanded, path);
        }

        var value = Scalars.Parse(type, expanded, text.IsPlain, out var refusal);
        if (value is null)
        {
            Fault(part, path, $"{path} {refusal}");
        }
        else if (setting.About.Min is { } min && value is IComparable number
            && (number.CompareTo(Scalars.Parse(type, min, true, out _)) < 0
                || number.CompareTo(Scalars.Parse(type, setting.About.Max!, true, out _)) > 0))
        {
            var because = setting.About.Because is { } reason ? $": {reason}" : "";
            Fault(
                part, path,
                $"{path} is {expanded}; it must be between {setting.About.Min} and {setting.About.Max}{because}");
            value = null;
        }

        return value;
    }

    private Secret? SecretOf(YamlText text, string expanded, string path)
    {
        if (!expanded.StartsWith("file:", StringComparison.Ordinal))
        {
            return new Secret(text.Text, expanded);
        }

        var file = expanded[5..];
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & UnixFileMode.OtherRead) != 0)
            {
                Fault(text, path, $"{path}: everyone may read {file}; take that away with `chmod o-r {file}`");
            }

            return new Secret(text.Text, OrdinaryFile.ReadText(file, MostSecret).TrimEnd('\r', '\n'));
        }
        catch (UnauthorizedAccessException) when (File.Exists(file))
        {
            return new Secret(text.Text, "")
            {
                Withheld = $"{path}: {OsUsers.NameOf(OsUsers.Own)} may not read {file}; give the file to the user of "
                    + "the process that needs it",
            };
        }
        catch (Exception unreadable)
            when (unreadable is IOException or UnauthorizedAccessException or ArgumentException)
        {
            Fault(text, path, $"{path}: the file {file} cannot be read: {unreadable.Message}");
            return null;
        }
    }

    /// <summary>Puts <c>${NAME}</c> in; <c>$${</c> stands for itself.</summary>
    private string? Expanded(YamlText text, string path)
    {
        var result = new System.Text.StringBuilder();
        var rest = text.Text.AsSpan();
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf('}');
            if (rest.StartsWith("$${"))
            {
                result.Append("${");
                rest = rest[3..];
            }
            else if (!rest.StartsWith("${"))
            {
                result.Append(rest[0]);
                rest = rest[1..];
            }
            else if (end > 2 && _environment(rest[2..end].ToString()) is { } value)
            {
                result.Append(value);
                rest = rest[(end + 1)..];
            }
            else
            {
                Fault(text, path, end > 2
                    ? $"{path}: the environment has no variable {rest[2..end]}; set it, or write $${{ for a plain ${{"
                    : $"{path}: ${{ without a name and a closing brace; write ${{NAME}}, or $${{ for a plain ${{");
                return null;
            }
        }

        return result.ToString();
    }

    /// <summary>What is governed has no line.</summary>
    private bool IsInFile(string path) => _places.TryGetValue(path, out var part) && part.Line > 0;

    /// <summary>Where a path stands, or the nearest part around it.</summary>
    private YamlPart? Place(string path)
    {
        while (path.Length > 0)
        {
            if (_places.TryGetValue(path, out var part))
            {
                return part;
            }

            path = path[..Math.Max(0, path.LastIndexOfAny(['.', '[']))];
        }

        return null;
    }

    private static string Nearest(Type type, string wrong)
    {
        var keys = Schema.Of(type).Select(s => s.Key).ToArray();
        var folded = wrong.Replace('_', '-').ToLowerInvariant();
        var near = Array.Find(
            keys, key => key == folded || key.Replace("-", "", StringComparison.Ordinal) == folded || (folded.Length > 2
            && (key.StartsWith(folded, StringComparison.Ordinal) || folded.StartsWith(key, StringComparison.Ordinal))));
        return near is null ? $"known here: {string.Join(", ", keys)}" : $"{near} is meant?";
    }

    /// <summary>Whether all of a setting was read: rules about a list that lacks items would tell untruths.</summary>
    private bool IsWhole(string path)
    {
        var setting = path.Split('[')[0];
        return !_broken.Exists(broken => broken.StartsWith(setting, StringComparison.Ordinal));
    }

    private void Fault(YamlPart at, string path, string sentence)
    {
        _broken.Add(path);
        if (at is not YamlRefused)
        {
            _faults.Add(new(at.Line, at.Column, sentence) { Path = path });
        }
    }
}
