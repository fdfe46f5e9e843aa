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

    [LoggerMessage(EventId = 9107, Level = LogLevel.Error,
        Message = "the end of blocks cannot be recorded; they are withdrawn, and the record is tried again: {Reason}")]
    public static partial void NotEnded(this ILogger log, string reason);
}
