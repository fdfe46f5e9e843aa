// SPDX-License-Identifier: Apache-2.0
//
// The languages of the console: words.LANG.txt has texts in one of them, a line each, `name = text`; a line that begins
// with a blank goes on with the text before, `#` begins a remark. Every folder of pages has its own, and what several
// say stands here. English says which names there are; a language that lacks one refuses the start.
using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace Weir.Desk.Console.Words;

/// <summary>The texts in force. Never change.</summary>
internal sealed class WordCatalogue
{
    private const string Texts = "words.";
    private const string Phrases = "phrases.";
    private const string Folder = "console/";
    private const string End = ".txt";
    private const string Fallback = "en";

    private readonly FrozenDictionary<string, ConsoleWords> _languages;

    private WordCatalogue(Dictionary<string, ConsoleWords> languages) =>
        _languages = languages.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Tags, in order.</summary>
    public IReadOnlyList<string> Languages => [.. _languages.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Those that come with Weir.</summary>
    /// <exception cref="InvalidDataException">A file is not sound; the message names the place.</exception>
    public static WordCatalogue Read()
    {
        var files = Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal)
                && name.EndsWith(End, StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        Dictionary<string, Dictionary<string, string>> languages = new(StringComparer.Ordinal);
        foreach (var file in files.Where(file => Path.GetFileName(file).StartsWith(Texts, StringComparison.Ordinal)))
        {
            var tag = TagOf(file, Texts);
            languages[tag] = Join(file, languages.GetValueOrDefault(tag, []), Parse(file, TextOf(file)));
        }

        return From(languages, files.Where(file => Path.GetFileName(file).StartsWith(Phrases, StringComparison.Ordinal))
            .ToDictionary(file => TagOf(file, Phrases), file => PhraseBook.Parse(file, TextOf(file)),
                StringComparer.Ordinal));
    }

    private static string TagOf(string file, string kind) => Path.GetFileName(file)[kind.Length..^End.Length];

    /// <summary>The texts of a language so far, and those of one more file.</summary>
    /// <exception cref="InvalidDataException">A name stands in two files; the message names it.</exception>
    public static Dictionary<string, string> Join(
        string file, Dictionary<string, string> before, Dictionary<string, string> texts)
    {
        foreach (var (name, text) in texts)
        {
            if (!before.TryAdd(name, text))
            {
                throw new InvalidDataException(
                    $"{file}: '{name}' stands in another folder's words too; give one of them another name");
            }
        }

        return before;
    }

    private static string TextOf(string resource)
    {
        using var octets = new MemoryStream();
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        stream.CopyTo(octets);
        return Encoding.UTF8.GetString(octets.ToArray());
    }

    /// <summary>Languages of texts; each has the names that English has.</summary>
    /// <exception cref="InvalidDataException">One lacks a name, or has one too many.</exception>
    public static WordCatalogue From(
        IReadOnlyDictionary<string, Dictionary<string, string>> files,
        IReadOnlyDictionary<string, PhraseBook>? phrases = null)
    {
        var names = files[Fallback].Keys.ToHashSet(StringComparer.Ordinal);
        foreach (var (tag, texts) in files)
        {
            if (names.Except(texts.Keys).Concat(texts.Keys.Except(names)).FirstOrDefault() is { } odd)
            {
                throw new InvalidDataException(
                    $"console words: '{odd}' stands in one of English and {tag} and not in the other; write it in both");
            }
        }

        return new(files.ToDictionary(
            file => file.Key, file =>
                new ConsoleWords(
                    file.Key, file.Value.ToFrozenDictionary(StringComparer.Ordinal),
                    phrases?.GetValueOrDefault(file.Key) ?? PhraseBook.None)));
    }

    /// <summary>Texts by name.</summary>
    /// <exception cref="InvalidDataException">A line is none; the message names it.</exception>
    public static Dictionary<string, string> Parse(string file, string text)
    {
        Dictionary<string, string> texts = new(StringComparer.Ordinal);
        var last = "";
        foreach (var (number, line) in text.Split('\n').Select(line => line.TrimEnd()).Index())
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (line[0] == ' ' && last.Length > 0)
            {
                texts[last] += " " + line.Trim();
                continue;
            }

            var equals = line.IndexOf('=', StringComparison.Ordinal);
            last = equals > 0 ? line[..equals].Trim() : "";
            if (last.Length == 0 || !texts.TryAdd(last, line[(equals + 1)..].Trim()))
            {
                throw new InvalidDataException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{file}, line {number + 1}: is not `name = text` with a name of its own"));
            }
        }

        return texts;
    }

    /// <summary>The texts of a language; of <c>de</c> for <c>de-AT</c>; English where there are none of it.</summary>
    public ConsoleWords In(string language) =>
        _languages.GetValueOrDefault(language)
        ?? _languages.GetValueOrDefault(language.Split('-')[0])
        ?? _languages[Fallback];

    /// <summary>The first of what a browser asks for that there is, in the order it was written.</summary>
    public ConsoleWords Accept(string header) => header.Split(',')
        .Select(part => part.Split(';')[0].Trim().ToLowerInvariant().Split('-')[0])
        .Select(_languages.GetValueOrDefault).FirstOrDefault(words => words is not null) ?? _languages[Fallback];
}
