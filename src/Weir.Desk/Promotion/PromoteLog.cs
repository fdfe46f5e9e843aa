// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using Weir.Desk.Promotion;

namespace Weir.Desk.Promotion;

/// <summary>What looking back tells the operator; event ids 843x. Never who or how many.</summary>
internal static partial class PromoteLog
{
    [LoggerMessage(EventId = 8431, Level = LogLevel.Information,
        Message = "promotion {Approval}: past days were looked at, {State}; what was found is in case files")]
    public static partial void LookedBack(this ILogger log, string approval, LookBackState state);

    [LoggerMessage(EventId = 8432, Level = LogLevel.Warning,
        Message = "promotion {Approval}: more than {Most} subjects met the endpoint in past days, and the rest opens "
            + "nothing; is it no shared one? weir compare demote takes it back")]
    public static partial void LookBackCut(this ILogger log, string approval, int most);

    [LoggerMessage(EventId = 8433, Level = LogLevel.Warning,
        Message = "promotion {Approval}: its leave is over, so past days are not looked "
            + "at; future contacts are events")]
    public static partial void LookBackOver(this ILogger log, string approval);
}
