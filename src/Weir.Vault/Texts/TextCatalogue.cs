// SPDX-License-Identifier: Apache-2.0
//
// The languages that customers are told in: words.LANG.txt has every sentence of mails and page in one language,
// notice.txt and notice.html lay a mail out for all of them. English and German come with Weir; a folder of the
// provider replaces them file by file and may add languages. All is checked at the start: an entry that is missing, or
// a placeholder that nobody fills, refuses it.
using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;

namespace Weir.Vault.Texts;

/// <summary>The texts in force. Never change.</summary>
public sealed class TextCatalogue
{
    /// <summary>Names of the layouts.</summary>
    internal const string PlainName = "notice.txt";
    internal const string HtmlName = "notice.html";

    /// <summary>Spoken where a language has no texts.</summary>
    internal const string Fallback = "en";

    private const string Embedded = "texts/";
    private const string Words = "words.";
    private const string WordsEnd = ".txt";

    /// <summary>Any time, to see whether a language's way of writing one works.</summary>
    private static readonly DateTimeOffset SomeTime = DateTimeOffset.UnixEpoch;

    private static readonly FrozenSet<string> None = FrozenSet<string>.Empty;
    private static readonly FrozenSet<string> Lists = FrozenSet.ToFrozenSet(["done", "todo"], StringComparer.Ordinal);
    private static readonly FrozenSet<string> Layout = FrozenSet.ToFrozenSet(
        [
            "subject", "greeting", "lead", "about", "endpoint", "traffic", "first", "last", "measured", "link", "call",
            "genuine", "closing", "provider", "phone", "page", "case", "language", .. Labels.Select(l => l.Name),
        ],
        StringComparer.Ordinal);

    private readonly FrozenDictionary<string, LanguageTexts> _languages;

    private TextCatalogue(
        Dictionary<string, LanguageTexts> languages, TemplateText noticePlain, TemplateText noticeHtml)
    {
        (NoticePlain, NoticeHtml) = (noticePlain, noticeHtml);
        _languages = languages.ToFrozenDictionary(StringComparer.Ordinal);
        Languages = _languages.Keys.ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>Languages there are texts for, as BCP 47 tags.</summary>
    public IReadOnlySet<string> Languages { get; }

    /// <summary>Entries that a layout may name.</summary>
    internal static IReadOnlyList<TextEntry> Labels =>
    [
        TextEntries.Seen, TextEntries.FarEnd, TextEntries.First, TextEntries.Last, TextEntries.Traffic,
        TextEntries.MeasuredLabel, TextEntries.Done, TextEntries.ToDo, TextEntries.LinkTitle, TextEntries.AboutLink,
        TextEntries.CallTitle, TextEntries.GenuineTitle, TextEntries.CaseNumber,
    ];

    internal TemplateText NoticePlain { get; }

    internal TemplateText NoticeHtml { get; }

    /// <summary>Those that come with Weir, with the files of a folder in their place; null for no folder.</summary>
    /// <exception cref="InvalidDataException">A file cannot be read, lacks an entry or names what there is not; the
    /// message names it and the fix.</exception>
    public static TextCatalogue Read(string? folder)
    {
        Dictionary<string, string> files = new(StringComparer.Ordinal);
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var resource in assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Embedded, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            files[resource[Embedded.Length..]] = reader.ReadToEnd();
        }

        try
        {
            foreach (var path in folder is null ? [] : Directory.GetFiles(folder))
            {
                var name = Path.GetFileName(path);
                files[name] = name is PlainName or HtmlName || LanguageOf(name) is not null ? File.ReadAllText(path)
                    : throw new InvalidDataException($"vault.notices.templates: {path} is no text; the files are "
                        + $"{PlainName}, {HtmlName} and words.LANG.txt");
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException(
                $"vault.notices.templates: {folder} cannot be read: {fault.Message}; give it to the vault's user",
                fault);
        }

        return new TextCatalogue(
            files.Where(file => LanguageOf(file.Key) is not null)
                .ToDictionary(file => LanguageOf(file.Key)!, file => ParseTexts(file.Key, file.Value)),
            Checked(PlainName, files[PlainName], Layout, Lists), Checked(HtmlName, files[HtmlName], Layout, Lists));
    }

    /// <summary>The texts of a language; of <c>de</c> for <c>de-AT</c>, and of English where there are none of
    /// it.</summary>
    /// <param name="language">A BCP 47 tag.</param>
    internal LanguageTexts In(string language) =>
        _languages.GetValueOrDefault(language)
        ?? _languages.GetValueOrDefault(language.Split('-')[0])
        ?? _languages[Fallback];

    /// <summary>Lines of <c>key = text</c>; a line that begins with a blank goes on with the text before, <c>#</c>
    /// begins a remark. Lists have an item a line.</summary>
    private static LanguageTexts ParseTexts(string file, string text)
    {
        Dictionary<string, string> raw = new(StringComparer.Ordinal);
        TextEntry? entry = null;
        foreach (var (number, line) in text.Split('\n').Select(line => line.TrimEnd()).Index())
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (line[0] == ' ' && entry is not null)
            {
                raw[entry.Name] += (entry.IsList ? "\n" : " ") + line.Trim();
                continue;
            }

            var equals = line.IndexOf('=', StringComparison.Ordinal);
            var key = equals > 0 ? line[..equals].Trim() : "";
            if (key.Length > 0 && !TextEntries.All.ContainsKey(key))
            {
                throw Fault(file, string.Create(
                    CultureInfo.InvariantCulture, $"line {number + 1}: there is no word '{key}'; take it out"));
            }

            entry = key.Length > 0 ? TextEntries.All[key] : null;
            if (entry is null || !raw.TryAdd(key, line[(equals + 1)..].Trim()))
            {
                throw Fault(file, string.Create(
                    CultureInfo.InvariantCulture, $"line {number + 1}: is not `key = text` with a key of its own"));
            }
        }

        return TextEntries.All.Keys.FirstOrDefault(k => raw.GetValueOrDefault(k, "").Length == 0) is { } missing
            ? throw Fault(file, $"the word '{missing}' is missing; write `{missing} = …`")
            : Written(file, new(LanguageOf(file)!, raw.ToFrozenDictionary(
                word => word.Key,
                word => Checked(
                    $"{file}: {word.Key}", word.Value, TextEntries.All[word.Key].Values.ToHashSet(), None),
                StringComparer.Ordinal)));
    }

    /// <summary>Times can be written as the language says.</summary>
    private static LanguageTexts Written(string file, LanguageTexts texts)
    {
        try
        {
            return texts.Time(SomeTime).Length > 0 && texts.Day(SomeTime).Length > 0
                ? texts
                : throw Fault(file, "format.time or format.day writes nothing");
        }
        catch (FormatException fault)
        {
            throw Fault(file, $"format.time or format.day cannot be written: {fault.Message}");
        }
    }

    private static InvalidDataException Fault(string file, string why) =>
        new($"vault.notices.templates: {file}: {why}");

    private static TemplateText Checked(
        string name, string text, IReadOnlySet<string> values, IReadOnlySet<string> lists) =>
            TemplateText.Read(text, values, lists, out var fault) ?? throw Fault(name, fault);

    /// <summary>The language of a file of words; null where it is none.</summary>
    private static string? LanguageOf(string name) =>
        name.StartsWith(Words, StringComparison.Ordinal) && name.EndsWith(WordsEnd, StringComparison.Ordinal)
        && name.Length - Words.Length - WordsEnd.Length is >= 2 and <= 12
        && name[Words.Length..^WordsEnd.Length] is var tag && tag.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            ? tag
            : null;
}
