// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Weir.Desk.Cases;

internal static partial class CaseLog
{
    [LoggerMessage(EventId = 8401, Level = LogLevel.Error,
        Message = "{Events} events wait for the case desk: {Reason}; they are tried again")]
    public static partial void EventsWait(this ILogger log, int events, string reason);

    [LoggerMessage(EventId = 8402, Level = LogLevel.Warning,
        Message = "an event whose signature does not hold was refused")]
    public static partial void EventRefused(this ILogger log);

    [LoggerMessage(EventId = 8403, Level = LogLevel.Error,
        Message = "{Scopes} scopes are not yet in force on the shards: {Reason}; they are tried again")]
    public static partial void WatchesWait(this ILogger log, int scopes, string reason);

    [LoggerMessage(EventId = 8404, Level = LogLevel.Warning,
        Message = "the vault does not answer: {Reason}; {Cases} cases wait to be sealed, nobody can be disclosed")]
    public static partial void VaultDown(this ILogger log, string reason, int cases);

    [LoggerMessage(EventId = 8405, Level = LogLevel.Information, Message = "the vault answers again")]
    public static partial void VaultBack(this ILogger log);

    [LoggerMessage(EventId = 8406, Level = LogLevel.Error,
        Message = "stopped with {Events} events that could not be recorded")]
    public static partial void EventsLost(this ILogger log, int events);

    [LoggerMessage(EventId = 8407, Level = LogLevel.Information,
        Message = "{Cases} cases and {Scopes} open scopes restored, {Events} events taken up again")]
    public static partial void Restored(this ILogger log, int cases, int scopes, int events);

    [LoggerMessage(EventId = 8408, Level = LogLevel.Warning,
        Message = "privacy officer: {Actor} ({Role}) was refused {Refusals} times within 24 hours")]
    public static partial void OfficerTold(this ILogger log, string actor, string role, int refusals);

    [LoggerMessage(EventId = 8409, Level = LogLevel.Warning,
        Message = "{Scopes} scopes cannot be watched: the key of their epoch is gone")]
    public static partial void Unwatchable(this ILogger log, int scopes);

    [LoggerMessage(EventId = 8410, Level = LogLevel.Warning, Message = "the vault refuses: {Reason}")]
    public static partial void VaultRefused(this ILogger log, string reason);
}
