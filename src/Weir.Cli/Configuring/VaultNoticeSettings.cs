// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Configuration;

namespace Weir.Cli.Configuring;

/// <summary>How the vault reaches customers.</summary>
internal enum NoticeChannel
{
    Mail,
    Webhook,
    Script,
}

/// <summary>What customers are told and how it goes; read by <c>weir vault</c>.</summary>
internal sealed record VaultNoticeSettings
{
    [Setting("How customers are told. Without it nobody is.", Example = "mail")]
    public NoticeChannel? Channel { get; init; }

    [Setting("The provider's name, as customers know it.", Example = "Example Net")]
    public string? Provider { get; init; }

    [Setting("Number customers call.", Example = "+49 30 0000000")]
    public string? Phone { get; init; }

    [Setting("The provider's own page about such notices, which who doubts a mail types by hand.",
        Example = "https://www.example.net/security")]
    public Uri? Page { get; init; }

    [Setting("Language where a contact names none.")]
    public string Language { get; init; } = "en";

    [Setting("Folder with files `notice.LANG.txt`, `notice.LANG.html` and `words.LANG.txt` in place "
        + "of those that come with Weir.", Example = "/etc/weir-vault/notices")]
    public string? Templates { get; init; }

    [Setting("Notices sent within a minute; further ones wait.", Min = "1", Max = "10000")]
    public int MostAMinute { get; init; } = 120;

    [Setting("The mail server, for the channel `mail`.")]
    public NoticeMailSettings Mail { get; init; } = new();

    [Setting("The web address, for the channel `webhook`: a portal of the provider that knows the line by its name.")]
    public NoticeWebhookSettings Webhook { get; init; } = new();

    [Setting("The program, for the channel `script`: letters, short messages.")]
    public NoticeScriptSettings Script { get; init; } = new();
}
