// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Weir.Collector.Segments;

internal static partial class SegmentsLog
{
    [LoggerMessage(EventId = 1211, Level = LogLevel.Warning,
        Message = "segments wait for the store: {Reason}; nothing is lost, they are sent when it answers")]
    public static partial void SegmentsWait(this ILogger log, string reason);

    [LoggerMessage(EventId = 1212, Level = LogLevel.Error,
        Message = "segment {Name} is set aside in spool/bad, {Code}: {Reason}")]
    public static partial void SegmentSetAside(this ILogger log, string name, string code, string reason);

    [LoggerMessage(EventId = 1213, Level = LogLevel.Warning,
        Message = "the store did not take everything at the stop: {Reason}; the segments wait for the next start")]
    public static partial void SegmentsLeft(this ILogger log, string reason);
}
