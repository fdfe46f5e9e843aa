// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Weir.Cli.Configuring;

internal sealed record SelfServiceSettings
{
    [Setting("Whether the vault serves customers' pages.")]
    public bool Enabled { get; init; }

    [Setting("Where they are served, without TLS: put the provider's TLS front before it.")]
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 8482);

    [Setting("The address by which customers reach them through that front; links are made of it.",
        Example = "https://help.example.net/weir")]
    public Uri? Public { get; init; }

    [Setting("Languages offered; the first is for browsers that ask for none of them.")]
    public IReadOnlyList<Language> Languages { get; init; } = [Language.En, Language.De];

    [Setting("The provider's name, as customers know it.", Example = "Example Net")]
    public string Provider { get; init; } = "";

    [Setting("How customers reach people: a telephone number, hours, an address.",
        Example = "Telephone 0800 000000, daily 8 to 20")]
    public string Contact { get; init; } = "";

    [Setting("The same in German.", Example = "Telefon 0800 000000, täglich 8 bis 20 Uhr")]
    public string? ContactDe { get; init; }

    [Setting("After this long a new key signs links; the former one is accepted as long again. No link lives longer.",
        Min = "1d", Max = "365d")]
    public TimeSpan KeyLife { get; init; } = TimeSpan.FromDays(90);

    [Setting("How long the check lasts that \"I fixed it\" begins; never longer than the policy's.",
        Min = "1m", Max = "14d")]
    public TimeSpan CheckTime { get; init; } = TimeSpan.FromDays(14);
}

/// <summary>Languages of what customers read.</summary>
internal enum Language
{
    En,
    De,
}
