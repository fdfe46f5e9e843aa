// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Channels;
using Weir.Hosting.Configuration;

namespace Weir.Desk.Alerts;

/// <summary>Alerts to the provider's own people; the section <c>notifying</c>.</summary>
public sealed record AlertOptions : ISection
{
    [Setting("Ways out for alerts to the provider's own people: desk, NOC, SIEM. None by "
        + "default: nothing leaves this machine.")]
    public IReadOnlyList<ChannelOptions> Channels { get; init; } = [];

    [Setting("The mail server for channels of kind `mail`.")]
    public SmtpOptions Smtp { get; init; } = new();

    [Setting("So many alerts of a kind go out one by one in a `window`; more become one digest at its end.",
        Key = "most-of-a-kind", Min = "1", Max = "10000")]
    public int MaxPerKind { get; init; } = 20;

    [Setting("Window of a storm.", Min = "1s", Max = "1d")]
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(10);

    [Setting("Alerts a minute by each channel; the others wait.", Key = "most-a-minute", Min = "1", Max = "10000")]
    public int MaxPerMinute { get; init; } = 60;

    [Setting("Longest wait between two tries of a channel that is away.", Min = "1s", Max = "1d")]
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(15);

    [Setting("An alert that no try got through for this long is given up, and counted.", Min = "1m", Max = "30d")]
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromDays(3);

    /// <summary>Wait after the first failure, never longer than <see cref="LongestWait"/>; doubled with each, with a
    /// random half more or less.</summary>
    public TimeSpan FirstWait { get => field < LongestWait ? field : LongestWait; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Ids are known for this long, so that nothing is told twice.</summary>
    public TimeSpan KeepIds { get; init; } = TimeSpan.FromDays(90);

    public void Validate(SectionFaults faults)
    {
        faults.AddTwice("channels", Channels, channel => channel.Name);
        if (string.IsNullOrWhiteSpace(Smtp.Host) && Channels.Any(channel => channel.Kind == ChannelKind.Mail))
        {
            faults.Add("smtp.host", "is missing, and without it no mail can be sent; name the mail server");
        }

        faults.AddMissing("smtp.password-file", Smtp.PasswordFile);
        faults.AddMissing("smtp.ca-file", Smtp.CaFile);
    }
}
