// SPDX-License-Identifier: Apache-2.0
//
// The texts of notices, for each language three files: notice.LANG.txt and notice.LANG.html lay out a mail,
// words.LANG.txt holds what the steps say. English and German come with Weir; a folder of the provider replaces them
// file by file and may add languages. All is checked at the start: a placeholder nobody fills refuses it.
using System.Collections.Frozen;
using System.Reflection;
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;

namespace Weir.Vault.Notifying;

/// <summary>The texts of one language.</summary>
internal sealed record LanguageTexts(
    TemplateText Plain, TemplateText Html, FrozenDictionary<string, TemplateText> Words);

/// <summary>The templates in force. Never change.</summary>
public sealed class NoticeTemplates
{
    private const string Embedded = "notices/";

    private static readonly FrozenSet<string> None = FrozenSet<string>.Empty;
    private static readonly FrozenSet<string> Facts =
        FrozenSet.ToFrozenSet(
            ["name", "provider", "phone", "page", "link", "case", "endpoint", "first", "last", "what", "time"],
            StringComparer.Ordinal);

    private static readonly FrozenSet<string> Lists = FrozenSet.ToFrozenSet(["done", "todo"], StringComparer.Ordinal);
    private static readonly FrozenSet<string> Layout = FrozenSet.ToFrozenSet(
        [
            "subject", "greeting", "lead", "why", "endpoint", "class", "first", "last", "grounds", "link", "call",
            "genuine", "closing", "provider", "phone", "page", "case", "language"],
        StringComparer.Ordinal);

    private readonly FrozenDictionary<string, LanguageTexts> _languages;

    private NoticeTemplates(Dictionary<string, LanguageTexts> languages)
    {
        _languages = languages.ToFrozenDictionary(StringComparer.Ordinal);
        Languages = _languages.Keys.ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>Languages there are texts for, as BCP 47 tags.</summary>
    public IReadOnlySet<string> Languages { get; }

    /// <summary>Every word a language must have.</summary>
    internal static IEnumerable<string> WordsNeeded =>
    [
        "greeting", "greeting.named", "call", "genuine", "closing", "todo.line", "todo.attacked", "todo.over",
        "done.closed", "done.leaky", "done.strict", "done.released",
        .. Enum.GetValues<NoticeStep>()
            .SelectMany(step => new[] { $"subject.{NoticeNames.ToName(step)}", $"lead.{NoticeNames.ToName(step)}" }),
        .. Purposes.All.Select(purpose => $"why.{purpose}"),
    ];

    /// <summary>Those that come with Weir, with the files of a folder in their place; null for no folder.</summary>
    /// <exception cref="InvalidDataException">A file is missing, cannot be read or names what there is not; the message
    /// names it and the mend.</exception>
    public static NoticeTemplates Read(string? folder)
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
                files[Path.GetFileName(path)] = IsOurs(Path.GetFileName(path), out _, out _) ? File.ReadAllText(path)
                    : throw new InvalidDataException($"vault.notices.templates: {path} is no template; the files are "
                        + "notice.LANG.txt, notice.LANG.html and words.LANG.txt");
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException(
                $"vault.notices.templates: {folder} cannot be read: {fault.Message}; give it to the vault's user",
                fault);
        }

        return Create(files);
    }

    internal LanguageTexts In(string language) => _languages[language];

    private static NoticeTemplates Create(Dictionary<string, string> files)
    {
        Dictionary<string, LanguageTexts> languages = new(StringComparer.Ordinal);
        foreach (var language in files.Keys.Select(name => IsOurs(name, out _, out var tag) ? tag : "").Distinct())
        {
            TemplateText Laid(string name) => Checked(name, Found(name), Layout, Lists);
            string Found(string name) => files.TryGetValue(name, out var text) ? text
                : throw new InvalidDataException($"vault.notices.templates: {name} is missing; a language needs "
                    + $"notice.{language}.txt, notice.{language}.html and words.{language}.txt");
            languages[language] = new LanguageTexts(
                Laid($"notice.{language}.txt"), Laid($"notice.{language}.html"),
                ParseTexts($"words.{language}.txt", Found($"words.{language}.txt")));
        }

        return new NoticeTemplates(languages);
    }

    /// <summary>Lines of <c>key = text</c>; a line that begins with a blank goes on with the text before, <c>#</c>
    /// begins a remark. <c>todo</c> words are lists, a line each.</summary>
    private static FrozenDictionary<string, TemplateText> ParseTexts(string file, string text)
    {
        Dictionary<string, string> raw = new(StringComparer.Ordinal);
        var key = "";
        foreach (var (number, line) in text.Split('\n').Select(line => line.TrimEnd()).Index())
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (line[0] == ' ' && key.Length > 0)
            {
                raw[key] += (key.StartsWith("todo.", StringComparison.Ordinal) ? "\n" : " ") + line.Trim();
                continue;
            }

            var equals = line.IndexOf('=', StringComparison.Ordinal);
            key = equals > 0 ? line[..equals].Trim() : "";
            if (key.Length == 0 || !raw.TryAdd(key, line[(equals + 1)..].Trim()))
            {
                throw new InvalidDataException(
                    $"vault.notices.templates: {file}:{number + 1}: is not `key = text` with a key of its own");
            }
        }

        var needed = WordsNeeded.ToHashSet(StringComparer.Ordinal);
        return raw.Keys.FirstOrDefault(k => !needed.Contains(k)) is { } unknown ? throw new InvalidDataException(
            $"vault.notices.templates: {file}: there is no word '{unknown}'; take it out")
            : needed.FirstOrDefault(k => !raw.ContainsKey(k)) is { } missing ? throw new InvalidDataException(
                $"vault.notices.templates: {file}: the word '{missing}' is missing; write `{missing} = …`")
            : raw.ToFrozenDictionary(
                word => word.Key, word => Checked($"{file}: {word.Key}", word.Value, Facts, None),
                StringComparer.Ordinal);
    }

    private static TemplateText Checked(
        string name, string text, IReadOnlySet<string> values, IReadOnlySet<string> lists) =>
            TemplateText.Read(text, values, lists, out var fault)
            ?? throw new InvalidDataException($"vault.notices.templates: {name}: {fault}");

    private static bool IsOurs(string name, out string kind, out string language)
    {
        (kind, language) = ("", "");
        if (name.Split('.')
            is not [("notice" or "words") and var part, { Length: >= 2 and <= 12 } tag, ("txt" or "html") and var end]
            || (part == "words" && end == "html")
            || !tag.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
        {
            return false;
        }

        (kind, language) = (part, tag);
        return true;
    }
}
