// SPDX-License-Identifier: Apache-2.0
//
// What other parts of Weir say in English sentences, in the console's other languages: phrases.LANG.txt has one a
// line, `English with {1} and {2} = the same in the language`, as message catalogues do whose key is the English text.
// What no line fits stays as it was said. A value has no semicolon: that stands between sentences.
using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Weir.Desk.Console.Words;

/// <summary>The sentences of one language. Never changes.</summary>
internal sealed partial class PhraseBook
{
    /// <summary>Nothing is said in another language.</summary>
    public static readonly PhraseBook None = new([]);

    private const int MostLength = 1_000;

    private readonly FrozenDictionary<string, string> _whole;
    private readonly FrozenDictionary<string, (Regex Pattern, string Text)[]> _byFirstWord;
    private readonly (Regex Pattern, string Text)[] _other;

    private PhraseBook(IReadOnlyList<(string English, string Text)> lines)
    {
        static bool HasMark(string text) => text.Contains('{', StringComparison.Ordinal);
        var filled = lines.Where(line => HasMark(line.English)).ToList();
        _whole = lines.Except(filled).ToFrozenDictionary(
            line => line.English, line => line.Text, StringComparer.Ordinal);
        _byFirstWord = filled.Where(line => !HasMark(FirstWord(line.English)))
            .GroupBy(line => FirstWord(line.English), StringComparer.Ordinal)
            .ToFrozenDictionary(same => same.Key, same => same.Select(Compile).ToArray(), StringComparer.Ordinal);
        _other = [.. filled.Where(line => HasMark(FirstWord(line.English))).Select(Compile)];
    }

    /// <summary>All English sentences, for a test that each is said somewhere.</summary>
    public IReadOnlyList<string> English { get; private init; } = [];

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">A line is none; the message names it.</exception>
    public static PhraseBook Parse(string file, string text)
    {
        List<(string English, string Text)> lines = [];
        foreach (var (number, line) in text.Split('\n').Select(line => line.Trim()).Index())
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var parts = line.Split(" = ");
            if (parts is not [{ Length: > 0 } english, { Length: > 0 } said] || !Marks(said).IsSubsetOf(Marks(english)))
            {
                throw new InvalidDataException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{file}, line {number + 1}: is not `English with {{1}} = the same`, its marks among the English"));
            }

            lines.Add((english, said));
        }

        return new(lines) { English = [.. lines.Select(line => line.English)] };
    }

    /// <summary>A sentence in this language; null where no line fits. What stands for a mark is looked up too.
    /// </summary>
    public string? Find(string english)
    {
        if (english.Length > MostLength)
        {
            return null;
        }

        if (_whole.TryGetValue(english, out var whole))
        {
            return whole;
        }

        var near = _byFirstWord.GetValueOrDefault(FirstWord(english)) ?? [];
        foreach (var (pattern, text) in near.Concat(_other))
        {
            if (pattern.Match(english) is { Success: true } found)
            {
                return Mark().Replace(text, mark => Inside(found.Groups[$"m{mark.Groups[1].Value}"].Value));
            }
        }

        return null;
    }

    /// <summary>What stands for a mark: a sentence, several, or a value.</summary>
    private string Inside(string said) =>
        Find(said) ?? string.Join("; ", said.Split("; ").Select(part => Find(part) ?? part));

    private static (Regex Pattern, string Text) Compile((string English, string Text) line)
    {
        var pattern = new StringBuilder("^");
        var at = 0;
        foreach (Match mark in Mark().Matches(line.English))
        {
            pattern.Append(Regex.Escape(line.English[at..mark.Index]))
                .Append(CultureInfo.InvariantCulture, $"(?<m{mark.Groups[1].Value}>[^;]+?)");
            at = mark.Index + mark.Length;
        }

        pattern.Append(Regex.Escape(line.English[at..])).Append('$');
        return (new(pattern.ToString(), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking), line.Text);
    }

    private static HashSet<string> Marks(string text) => [.. Mark().Matches(text).Select(mark => mark.Value)];

    private static string FirstWord(string text) => text.Split(' ', 2)[0];

    [GeneratedRegex(@"\{(\d)\}")]
    private static partial Regex Mark();
}
