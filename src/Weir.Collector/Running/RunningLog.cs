// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Weir.Collector.Running;

internal static partial class RunningLog
{
    [LoggerMessage(EventId = 1252, Level = LogLevel.Warning, Message = "{Part} failed and is tried again: {Reason}")]
    public static partial void WorkFailed(this ILogger log, string part, string reason);

    [LoggerMessage(EventId = 1253, Level = LogLevel.Error,
        Message = "what was in memory is lost, {Pairs} pairs: it could not be written out until the stop")]
    public static partial void LostAtStop(this ILogger log, int pairs);

    [LoggerMessage(EventId = 1254, Level = LogLevel.Information,
        Message = "templates of {Exporters} exporters restored from {File}")]
    public static partial void TemplatesRestored(this ILogger log, int exporters, string file);

    [LoggerMessage(EventId = 1255, Level = LogLevel.Warning, Message = "templates are not kept: {Reason}")]
    public static partial void TemplatesNotKept(this ILogger log, string reason);

    [LoggerMessage(EventId = 1256, Level = LogLevel.Warning,
        Message = "{Late} of {Seen} flows came after their time was judged, so floods and spam may go unseen: "
            + "exporters hold flows longer than decoding.active-timeout, which is {Timeout}; set it to the longest "
            + "active timeout of any exporter")]
    public static partial void FlowsLate(this ILogger log, long late, long seen, TimeSpan timeout);

    [LoggerMessage(EventId = 1257, Level = LogLevel.Information, Message = "flows are taken on UDP {Listeners}")]
    public static partial void FlowsTaken(this ILogger log, string listeners);

    [LoggerMessage(EventId = 1258, Level = LogLevel.Information,
        Message = "no flows are taken any more: {Flows} read since the start")]
    public static partial void FlowsEnded(this ILogger log, long flows);

    [LoggerMessage(EventId = 1259, Level = LogLevel.Warning, Message = "the lanes did not end within {Seconds:0} s")]
    public static partial void LanesLate(this ILogger log, double seconds);
}
