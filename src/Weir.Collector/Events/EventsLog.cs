// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Weir.Collector.Events;

internal static partial class EventsLog
{
    [LoggerMessage(EventId = 1221, Level = LogLevel.Error, Message = "the intake stands still: {Reason}")]
    public static partial void IntakeStopped(this ILogger log, string reason);

    [LoggerMessage(EventId = 1222, Level = LogLevel.Information,
        Message = "events are taken again, and the intake goes on")]
    public static partial void IntakeGoesOn(this ILogger log);

    [LoggerMessage(EventId = 1223, Level = LogLevel.Error,
        Message = "{Events} events are lost: there was no room for them until the stop")]
    public static partial void EventsLost(this ILogger log, long events);

    [LoggerMessage(EventId = 1224, Level = LogLevel.Error,
        Message = "the desk refuses {Events} events of ours, {Code}: they are not sent again; its list of keys must "
            + "have this collector's")]
    public static partial void EventsRefused(this ILogger log, long events, string code);

    [LoggerMessage(EventId = 1225, Level = LogLevel.Information,
        Message = "{Events} events wait in the outbox for the next start")]
    public static partial void EventsLeft(this ILogger log, long events);
}
