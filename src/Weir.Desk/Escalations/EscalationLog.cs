// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;

namespace Weir.Desk.Escalations;

internal static partial class EscalationLog
{
    [LoggerMessage(EventId = 9301, Level = LogLevel.Information, Message = "{Case}: {Step} by {By}; {Rung}, {State}")]
    public static partial void Stepped(
        this ILogger log, CaseId @case, EscalationStep step, EscalationLevel rung, EscalationState state, string by);

    [LoggerMessage(EventId = 9302, Level = LogLevel.Information,
        Message = "{Case}: an endpoint is not closed without people: {Code}; weir case ladder says why")]
    public static partial void NotBlocked(this ILogger log, CaseId @case, string code);

    [LoggerMessage(EventId = 9303, Level = LogLevel.Error,
        Message = "{Case}: {Garden} is not confirmed, it is tried again: {Reason}")]
    public static partial void GardenFailed(this ILogger log, CaseId @case, string garden, string reason);

    [LoggerMessage(EventId = 9304, Level = LogLevel.Warning,
        Message = "{Case}: the customer is not told of {Step}: {Reason}")]
    public static partial void NotTold(this ILogger log, CaseId @case, NoticeStep step, string reason);

    [LoggerMessage(EventId = 9306, Level = LogLevel.Warning,
        Message = "{Case}: it was silent long enough, and whether it is clean cannot be told: {Reason}")]
    public static partial void NotKnown(this ILogger log, CaseId @case, string reason);

    [LoggerMessage(EventId = 9305, Level = LogLevel.Warning,
        Message = "the vault does not answer; lines and gardens stay as they are: {Reason}")]
    public static partial void VaultDown(this ILogger log, string reason);
}
