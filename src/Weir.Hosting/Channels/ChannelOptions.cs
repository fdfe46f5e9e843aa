// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Weir.Hosting.Configuration;

namespace Weir.Hosting.Channels;

/// <summary>What a channel is.</summary>
public enum ChannelKind
{
    /// <summary>JSON, posted.</summary>
    Webhook,

    /// <summary>RFC 5424.</summary>
    Syslog,

    /// <summary>A mail to the desk.</summary>
    Mail,

    /// <summary>A program of the provider.</summary>
    Script,
}

/// <summary>How a message of syslog travels.</summary>
public enum SyslogTransport : byte
{
    /// <summary>RFC 5426: nobody says whether it came.</summary>
    Udp = 0,

    /// <summary>RFC 6587, counted octets.</summary>
    Tcp,

    /// <summary>RFC 5425.</summary>
    Tls,
}

/// <summary>What the message itself is.</summary>
public enum SyslogFormat : byte
{
    /// <summary>A sentence, with all fields as structured data.</summary>
    Structured = 0,

    /// <summary>Common Event Format, as SIEMs read it.</summary>
    Cef,
}

/// <summary>Who reads what a channel sends.</summary>
public enum ChannelReader : byte
{
    /// <summary>The desk, the NOC, a SIEM: every alert.</summary>
    Everybody = 0,

    /// <summary>What the privacy officer is to be told of, and nothing else.</summary>
    PrivacyOfficer,
}

/// <summary>A way out for alerts or heads of a record; an item of <c>notifying.channels</c> and of
/// <c>auditing.outside.channels</c>.</summary>
public sealed partial record ChannelOptions : ISection, IWebhook
{
    [Setting("Name in metrics and commands: small letters, digits, dashes.", Required = true, Example = "soc")]
    public string Name { get; init; } = "";

    [Setting("What it is: `webhook` posts JSON, `syslog` sends RFC 5424, `mail` writes to the "
        + "desk, `script` runs a program.", Required = true, Example = "webhook")]
    public ChannelKind Kind { get; init; }

    [Setting("Alerts for `everybody`, or what the `privacy-officer` is to be told of and nothing else: refusals in number, "
        + "held lists and networks, governance that waits, sealed scopes, refused grounds, faults of the record.",
        Key = "for")]
    public ChannelReader Reader { get; init; } = ChannelReader.Everybody;

    [Setting("Webhook: the address, https unless it is on this machine.", Key = "url",
        Example = "https://soc.isp.example/weir")]
    public Uri? Address { get; init; }

    [Setting("Webhook: file of the key that signs, at least 32 octets. Without it posts are not signed.",
        Example = "/etc/weir/soc.key", IsSecretFile = true)]
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

    /// <summary>This machine's name as syslog tells it; null for what the system says.</summary>
    public string? HostName { get; init; }

    /// <summary>The program's version, as CEF tells it.</summary>
    public string Version { get; init; } = "";

    /// <exception cref="IOException">The file holds none.</exception>
    public JsonTemplate? Template =>
        TemplateFile is not { } path ? null
        : JsonTemplate.TryParse(File.ReadAllText(path), out var template, out var fault) ? template
        : throw new IOException($"{path} {fault}");

    public int SyslogPort => Port ?? (Way == SyslogTransport.Tls ? 6514 : 514);

    public string Place => FormattableString.Invariant($"{Host}:{SyslogPort}");

    internal TlsTrust Trust => new(CaFile);

    private IEnumerable<(ChannelKind Kind, string Key, object? Value, bool IsNeeded)> Own =>
    [
        (ChannelKind.Webhook, "url", Address, true), (ChannelKind.Webhook, "key-file", KeyFile, false),
        (ChannelKind.Webhook, "template-file", TemplateFile, false), (ChannelKind.Syslog, "host", Host, true),
        (ChannelKind.Syslog, "port", Port, false), (ChannelKind.Mail, "from", From, true),
        (ChannelKind.Mail, "to", To, true), (ChannelKind.Script, "program", Program, true),
    ];

    public void Validate(SectionFaults faults)
    {
        if (!NameForm().IsMatch(Name))
        {
            faults.Add("name", $"is '{Name}'; write up to 32 small letters, digits and dashes");
        }

        Kinds(faults);
        Addresses(faults);
        foreach (var (key, file) in new[]
        {
            ("key-file", KeyFile), ("template-file", TemplateFile), ("ca-file", CaFile), ("program", Program),
        })
        {
            faults.AddMissing(key, file);
        }

        if (KeyFile is { } path && File.Exists(path) && new FileInfo(path).Length < WebhookSignature.MinKeyOctets)
        {
            faults.Add("key-file",
                $"has fewer than {WebhookSignature.MinKeyOctets} octets; write a longer key, such as "
                + "from `openssl rand -hex 32`");
        }

        if (TemplateFile is { } template && File.Exists(template) && TemplateFault(template) is { } fault)
        {
            faults.Add("template-file", fault);
        }
    }

    private void Kinds(SectionFaults faults)
    {
        var kind = Schema.Kebab(Kind.ToString());
        foreach (var (of, key, value, isNeeded) in Own)
        {
            if (of == Kind && isNeeded && (value is null || (value is string text && string.IsNullOrWhiteSpace(text))))
            {
                faults.Add(key, $"is missing, and a channel of kind {kind} needs it; write it");
            }
            else if (of != Kind && value is not null)
            {
                faults.Add(key, $"has no use in a channel of kind {kind}; take it out");
            }
        }
    }

    private void Addresses(SectionFaults faults)
    {
        if (Address is { Scheme: "http", IsLoopback: false } && !AllowClear)
        {
            faults.Add("url",
                "is not https, and alerts would leave this machine in clear; write https, or set allow-clear");
        }

        if (Address is { UserInfo.Length: > 0 })
        {
            faults.Add("url", "carries a user or password; secrets lie in files: sign with key-file");
        }

        if (Program is { } program && !Path.IsPathRooted(program))
        {
            faults.Add("program", $"is '{program}'; write the whole path");
        }

        foreach (var (key, box) in new[] { ("from", From), ("to", To) })
        {
            if (box is not null && !MailBox.TryParse(box, out _))
            {
                faults.Add(key, $"is '{box}', which is no address; write one such as abuse@isp.example");
            }
        }
    }

    private static string? TemplateFault(string path)
    {
        try
        {
            return JsonTemplate.TryParse(File.ReadAllText(path), out _, out var fault)
                ? null
                : $"{path} {fault}; write JSON with {{{{name}}}} inside its strings";
        }
        catch (Exception unread) when (unread is IOException or UnauthorizedAccessException)
        {
            return $"{path} cannot be read: {unread.Message}; let this user read it";
        }
    }

    [GeneratedRegex(@"^[a-z0-9][a-z0-9-]{0,31}\z")]
    private static partial Regex NameForm();
}
