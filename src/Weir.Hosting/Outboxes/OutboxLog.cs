// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Weir.Hosting.Outboxes;

internal static partial class OutboxLog
{
    [LoggerMessage(
        EventId = 13201, Level = LogLevel.Warning,
        Message = "outbox {Name}: {Octets} octets of an unfinished write were cut off; nothing whole was behind them")]
    public static partial void TornTail(this ILogger log, string name, long octets);

    [LoggerMessage(
        EventId = 13202, Level = LogLevel.Error,
        Message = "outbox {Name}: {Items} items are lost, for the disk gave back other octets than were "
            + "written; what is whole behind them is delivered, and the files are kept as *.bad in {Place}: look at "
            + "the disk")]
    public static partial void OutboxDamaged(this ILogger log, string name, long items, string place);

    [LoggerMessage(
        EventId = 13203, Level = LogLevel.Error,
        Message = "outbox {Name}: {Fault}")]
    public static partial void OutboxNotWritten(this ILogger log, string name, string fault);

    [LoggerMessage(
        EventId = 13204, Level = LogLevel.Error,
        Message = "outbox {Name} is full ({Octets} octets, {Waiting} items wait): "
            + "nothing more is taken in until its receiver answers again")]
    public static partial void OutboxFull(this ILogger log, string name, long octets, long waiting);

    [LoggerMessage(
        EventId = 13205, Level = LogLevel.Warning,
        Message = "outbox {Name} has room again; {Refused} items were refused since the start")]
    public static partial void OutboxRoomAgain(this ILogger log, string name, long refused);

    [LoggerMessage(
        EventId = 13206, Level = LogLevel.Warning,
        Message = "outbox {Name} cannot deliver: {Fault}; it tries again and loses nothing")]
    public static partial void DeliveryFails(this ILogger log, string name, string fault);

    [LoggerMessage(
        EventId = 13207, Level = LogLevel.Information,
        Message = "outbox {Name} delivers again after {Away}")]
    public static partial void DeliversAgain(this ILogger log, string name, TimeSpan away);

    [LoggerMessage(
        EventId = 13208, Level = LogLevel.Error,
        Message = "outbox {Name}: item {Id} is refused for good ({Reason}) and lies in the file refused")]
    public static partial void ItemSetAside(this ILogger log, string name, string id, string reason);
}
