// SPDX-License-Identifier: Apache-2.0
//
// A policy file is one flat mapping of words to a word or to a list of words. Anything else YAML can say is refused.
//
// Standards: YAML 1.2.2.
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Weir.Desk.Policy;

/// <summary>A line of a policy file: a key with its words. One word that does not stand in a list has
/// <paramref name="IsList"/> false.</summary>
internal sealed record PolicyTextLine(int Line, string Key, IReadOnlyList<string> Words, bool IsList);

internal static class PolicyText
{
    private const int MaxCharacters = 1 << 16;

    /// <summary>Reads the lines; what cannot be read goes to <paramref name="faults"/>. Never
    /// throws on any text.</summary>
    public static List<PolicyTextLine> Read(string text, string path, List<string> faults)
    {
        var lines = new List<PolicyTextLine>();
        if (text.Length > MaxCharacters)
        {
            faults.Add($"{path}: longer than 64 KiB, which no policy is");
            return lines;
        }

        var parser = new Parser(new StringReader(text));
        try
        {
            Read(parser, path, lines, faults);
        }
        catch (YamlException broken)
        {
            faults.Add($"{path}:{broken.Start.Line}: not YAML: {broken.Message.TrimEnd('.')}");
        }
        catch (Exception broken) when (broken is InvalidOperationException
            or ArgumentException or FormatException or IndexOutOfRangeException)
        {
            // The scanner itself trips over some texts.
            faults.Add($"{path}:{parser.Current?.End.Line ?? 0}: not YAML from here on; quote values that hold : or #");
        }

        return lines;
    }

    private static void Read(Parser parser, string path, List<PolicyTextLine> lines, List<string> faults)
    {
        var events = new List<ParsingEvent>();
        while (parser.MoveNext())
        {
            if (parser.Current is NodeEvent { Anchor.IsEmpty: false }
                or NodeEvent { Tag.IsEmpty: false } or AnchorAlias)
            {
                faults.Add($"{path}:{parser.Current!.Start.Line}: anchors, aliases and tags are "
                    + "not read; write the plain value");
                return;
            }

            if (parser.Current is not Comment)
            {
                events.Add(parser.Current!);
            }
        }

        if (events.Count(e => e is DocumentStart) != 1 || events.Find(e => e is NodeEvent) is not MappingStart)
        {
            faults.Add($"{path}: must hold keys, one a line, such as `k: 10`, in one document");
            return;
        }

        var at = events.FindIndex(e => e is MappingStart) + 1;
        while (events[at] is not MappingEnd)
        {
            var (key, value) = (events[at] as Scalar, events[at + 1]);
            var line = (int)events[at].Start.Line;
            if (key is null || value is MappingStart)
            {
                faults.Add($"{path}:{line}: a policy is flat: one word, a colon, and a value or a list");
                return;
            }

            if (value is Scalar word)
            {
                lines.Add(new(line, key.Value, [word.Value], IsList: false));
                at += 2;
                continue;
            }

            var end = events.FindIndex(at, e => e is SequenceEnd);
            var inside = events[(at + 2)..end];
            if (inside.Exists(e => e is not Scalar))
            {
                faults.Add($"{path}:{line}: {key.Value} must be a list of words");
                return;
            }

            lines.Add(new(line, key.Value, [.. inside.Cast<Scalar>().Select(s => s.Value)], IsList: true));
            at = end + 1;
        }
    }
}
