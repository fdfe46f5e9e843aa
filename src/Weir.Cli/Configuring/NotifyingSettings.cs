// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Alerts.Channels;
using Weir.Hosting.Channels;
using Weir.Hosting.Configuration;

namespace Weir.Cli.Configuring;

internal sealed record NotifyingSettings
{
    [Setting("Ways out for alerts to the provider's own people: desk, NOC, SIEM. None by "
        + "default: nothing leaves this machine.")]
    public IReadOnlyList<ChannelSettings> Channels { get; init; } = [];

    [Setting("The mail server for channels of kind `mail`.")]
    public SmtpOptions Smtp { get; init; } = new();

    [Setting("So many alerts of a kind go out one by one in a `window`; more become one digest at its end.",
        Min = "1", Max = "10000")]
    public int MostOfAKind { get; init; } = 20;

    [Setting("Window of a storm.", Min = "1s", Max = "1d")]
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(10);

    [Setting("Alerts a minute by each channel; the others wait.", Min = "1", Max = "10000")]
    public int MostAMinute { get; init; } = 60;

    [Setting("Longest wait between two tries of a channel that is away.", Min = "1s", Max = "1d")]
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(15);

    [Setting("An alert that no try got through for this long is given up, and counted.", Min = "1m", Max = "30d")]
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromDays(3);
}

internal sealed record ChannelSettings : IWebhook
{
    [Setting("Name in metrics and commands: small letters, digits, dashes.", Required = true, Example = "soc")]
    public string Name { get; init; } = "";

    [Setting("What it is: `webhook` posts JSON, `syslog` sends RFC 5424, `mail` writes to the "
        + "desk, `script` runs a program.", Required = true, Example = "webhook")]
    public ChannelKind Kind { get; init; }

    [Setting("Webhook: the address, https unless it is on this machine.", Key = "url",
        Example = "https://soc.isp.example/weir")]
    public Uri? Address { get; init; }

    [Setting("Webhook: file of the key that signs, at least 32 octets. Without it posts are not signed.",
        Example = "/etc/weir/soc.key")]
    public string? KeyFile { get; init; }

    [Setting("Webhook: file of JSON with {{name}} inside its strings, for a receiver that wants another shape.",
        Example = "/etc/weir/chat.json")]
    public string? TemplateFile { get; init; }

    [Setting("Webhook: lets http leave this machine.")]
    public bool AllowClear { get; init; }

    [Setting("Syslog: the collector's name or address.", Example = "siem.isp.example")]
    public string? Host { get; init; }

    [Setting("Syslog: its port; 514, or 6514 by TLS.", Min = "1", Max = "65535", Example = "6514")]
    public int? Port { get; init; }

    [Setting("Syslog: by `udp` (RFC 5426), `tcp` (RFC 6587) or `tls` (RFC 5425).")]
    public SyslogTransport Way { get; init; } = SyslogTransport.Udp;

    [Setting("Syslog: `structured` fields and a sentence, or `cef`.")]
    public SyslogFormat Form { get; init; } = SyslogFormat.Structured;

    [Setting("Syslog: facility; 16 = local0.", Min = "0", Max = "23")]
    public int Facility { get; init; } = 16;

    [Setting(
        "Syslog: the provider's enterprise number in the name of the structured data; 32473 is the one for examples.",
        Min = "1", Max = "2147483647")]
    public int Enterprise { get; init; } = 32473;

    [Setting("Mail: the sender.", Example = "Weir <weir@isp.example>")]
    public string? From { get; init; }

    [Setting("Mail: the desk.", Example = "abuse@isp.example")]
    public string? To { get; init; }

    [Setting("Script: whole path of the program. It gets JSON on its standard input; exit 0 = taken, 75 = later.",
        Example = "/usr/local/bin/weir-alert")]
    public string? Program { get; init; }

    [Setting("Script: its arguments.")]
    public IReadOnlyList<string> Arguments { get; init; } = [];

    [Setting("Webhook and syslog by TLS: PEM file of the authorities that are believed in place of the system's.",
        Example = "/etc/weir/ca.pem")]
    public string? CaFile { get; init; }

    [Setting("How long one try may take.", Min = "1s", Max = "10m")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <exception cref="IOException">The file holds none.</exception>
    public JsonTemplate? Template =>
        TemplateFile is not { } path ? null
        : JsonTemplate.TryParse(File.ReadAllText(path), out var template, out var fault) ? template
        : throw new IOException($"{path} {fault}");
}

internal enum ChannelKind
{
    Webhook,
    Syslog,
    Mail,
    Script,
}

/// <summary>When <c>weir serve</c> has customers told; how stands with the vault.</summary>
internal sealed record NoticeSettings
{
    [Setting("From a case's opening to its first notice, sent where the policy's `automatic` has `notify`.", Min = "0s",
        Max = "12h", Because = "what is older than a day is not told of by itself")]
    public TimeSpan Delay { get; init; } = TimeSpan.FromMinutes(10);

    [Setting("What was seen of a case must span at least this much for a notice without a person, "
        + "so that one blip mails nobody.", Min = "0s", Max = "12h")]
    public TimeSpan Least { get; init; } = TimeSpan.FromMinutes(1);

    [Setting("Notices given to the vault within a minute; further ones wait.", Min = "1", Max = "10000")]
    public int MostAMinute { get; init; } = 60;

    [Setting("A notice that waited this long is given up, and counted.", Min = "1h", Max = "30d")]
    public TimeSpan GiveUp { get; init; } = TimeSpan.FromDays(7);
}
