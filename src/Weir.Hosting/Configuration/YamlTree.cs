// SPDX-License-Identifier: Apache-2.0
//
// YAML read into a small tree that knows where everything stands. Anchors, aliases, tags and second documents are
// refused: a configuration needs none of them, and each lets a file mean something else than it shows.
//
// Standards: YAML 1.2.2.
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Weir.Hosting.Configuration;

/// <summary>A node with its place, from 1.</summary>
internal abstract record YamlPart(int Line, int Column);

internal sealed record YamlText(int Line, int Column, string Text, bool IsPlain) : YamlPart(Line, Column)
{
    /// <summary>Whether nothing stands there at all.</summary>
    public bool IsMissing => IsPlain && Text.Length == 0;
}

/// <summary>Something refused already; nothing more is to be said about it.</summary>
internal sealed record YamlRefused(int Line, int Column) : YamlPart(Line, Column);

internal sealed record YamlList(int Line, int Column, IReadOnlyList<YamlPart> Items) : YamlPart(Line, Column);

internal sealed record YamlMap(int Line, int Column, IReadOnlyList<(YamlText Key, YamlPart Value)> Entries)
    : YamlPart(Line, Column);

internal sealed class YamlTree
{
    private const int MaxDepth = 16;
    private const int MaxCharacters = 4 << 20;

    private readonly Parser _parser;
    private readonly List<ConfigurationFault> _faults;

    private YamlTree(string text, List<ConfigurationFault> faults) =>
        (_parser, _faults) = (new Parser(new StringReader(text)), faults);

    /// <summary>Reads a document; null when it is empty or cannot be read. Never throws on any text.</summary>
    public static YamlPart? Read(string text, List<ConfigurationFault> faults)
    {
        if (text.Length > MaxCharacters)
        {
            faults.Add(new(0, 0, "the file is longer than 4 MiB, which no configuration is"));
            return null;
        }

        var tree = new YamlTree(text, faults);
        try
        {
            return tree.Document();
        }
        catch (Exception broken) when (IsBroken(broken) && TabIn(text) is { } tab)
        {
            faults.Add(tab);
            return null;
        }
        catch (YamlException broken)
        {
            faults.Add(new((int)broken.Start.Line, (int)broken.Start.Column,
                $"not YAML: {broken.Message.TrimEnd('.')}; indent with spaces, and quote values that "
                    + "begin with [ { * & ! % @ or `"));
            return null;
        }
        catch (Exception broken) when (IsBroken(broken))
        {
            // The scanner itself trips over some texts, "? x: [" followed by odd characters for one.
            var near = tree._parser.Current?.End ?? new Mark();
            faults.Add(new(
                (int)near.Line, (int)near.Column,
                "not YAML from here on; quote values that hold : or # and close every bracket"));
            return null;
        }
    }

    private static bool IsBroken(Exception broken) => broken is YamlException or InvalidOperationException
        or ArgumentException or FormatException or IndexOutOfRangeException;

    /// <summary>The first line that a tab indents: the scanner names another place for it, or none.</summary>
    private static ConfigurationFault? TabIn(string text)
    {
        var number = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            var indent = line[..(line.Length - line.TrimStart(" \t").Length)];
            if (indent.Contains('\t') && indent.Length < line.Length && line[indent.Length] != '#')
            {
                return new(number, indent.IndexOf('\t') + 1, "not YAML: a tab indents this line; indent with spaces");
            }
        }

        return null;
    }

    private YamlPart? Document()
    {
        YamlPart? root = null;
        var documents = 0;
        while (_parser.MoveNext())
        {
            if (_parser.Current is DocumentStart start && ++documents > 1)
            {
                Add(start, "a second document begins here; keep one document in the file");
                return root;
            }

            if (_parser.Current is NodeEvent node)
            {
                root = Part(node, 0);
            }
            else if (_parser.Current is AnchorAlias alias)
            {
                Add(alias, "aliases are not read; write the value out");
            }
        }

        return root;
    }

    private YamlPart Part(ParsingEvent node, int depth)
    {
        var (line, column) = ((int)node.Start.Line, (int)node.Start.Column);
        if (node is NodeEvent { Anchor.IsEmpty: false } or NodeEvent { Tag.IsEmpty: false })
        {
            Add(node, "anchors and tags are not read; write the plain value");
        }

        if (depth > MaxDepth)
        {
            throw new YamlException(node.Start, node.End, "nested deeper than any setting is");
        }

        switch (node)
        {
            case Scalar scalar:
                return new YamlText(line, column, scalar.Value, scalar.Style == ScalarStyle.Plain);

            case SequenceStart:
                var items = new List<YamlPart>();
                while (Next() is not SequenceEnd)
                {
                    items.Add(Part(_parser.Current!, depth + 1));
                }

                return new YamlList(line, column, items);

            case MappingStart:
                return new YamlMap(line, column, Entries(depth));

            default:
                Add(node, "aliases are not read; write the value out");
                return new YamlRefused(line, column);
        }
    }

    private List<(YamlText, YamlPart)> Entries(int depth)
    {
        var entries = new List<(YamlText, YamlPart)>();
        while (Next() is not MappingEnd)
        {
            var key = Part(_parser.Current!, depth + 1);
            _ = Next();
            var value = Part(_parser.Current!, depth + 1);
            if (key is YamlText name)
            {
                entries.Add((name, value));
            }
            else
            {
                _faults.Add(new(key.Line, key.Column, "a key must be a plain word"));
            }
        }

        return entries;
    }

    private ParsingEvent Next()
    {
        while (_parser.MoveNext())
        {
            if (_parser.Current is not Comment)
            {
                return _parser.Current!;
            }
        }

        throw new YamlException("the file ends in the middle");
    }

    private void Add(ParsingEvent at, string sentence) =>
        _faults.Add(new((int)at.Start.Line, (int)at.Start.Column, sentence));
}
