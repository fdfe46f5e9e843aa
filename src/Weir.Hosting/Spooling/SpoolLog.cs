// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Weir.Hosting.Spooling;

/// <summary>What the spool tells the operator; event ids 7012 and 7013.</summary>
internal static partial class SpoolLog
{
    [LoggerMessage(EventId = 7012, Level = LogLevel.Error,
        Message = "disk full: intake waits until '{Folder}' has {Octets} free octets")]
    public static partial void DiskFull(this ILogger log, string folder, long octets);

    [LoggerMessage(EventId = 7013, Level = LogLevel.Information, Message = "disk has room again: intake goes on")]
    public static partial void DiskHasRoom(this ILogger log);
}
