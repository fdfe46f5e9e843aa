// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using Weir.Contracts.Lists;

namespace Weir.Desk.Lists;

internal static partial class MatchLog
{
    [LoggerMessage(EventId = 4001, Level = LogLevel.Information,
        Message = "watchlist replaced: {Entries} entries of {Lists} lists, those that people make here (promoted, "
            + "false positives) among them; lines refused: {Refused}")]
    public static partial void ListReplaced(this ILogger log, int entries, int lists, int refused);

    [LoggerMessage(EventId = 4002, Level = LogLevel.Warning,
        Message = "list {List} could not be read and its copy of {ReadAt:u} stays in force: {Reason}")]
    public static partial void ListKept(this ILogger log, string list, DateTimeOffset readAt, string reason);

    [LoggerMessage(EventId = 4003, Level = LogLevel.Error,
        Message = "list {List} could not be read and there is no earlier copy: {Reason}")]
    public static partial void ListMissing(this ILogger log, string list, string reason);

    [LoggerMessage(EventId = 4004, Level = LogLevel.Warning,
        Message = "list {List}: {Refused} lines refused, the first is {First}")]
    public static partial void LinesRefused(
        this ILogger log, string list, int refused, Weir.Contracts.Lists.RejectedLine first);
}
