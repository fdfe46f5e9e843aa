// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Weir.Desk.Notices;

internal static partial class NoticeLog
{
    [LoggerMessage(EventId = 9251, Level = LogLevel.Information,
        Message = "{Case} {Step}: the customer was told by {Channel}")]
    public static partial void Told(this ILogger log, string @case, string step, string channel);

    [LoggerMessage(EventId = 9252, Level = LogLevel.Warning,
        Message = "{Case} {Step}: the customer was not told: {Reason}")]
    public static partial void Untold(this ILogger log, string @case, string step, string reason);

    [LoggerMessage(EventId = 9253, Level = LogLevel.Warning,
        Message = "{Waiting} notices wait, the vault does not answer: {Reason}")]
    public static partial void VaultDown(this ILogger log, int waiting, string reason);

    [LoggerMessage(EventId = 9254, Level = LogLevel.Information, Message = "the vault takes notices again")]
    public static partial void VaultBack(this ILogger log);

    [LoggerMessage(EventId = 9255, Level = LogLevel.Warning,
        Message = "{Case} {Step} waits and is tried again at {At:u}: {Reason}")]
    public static partial void Waits(this ILogger log, string @case, string step, DateTimeOffset at, string reason);
}
