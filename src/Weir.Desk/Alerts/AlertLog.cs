// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Weir.Desk.Alerts;

internal static partial class AlertLog
{
    [LoggerMessage(EventId = 9200, Level = LogLevel.Warning,
        Message = "channel {Channel} did not take alert {Alert}, it is tried again: {Reason}")]
    public static partial void NotTaken(this ILogger log, string channel, string alert, string reason);

    [LoggerMessage(EventId = 9201, Level = LogLevel.Error,
        Message = "channel {Channel} gave up alert {Alert}: {Reason}")]
    public static partial void GivenUp(this ILogger log, string channel, string alert, string reason);

    [LoggerMessage(EventId = 9203, Level = LogLevel.Warning,
        Message = "{Alerts} alerts waited for channels that the configuration no longer names; they are dropped")]
    public static partial void ChannelGone(this ILogger log, long alerts);

    [LoggerMessage(EventId = 9202, Level = LogLevel.Error,
        Message = "channel {Channel} waits for the journal of alerts: {Reason}")]
    public static partial void JournalAway(this ILogger log, string channel, string reason);
}
