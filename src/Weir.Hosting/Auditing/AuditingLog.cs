// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Weir.Hosting.Auditing;

/// <summary>What the audit tells the operator; event ids 83xx.</summary>
internal static partial class AuditingLog
{
    [LoggerMessage(EventId = 8301, Level = LogLevel.Information,
        Message = "audit in '{Folder}' goes on after entry {Sequence}")]
    public static partial void AuditOpened(this ILogger log, string folder, long sequence);

    [LoggerMessage(EventId = 8302, Level = LogLevel.Error,
        Message = "{Entries} audit entries cannot be made durable, so their acts are refused: "
            + "{Reason}; make room in '{Folder}'")]
    public static partial void EntriesRefused(this ILogger log, int entries, string reason, string folder);

    [LoggerMessage(EventId = 8303, Level = LogLevel.Error,
        Message = "no audit head could be signed: {Reason}; tried again at the next turn")]
    public static partial void HeadFailed(this ILogger log, string reason);

    [LoggerMessage(EventId = 8304, Level = LogLevel.Error,
        Message = "audit heads cannot be copied to '{Folder}': {Reason}; tried again with the next head")]
    public static partial void ExportFailed(this ILogger log, string folder, string reason);

    [LoggerMessage(EventId = 8305, Level = LogLevel.Information,
        Message = "audit entries before {Sequence} are past their time and dropped: {Segments} segments")]
    public static partial void AuditPruned(this ILogger log, long sequence, int segments);

    [LoggerMessage(EventId = 8306, Level = LogLevel.Error,
        Message = "old audit segments could not be dropped: {Reason}; tried again at the next turn")]
    public static partial void PruneFailed(this ILogger log, string reason);
}
