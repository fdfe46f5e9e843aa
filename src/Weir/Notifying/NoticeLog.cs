// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Weir.Notifying;

internal static partial class NoticeLog
{
    [LoggerMessage(EventId = 9201, Level = LogLevel.Information, Message = "{Case} {Step}: the customer was told by {Channel}")]
    public static partial void Told(this ILogger log, string @case, string step, string channel);

    [LoggerMessage(EventId = 9202, Level = LogLevel.Warning, Message = "{Case} {Step}: the customer was not told: {Reason}")]
    public static partial void Untold(this ILogger log, string @case, string step, string reason);

    [LoggerMessage(EventId = 9203, Level = LogLevel.Warning, Message = "{Waiting} notices wait, the vault does not answer: {Reason}")]
    public static partial void VaultDown(this ILogger log, int waiting, string reason);

    [LoggerMessage(EventId = 9204, Level = LogLevel.Information, Message = "the vault takes notices again")]
    public static partial void VaultBack(this ILogger log);

    [LoggerMessage(EventId = 9205, Level = LogLevel.Warning, Message = "{Case} {Step} waits and is tried again at {At:u}: {Reason}")]
    public static partial void Waits(this ILogger log, string @case, string step, DateTimeOffset at, string reason);
}
