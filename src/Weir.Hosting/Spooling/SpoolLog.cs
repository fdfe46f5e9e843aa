// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Weir.Hosting.Spooling;

/// <summary>What the spool tells the operator; event ids 7012 to 7014.</summary>
internal static partial class SpoolLog
{
    [LoggerMessage(EventId = 7012, Level = LogLevel.Error,
        Message = "{Fault}; the intake waits, and goes on by itself")]
    public static partial void DiskRefuses(this ILogger log, string fault);

    [LoggerMessage(EventId = 7013, Level = LogLevel.Information,
        Message = "{Folder} can be written again: the intake goes on")]
    public static partial void DiskWritesAgain(this ILogger log, string folder);

    [LoggerMessage(EventId = 7014, Level = LogLevel.Critical,
        Message = "the spool {Folder} was removed while it was in use: {Segments} segments that waited for the store "
            + "are lost with {Rows} rows; it is made anew")]
    public static partial void SpoolLost(this ILogger log, string folder, int segments, long rows);
}
