// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Channels;
using Weir.Hosting.Configuration;

namespace Weir.Hosting.Auditing;

/// <summary>Where heads of the records go beside the disk; the section <c>auditing.outside</c>, which each process
/// reads for its own record.</summary>
public sealed record OutsideOptions : ISection
{
    /// <summary>A mail has people who read it.</summary>
    public static readonly TimeSpan MailPeriod = TimeSpan.FromHours(1);

    [Setting("Ways out for heads: syslog by tcp or tls, webhook, mail, script. None by default: who has all of this "
        + "machine's files can write a record anew, and nobody finds it.")]
    public IReadOnlyList<ChannelOptions> Channels { get; init; } = [];

    [Setting("The mail server for channels of kind `mail`.")]
    public SmtpOptions Smtp { get; init; } = new();

    [Setting("A new head goes out so often at most; by mail once an hour. The newest speaks for all before it.",
        Min = "1s", Max = "1h")]
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(10);

    [Setting("The auditor countersigns a head of the desk's record so often at least (`weir audit countersign`), or "
        + "health says so.", Min = "1h", Max = "366d", Example = "7d")]
    public TimeSpan? Countersigned { get; init; }

    public void Validate(SectionFaults faults)
    {
        faults.AddTwice("channels", Channels, channel => channel.Name);
        foreach (var (i, channel) in Channels.Index())
        {
            if (channel is { Kind: ChannelKind.Syslog, Way: SyslogTransport.Udp })
            {
                faults.Add($"channels[{i}].way", "is udp, by which nobody learns whether a head came; write tls or tcp");
            }

            if (channel.Reader != ChannelReader.Everybody)
            {
                faults.Add($"channels[{i}].for", "has no use for heads; take it out");
            }

            if (channel.Form == SyslogFormat.Cef)
            {
                faults.Add($"channels[{i}].form", "is cef, which has no place for a head; leave it out");
            }
        }

        if (string.IsNullOrWhiteSpace(Smtp.Host) && Channels.Any(channel => channel.Kind == ChannelKind.Mail))
        {
            faults.Add("smtp.host", "is missing, and without it no mail can be sent; name the mail server");
        }

        faults.AddMissing("smtp.password-file", Smtp.PasswordFile);
        faults.AddMissing("smtp.ca-file", Smtp.CaFile);
    }
}
