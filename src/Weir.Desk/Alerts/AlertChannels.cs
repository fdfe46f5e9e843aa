// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Weir.Hosting.Channels;

namespace Weir.Desk.Alerts;

/// <summary>The channels of the configuration.</summary>
internal static class AlertChannels
{
    /// <exception cref="InvalidDataException">A channel cannot be had.</exception>
    public static ImmutableArray<IAlertChannel> Open(AlertOptions options, string version, TimeProvider time) =>
        [.. options.Channels.Select((channel, i) =>
        {
            try
            {
                var opened = Open(channel with { Version = version }, options.Smtp, time);
                return channel.Reader == ChannelReader.PrivacyOfficer ? new OfficerChannel(opened) : opened;
            }
            catch (Exception fault) when (fault is ChannelException or IOException or UnauthorizedAccessException)
            {
                throw new InvalidDataException($"notifying.channels[{i}]: {fault.Message}", fault);
            }
        })];

    private static IAlertChannel Open(ChannelOptions channel, SmtpOptions smtp, TimeProvider time) =>
        channel.Kind switch
        {
            ChannelKind.Webhook => new MessageChannel(channel.Name, new WebhookSender(channel, time)),
            ChannelKind.Syslog => new SyslogChannel(channel.Name, channel, time),
            ChannelKind.Mail => new MailChannel(channel.Name, new SmtpSender(smtp, time), channel.From!, channel.To!),
            ChannelKind.Script => new MessageChannel(channel.Name, new ScriptRunner(
                new() { Program = channel.Program, Arguments = channel.Arguments, Limit = channel.Timeout }, time)),
            _ => throw new ArgumentOutOfRangeException(nameof(channel), channel.Kind, "There is no such kind."),
        };
}
