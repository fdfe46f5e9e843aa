// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Weir.Cli.Configuring;
using Weir.Desk.Alerts;
using Weir.Desk.Alerts.Channels;
using Weir.Hosting.Channels;

namespace Weir.Cli.Processes.Mapping;

/// <summary>The <c>notifying</c> section as the sender of alerts takes it.</summary>
internal static class AlertMapping
{
    public static AlertOptions Sending(NotifyingSettings notifying) => new()
    {
        MaxPerKind = notifying.MostOfAKind,
        Window = notifying.Window,
        MaxPerMinute = notifying.MostAMinute,
        LongestWait = notifying.LongestWait,
        GiveUpAfter = notifying.GiveUpAfter,
        FirstWait =
            notifying.LongestWait < new AlertOptions().FirstWait ? notifying.LongestWait : new AlertOptions().FirstWait,
    };

    /// <exception cref="OperatorException">A channel cannot be had.</exception>
    public static ImmutableArray<IAlertChannel> Channels(NotifyingSettings notifying, TimeProvider time) =>
        [.. notifying.Channels.Select((channel, i) =>
        {
            try
            {
                return Channel(channel, notifying.Smtp, time);
            }
            catch (Exception fault) when (fault is ChannelException or IOException or UnauthorizedAccessException)
            {
                throw new OperatorException($"notifying.channels[{i}]: {fault.Message}");
            }
        })];

    private static IAlertChannel Channel(ChannelSettings channel, SmtpOptions smtp, TimeProvider time) =>
        channel.Kind switch
        {
            ChannelKind.Webhook => new MessageChannel(channel.Name, new WebhookSender(
                channel, time)),
            ChannelKind.Syslog => new SyslogChannel(channel.Name, new SyslogSender(
                new SyslogOptions
                {
                    Host = channel.Host!,
                    Port = channel.Port ?? (channel.Way == SyslogTransport.Tls ? 6514 : 514),
                    Way = channel.Way,
                    Form = channel.Form,
                    Facility = channel.Facility,
                    Enterprise = channel.Enterprise,
                    Version = VersionAction.Text,
                    Trust = new(channel.CaFile),
                    Timeout = channel.Timeout,
                },
                time)),
            ChannelKind.Mail =>
                new MailChannel(channel.Name, new SmtpSender(smtp, time), channel.From!, channel.To!),
            _ => new MessageChannel(channel.Name, new ScriptRunner(new ScriptOptions
            {
                Program = channel.Program!,
                Arguments = channel.Arguments,
                Limit = channel.Timeout
            }, time)),
        };
}
