// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Weir.Store.Loading;

/// <summary>What the intake tells the operator; event ids 7110 to 7113.</summary>
internal static partial class LoadingLog
{
    [LoggerMessage(EventId = 7110, Level = LogLevel.Error,
        Message = "segment {Segment} of {Sender} is damaged and not taken: {Reason}")]
    public static partial void SegmentDamaged(this ILogger log, string segment, string sender, string reason);

    [LoggerMessage(EventId = 7111, Level = LogLevel.Error,
        Message = "segment {Segment} with {Rows} rows is not taken: {Reason}")]
    public static partial void SegmentNotTaken(this ILogger log, string segment, long rows, string reason);

    [LoggerMessage(EventId = 7112, Level = LogLevel.Warning,
        Message = "segments wait at their collectors: {Reason}")]
    public static partial void SegmentsWaitOutside(this ILogger log, string reason);
}
