// SPDX-License-Identifier: Apache-2.0
//
// The languages of the console: words.LANG.txt has every text in one of them, a line each, `name = text`; a line that
// begins with a blank goes on with the text before, `#` begins a remark. English says which names there are; a language
// that lacks one refuses the start.
using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace Weir.Desk.Console.Words;

/// <summary>The texts in force. Never change.</summary>
internal sealed class WordCatalogue
{
    private const string Folder = "console/words/words.";
    private const string Phrases = "console/words/phrases.";
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
        var names = Assembly.GetExecutingAssembly().GetManifestResourceNames();
        var files = names.Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).ToDictionary(
            name => name[Folder.Length..^End.Length], name => Parse(name, TextOf(name)), StringComparer.Ordinal);
        return From(files, names.Where(name => name.StartsWith(Phrases, StringComparison.Ordinal)).ToDictionary(
            name => name[Phrases.Length..^End.Length], name => PhraseBook.Parse(name, TextOf(name)), StringComparer.Ordinal));
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
