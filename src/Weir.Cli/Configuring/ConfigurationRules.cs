// SPDX-License-Identifier: Apache-2.0
namespace Weir.Cli.Configuring;

/// <summary>What no single key can tell: settings that contradict each other, and what is missing for the main job.</summary>
internal static class ConfigurationRules
{
    /// <summary>Every breach as the path of the setting and the rest of the sentence.</summary>
    public static IEnumerable<(string Path, string Sentence)> Check(WeirConfiguration settings) =>
    [
        .. Networks(settings.Attributing),
        .. Twice(settings.Collecting.Listen, "collecting.listen", at => at.ToString()),
        .. Twice(settings.Attributing.Networks, "attributing.networks", n => n.Prefix.ToString()),
        .. Twice(settings.Decoding.Exporters, "decoding.exporters", e => e.Address.ToString()),
        .. Twice(settings.Matching.Lists, "matching.lists", l => l.Name),
        .. Collecting(settings.Collecting),
        .. Store(settings.Store),
        .. Empty(settings),
    ];

    private static IEnumerable<(string, string)> Networks(AttributingSettings attributing)
    {
        if (attributing.Networks.Count == 0)
        {
            yield return ("attributing.networks", "names no network, so every flow would be foreign; add the provider's prefixes, `- prefix: 192.0.2.0/24`");
        }
    }

    private static IEnumerable<(string, string)> Collecting(CollectingSettings collecting)
    {
        if (collecting.Listen.Count == 0)
        {
            yield return ("collecting.listen", "names no address; write one, or take the key out for the default ports");
        }
    }

    private static IEnumerable<(string, string)> Store(StoreSettings store)
    {
        if (store is { Url: not null, Embedded: not null })
        {
            yield return ("store.embedded", "and store.url exclude each other; keep one");
        }

        if (store.Url is null && (store.User is not null || store.Password is not null))
        {
            yield return (store.User is not null ? "store.user" : "store.password", "has no use without store.url; take it out, or add the address");
        }

        if (store.Url is { UserInfo.Length: > 0 })
        {
            yield return ("store.url", "carries a user or password; write store.user and store.password");
        }
    }

    private static IEnumerable<(string, string)> Empty(WeirConfiguration settings)
    {
        (string Path, string? Text)[] texts =
        [
            ("store.embedded", settings.Store.Embedded), ("store.spool", settings.Store.Spool),
            ("decoding.template-file", settings.Decoding.TemplateFile), ("attributing.key-dir", settings.Attributing.KeyDir), ("evidence.ring-dir", settings.Evidence.RingDir), ("report.dir", settings.Report.Dir),
        ];
        return texts.Where(t => t.Text is { } text && string.IsNullOrWhiteSpace(text))
            .Select(t => (t.Path, "is empty; write a path"));
    }

    private static IEnumerable<(string, string)> Twice<T>(IReadOnlyList<T> items, string path, Func<T, string> name)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < items.Count; i++)
        {
            if (!seen.TryAdd(name(items[i]), i))
            {
                yield return ($"{path}[{i}]", $"repeats {name(items[i])} of {path}[{seen[name(items[i])]}]; keep one");
            }
        }
    }
}
