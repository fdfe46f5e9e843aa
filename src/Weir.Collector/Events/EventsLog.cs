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
        Message = "the desk does not take {Events} events of ours, {Code}: they lie in the file refused beside the "
            + "outbox")]
    public static partial void EventsRefused(this ILogger log, long events, string code);

    [LoggerMessage(EventId = 1225, Level = LogLevel.Information,
        Message = "{Events} events wait in the outbox for the next start")]
    public static partial void EventsLeft(this ILogger log, long events);

    [LoggerMessage(EventId = 1226, Level = LogLevel.Error, Message = "{Fault}")]
    public static partial void KeyNotTaken(this ILogger log, string fault);
}
