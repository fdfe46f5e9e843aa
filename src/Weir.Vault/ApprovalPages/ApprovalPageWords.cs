// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Vault.Customers;

namespace Weir.Vault.ApprovalPages;

/// <summary>What the approvals page says in one language. What is signed is in no language: it stands as it is.
/// </summary>
internal sealed class ApprovalPageWords
{
    private const string Folder = "approvals/words/";
    private const string End = ".json";
    private static readonly string[] OfScript = ["script.", "role.", "problem."];

    private readonly FrozenDictionary<string, string> _texts;

    private ApprovalPageWords(string tag, Dictionary<string, string> texts)
    {
        (Tag, _texts) = (tag, texts.ToFrozenDictionary(StringComparer.Ordinal));
        ForScript = JsonSerializer.Serialize(
            texts.Where(one => OfScript.Any(start => one.Key.StartsWith(start, StringComparison.Ordinal)))
                .ToDictionary(),
            PageWordsJson.Default.DictionaryStringString);
    }

    /// <summary>BCP 47 tags; the first is for who asks for none of them.</summary>
    public static IReadOnlyList<string> Languages { get; } = ["en", "de"];

    public string Tag { get; }

    /// <summary>Those that the script says, as JSON.</summary>
    public string ForScript { get; }

    public string this[string name] => _texts[name];

    public IEnumerable<string> Names => _texts.Keys;

    /// <summary>All languages, by tag.</summary>
    public static FrozenDictionary<string, ApprovalPageWords> ReadAll() =>
        Languages.ToFrozenDictionary(tag => tag, Read, StringComparer.Ordinal);

    /// <summary>The language for a browser (RFC 9110 section 12.5.4).</summary>
    /// <param name="accepted">Its header <c>Accept-Language</c>.</param>
    public static string Choose(string accepted) => LanguageSelector.Choose(null, accepted, Languages);

    private static ApprovalPageWords Read(string tag)
    {
        using var file = Assembly.GetExecutingAssembly().GetManifestResourceStream($"{Folder}{tag}{End}")
            ?? throw new InvalidDataException($"{Folder}{tag}{End} is not in this program: build it anew");
        return new(tag, JsonSerializer.Deserialize(file, PageWordsJson.Default.DictionaryStringString)!);
    }
}

[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class PageWordsJson : JsonSerializerContext;
