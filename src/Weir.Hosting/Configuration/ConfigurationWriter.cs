// SPDX-License-Identifier: Apache-2.0
using System.Collections;
using System.Text;

namespace Weir.Hosting.Configuration;

/// <summary>Writes a configuration as YAML that reads back to the same one. Secrets stand as their
/// reference, or masked.</summary>
internal sealed class ConfigurationWriter
{
    private const int Width = 110;

    private readonly StringBuilder _text = new();
    private readonly bool _commented;
    private readonly IReadOnlyCollection<string> _elsewhere;

    private ConfigurationWriter(bool commented, IReadOnlyCollection<string> elsewhere) =>
        (_commented, _elsewhere) = (commented, elsewhere);

    /// <summary>Every setting in force, without comments.</summary>
    /// <param name="settings">The configuration.</param>
    /// <param name="elsewhere">Paths of settings that stand in another file and may not stand in this one too: they are
    /// shown as comments.</param>
    public static string Dump(object settings, IReadOnlyCollection<string>? elsewhere = null)
    {
        var writer = new ConfigurationWriter(commented: false, elsewhere ?? []);
        writer.Record(settings, 0, "");
        return writer._text.ToString();
    }

    /// <summary>Every setting with its meaning, range and default above it; keys without default
    /// stand as comments.</summary>
    public static string Commented(object settings)
    {
        var writer = new ConfigurationWriter(commented: true, []);
        writer.Record(settings, 0, "");
        return writer._text.ToString();
    }

    private void Record(object record, int indent, string path)
    {
        foreach (var setting in Schema.Of(record.GetType()))
        {
            var begin = _text.Length;
            var value = setting.Property.GetValue(record);
            if (_commented)
            {
                _text.Append(indent == 0 ? "\n" : "");
                Comment(setting, indent);
            }

            if (setting.IsSection)
            {
                Line(indent, $"{setting.Key}:");
                Record(value!, indent + 1, $"{path}{setting.Key}.");
            }
            else if (setting.Item is not null)
            {
                List(setting, (IEnumerable)value!, indent);
            }
            else if (value is not null)
            {
                Line(indent, $"{setting.Key}: {Scalars.Write(value)}");
            }
            else if (_commented)
            {
                Line(indent, $"# {setting.Key}: {setting.About.Example}");
            }

            if (_elsewhere.Contains(path + setting.Key)
                || (setting.IsSection && _elsewhere.Count > 0 && IsOnlyHead(begin)))
            {
                CommentOut(begin);
            }
        }
    }

    /// <summary>Whether of a section that begins there nothing is left but its name.</summary>
    private bool IsOnlyHead(int begin) => _text.ToString(begin, _text.Length - begin)
        .Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)
        .All(line => line.AsSpan().TrimStart().StartsWith("#"));

    /// <summary>Makes comments of the lines from there on.</summary>
    private void CommentOut(int begin)
    {
        var lines = _text.ToString(begin, _text.Length - begin).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        _text.Length = begin;
        foreach (var line in lines)
        {
            var text = line.TrimStart(' ');
            _text.Append(line.AsSpan(0, line.Length - text.Length)).Append(text[0] == '#' ? "" : "# ").Append(text)
                .Append('\n');
        }
    }

    private void List(Setting setting, IEnumerable items, int indent)
    {
        var written = items.Cast<object>().ToArray();
        Line(indent, written.Length == 0 ? $"{setting.Key}: []" : $"{setting.Key}:");
        if (_commented && setting.IsRecordList)
        {
            Template(setting.Item!, indent + 1);
        }

        foreach (var item in written)
        {
            if (!setting.IsRecordList)
            {
                Line(indent + 1, $"- {Scalars.Write(item)}");
                continue;
            }

            var first = true;
            foreach (var part in Schema.Of(item.GetType()))
            {
                var value = part.Property.GetValue(item)!;
                Line(indent + 1, $"{(first ? "- " : "  ")}{part.Key}: {OnOneLine(value)}");
                first = false;
            }
        }
    }

    /// <summary>A value inside a list's item: a list stands in brackets there.</summary>
    private static string OnOneLine(object value) => value is IEnumerable items and not string
        ? $"[{string.Join(", ", items.Cast<object>().Select(Scalars.Write))}]"
        : Scalars.Write(value);

    /// <summary>How an item of a list is written, as a comment.</summary>
    private void Template(Type item, int indent)
    {
        var first = true;
        var sample = Activator.CreateInstance(item)!;
        foreach (var part in Schema.Of(item))
        {
            var example = part.About.Example ?? OnOneLine(part.Property.GetValue(sample)!);
            var range = part.Range.Length == 0 ? "" : $" {Sentence(part.Range)}";
            Wrapped(indent, $"{part.Key}: {part.About.Meaning}{range}{(part.About.Required ? " Required." : $" Default {Default(part, sample)}.")}");
            Line(indent, $"# {(first ? "- " : "  ")}{part.Key}: {example}");
            first = false;
        }
    }

    private void Comment(Setting setting, int indent)
    {
        var range = setting.Range.Length == 0 ? "" : $" {Sentence(setting.Range)}";
        var sample = Activator.CreateInstance(setting.Property.DeclaringType!)!;
        var fallback = setting.IsSection ? "" : $" Default {Default(setting, sample)}.";
        Wrapped(indent, setting.About.Meaning + range + fallback);
    }

    private static string Sentence(string range) => $"{range}.";

    internal static string Default(Setting setting, object sample) => setting.Property.GetValue(sample) switch
    {
        null or "" => "none",
        string text => text,
        IEnumerable items => items.Cast<object>().ToArray() is { Length: > 0 } some
            ? string.Join(", ", some.Select(Scalars.Write))
            : "none",
        { } value => Scalars.Write(value),
    };

    private void Wrapped(int indent, string sentence)
    {
        var line = "#";
        foreach (var word in sentence.Split(' '))
        {
            if (line.Length + word.Length + 1 + (2 * indent) > Width)
            {
                Line(indent, line);
                line = "#";
            }

            line += $" {word}";
        }

        Line(indent, line);
    }

    private void Line(int indent, string text) => _text.Append(' ', 2 * indent).Append(text).Append('\n');
}
