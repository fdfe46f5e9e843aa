// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Weir.Collector.Lists;

internal static partial class ListsLog
{
    [LoggerMessage(EventId = 1231, Level = LogLevel.Information,
        Message = "lists of version {Version} are in force: {Entries} entries")]
    public static partial void ListsInForce(this ILogger log, long version, int entries);

    [LoggerMessage(EventId = 1232, Level = LogLevel.Information,
        Message = "the last good lists are in force until the desk gives newer ones: {Entries} entries")]
    public static partial void ListsRestored(this ILogger log, int entries);

    [LoggerMessage(EventId = 1233, Level = LogLevel.Warning, Message = "lists stay as they are: {Reason}")]
    public static partial void ListsStay(this ILogger log, string reason);

    [LoggerMessage(EventId = 1235, Level = LogLevel.Error,
        Message = "the desk's lists cannot be put in force and are asked for again; the lists of before stay: report "
            + "this fault with the lines below")]
    public static partial void ListsNotApplied(this ILogger log, Exception fault);

    [LoggerMessage(EventId = 1234, Level = LogLevel.Warning,
        Message = "the copy of the lists cannot be kept or read: {Reason}; after a start without the desk there are "
            + "none")]
    public static partial void ListsNotKept(this ILogger log, string reason);
}
