// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Weir.Desk.Mitigation;

internal static partial class MitigationLog
{
    /// <summary>Who acts where nobody asked: Weir itself.</summary>
    public const string Machine = "weir";
    public const string MachineRole = "machine";

    [LoggerMessage(EventId = 9101, Level = LogLevel.Critical,
        Message = "the journal of blocks is lost and everything is withdrawn: {Reason}")]
    public static partial void JournalLost(this ILogger log, string reason);

    [LoggerMessage(EventId = 9121, Level = LogLevel.Warning,
        Message = "the journal of blocks can be used again: {Found} blocks stand in it, {Written} were written down "
            + "anew; those that are not over are put in force")]
    public static partial void JournalHealed(this ILogger log, int found, int written);

    [LoggerMessage(EventId = 9122, Level = LogLevel.Warning,
        Message = "the journal of blocks is still lost: {Reason}")]
    public static partial void JournalStaysLost(this ILogger log, string reason);

    [LoggerMessage(EventId = 9107, Level = LogLevel.Error,
        Message = "the end of blocks cannot be recorded; they are withdrawn, and the record is tried again: {Reason}")]
    public static partial void NotEnded(this ILogger log, string reason);
}
