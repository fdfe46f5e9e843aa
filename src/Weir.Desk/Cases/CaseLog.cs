// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Weir.Desk.Cases;

internal static partial class CaseLog
{
    [LoggerMessage(EventId = 8401, Level = LogLevel.Error,
        Message = "{Events} events wait for the case desk: {Reason}; they are tried again")]
    public static partial void EventsWait(this ILogger log, int events, string reason);

    [LoggerMessage(EventId = 8402, Level = LogLevel.Warning,
        Message = "{Events} events are not believed and were refused: {Code}")]
    public static partial void EventsRefused(this ILogger log, long events, string code);

    [LoggerMessage(EventId = 8403, Level = LogLevel.Error,
        Message = "collector {Collector} does not record scope {Scope}: {Code}")]
    public static partial void OrderRefused(this ILogger log, string collector, string scope, string code);

    [LoggerMessage(EventId = 8404, Level = LogLevel.Warning,
        Message = "the vault does not answer: {Reason}; {Cases} cases wait to be sealed, nobody can be disclosed")]
    public static partial void VaultDown(this ILogger log, string reason, int cases);

    [LoggerMessage(EventId = 8405, Level = LogLevel.Information, Message = "the vault answers again")]
    public static partial void VaultBack(this ILogger log);

    [LoggerMessage(EventId = 8406, Level = LogLevel.Warning,
        Message = "stopped with {Events} events that are kept and not handled; the next start does it")]
    public static partial void EventsLeft(this ILogger log, int events);

    [LoggerMessage(EventId = 8407, Level = LogLevel.Information,
        Message = "{Cases} cases and {Scopes} open scopes restored, {Events} events taken up again")]
    public static partial void Restored(this ILogger log, int cases, int scopes, int events);

    [LoggerMessage(EventId = 8408, Level = LogLevel.Warning,
        Message = "privacy officer: {Actor} ({Role}) was refused {Refusals} times within 24 hours")]
    public static partial void OfficerTold(this ILogger log, string actor, string role, int refusals);

    [LoggerMessage(EventId = 8411, Level = LogLevel.Warning,
        Message = "{Network} is held: more than {Bound} lines met it in a day ({Detail}); two people release or drop it: "
            + "weir watchlist networks")]
    public static partial void NetworkHeld(this ILogger log, string network, int bound, string detail);

    [LoggerMessage(EventId = 8410, Level = LogLevel.Warning, Message = "the vault refuses: {Reason}")]
    public static partial void VaultRefused(this ILogger log, string reason);
}
