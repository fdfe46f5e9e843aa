// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Weir.Store.ClickHouse;

/// <summary>What the flow store and its spool tell the operator; event ids 7xxx.</summary>
internal static partial class StoreLog
{
    [LoggerMessage(EventId = 7001, Level = LogLevel.Information, Message = "flow store runs as process {Process}")]
    public static partial void StoreRuns(this ILogger log, int process);

    [LoggerMessage(EventId = 7002, Level = LogLevel.Warning,
        Message = "flow store ended with code {Exit}; it is started again in {Pause} ms, segments wait meanwhile")]
    public static partial void StoreDied(this ILogger log, int exit, double pause);

    [LoggerMessage(EventId = 7003, Level = LogLevel.Warning, Message = "flow store says: {Line}")]
    public static partial void StoreSaid(this ILogger log, string line);

    [LoggerMessage(EventId = 7010, Level = LogLevel.Error,
        Message = "segment {Segment} is set aside in spool/bad with {Rows} rows: {Reason}")]
    public static partial void SegmentSetAside(this ILogger log, string segment, long rows, string reason);

    [LoggerMessage(EventId = 7011, Level = LogLevel.Warning,
        Message = "segments wait for the flow store: {Reason}; tried again in {Pause} ms")]
    public static partial void SegmentsWait(this ILogger log, string reason, double pause);

    [LoggerMessage(EventId = 7020, Level = LogLevel.Information,
        Message = "pair digests of {Day} and before dropped: {Partitions} partitions")]
    public static partial void Dropped(this ILogger log, DateOnly day, int partitions);

    [LoggerMessage(EventId = 7021, Level = LogLevel.Critical,
        Message = "the flow store's folder {Folder} was removed while it was in use: all flows and evidence in it are "
            + "lost; it is made anew")]
    public static partial void FolderRemoved(this ILogger log, string folder);

    [LoggerMessage(EventId = 7022, Level = LogLevel.Warning,
        Message = "the flow store's folder {Folder} is made anew: what comes now is kept")]
    public static partial void FolderMade(this ILogger log, string folder);

    [LoggerMessage(EventId = 7023, Level = LogLevel.Error,
        Message = "the flow store's folder {Folder} cannot be made anew: {Reason}; tried again")]
    public static partial void FolderNotMade(this ILogger log, string folder, string reason);
}
