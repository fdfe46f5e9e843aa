// SPDX-License-Identifier: Apache-2.0
namespace Weir.Cli.Serving;

/// <summary>What the running collector tells the operator; event ids 9xxx.</summary>
internal static partial class ServeLog
{
    [LoggerMessage(EventId = 9001, Level = LogLevel.Information,
        Message = "weir serve is ready: flows on UDP {Listeners}, metrics and health on "
            + "http://{Web}, reports in {Reports}")]
    public static partial void Ready(this ILogger log, string listeners, string web, string reports);

    [LoggerMessage(EventId = 9002, Level = LogLevel.Information,
        Message = "stopping: {Flows} flows read since the start")]
    public static partial void Stopping(this ILogger log, long flows);

    [LoggerMessage(EventId = 9003, Level = LogLevel.Information,
        Message = "stopped: {Left} segments wait in the spool for the next start")]
    public static partial void Stopped(this ILogger log, int left);

    [LoggerMessage(EventId = 9004, Level = LogLevel.Error,
        Message = "the disk stayed full until the stop: what was in memory is lost, {Pairs} pairs")]
    public static partial void LostAtStop(this ILogger log, int pairs);

    [LoggerMessage(EventId = 9005, Level = LogLevel.Warning,
        Message = "the flow store did not take everything in time: {Reason}; the segments wait for the next start")]
    public static partial void NotDrained(this ILogger log, string reason);

    [LoggerMessage(EventId = 9010, Level = LogLevel.Warning, Message = "{Part} failed and is tried again: {Reason}")]
    public static partial void RoundFailed(this ILogger log, string part, string reason);

    [LoggerMessage(EventId = 9011, Level = LogLevel.Information,
        Message = "templates of {Exporters} exporters restored from {File}")]
    public static partial void Restored(this ILogger log, int exporters, string file);

    [LoggerMessage(EventId = 9012, Level = LogLevel.Warning, Message = "{Fault}")]
    public static partial void TemplatesRefused(this ILogger log, string fault);

    [LoggerMessage(EventId = 9013, Level = LogLevel.Information,
        Message = "{Keys} epoch keys erased: what was written under them resolves no more")]
    public static partial void KeysErased(this ILogger log, int keys);

    [LoggerMessage(EventId = 9014, Level = LogLevel.Warning,
        Message = "{Late} of {Seen} flows came after their time was judged, so floods and spam may go unseen: "
            + "exporters hold flows longer than decoding.active-timeout, which is {Timeout}; set it to the longest "
            + "active timeout of any exporter")]
    public static partial void FlowsLate(this ILogger log, long late, long seen, TimeSpan timeout);

    [LoggerMessage(EventId = 9020, Level = LogLevel.Information,
        Message = "compared {Endpoints} endpoints in {Seconds:0.0} s: {Candidates} candidates; report in {File}")]
    public static partial void Compared(this ILogger log, long endpoints, double seconds, int candidates, string file);
}
