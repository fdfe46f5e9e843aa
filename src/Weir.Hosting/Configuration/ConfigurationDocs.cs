// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Weir.Hosting.Configuration;

/// <summary>The documentation of the configuration, made from the records themselves.</summary>
internal static class ConfigurationDocs
{
    /// <summary>What <c>config/weir.yaml</c> holds: the defaults, and documentation prefixes where the
    /// provider's own must go.</summary>
    public static string CommentedDefault(object shipped) =>
        """
        # Weir's configuration: every setting with its default. Check it with `weir check --config FILE`.
        #
        # Durations are written 10m, 1h30m, 7d (d h m s ms); sizes 512MiB (B KiB MiB GiB TiB). ${NAME} stands for a
        # variable of the environment, $${ for a plain ${. Quote IPv6 listeners: "[::]:2055".
        # The prefixes under attributing.networks are RFC 5737 and RFC 3849 placeholders: put your own there.

        """ + ConfigurationWriter.Commented(shipped);

    /// <summary>What <c>docs/50-configuration.md</c> holds.</summary>
    public static string Markdown(Type root)
    {
        var text = new StringBuilder(
            """
            # Configuration

            Generated from the settings' own descriptions; do not edit. The commented default is `config/weir.yaml`.
            `weir check --config F` lists every fault with line and column and ends with 2; `weir dump --config F` prints what is in force, secrets masked.

            - A *duration* is written `10m`, `1h30m`, `7d` (units d, h, m, s, ms, in this order).
            - A *size* is written with a binary unit: `512MiB` (B, KiB, MiB, GiB, TiB).
            - A *network* is written in CIDR notation without host bits: `192.0.2.0/24`, `2001:db8::/32`; without a length it is one address.
            - `${NAME}` is replaced by the variable of the environment, in every value; `$${` is a plain `${`.
            - A *secret* is best written as `file:/path` (not readable by everyone; one line) or `${NAME}`.
            - Unknown keys, keys that stand twice, anchors, aliases and tags are refused. `yes`, `no`, `on` and `off` are neither `true` nor `false`; text that looks like them or like a number is quoted.

            """);
        Section(text, root, "", "Top level", "");
        return text.ToString();
    }

    private static void Section(StringBuilder text, Type record, string path, string title, string meaning)
    {
        text.Append($"\n## {title}\n\n").Append(meaning.Length == 0 ? "" : $"{meaning}\n\n");
        text.Append("| key | kind | default | range | meaning |\n|---|---|---|---|---|\n");
        var sample = Activator.CreateInstance(record)!;
        var settings = Schema.Of(record);
        foreach (var setting in settings.Where(s => !s.IsSection))
        {
            var kind = setting.Item is null ? Schema.Name(setting.Type)
                : setting.IsRecordList ? "list, see below"
                : $"list of {Schema.Name(setting.Item)}";
            var fallback = setting.About.Required ? "required"
                : ConfigurationWriter.Default(setting, sample) is var value and not "none" ? $"`{value}`"
                : "none";
            var because = setting.About.Because is { } reason ? $" Not beyond: {reason}." : "";
            text.Append($"| `{path}{setting.Key}` | {kind} | {fallback} | {setting.Range} | "
                + $"{setting.About.Meaning}{because} |\n");
        }

        foreach (var setting in settings.Where(s => s.IsSection || s.IsRecordList))
        {
            var below = path + setting.Key + (setting.IsRecordList ? "[]" : "");
            Section(text, setting.Item ?? setting.Type, below + ".", $"`{below}`", setting.About.Meaning);
        }
    }
}
