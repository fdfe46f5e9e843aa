// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Weir.Desk.Complaints;

/// <summary>What becomes of files with complaints; event ids 844x.</summary>
internal static partial class ComplaintLog
{
    [LoggerMessage(EventId = 8441, Level = LogLevel.Information,
        Message = "complaint {File} of {Reporter} taken: {Opened} scopes opened, {Repeated} told before, "
            + "{Faults} rows that are no complaint")]
    public static partial void ComplaintTaken(
        this ILogger log, string file, string reporter, int opened, int repeated, int faults);

    [LoggerMessage(EventId = 8442, Level = LogLevel.Warning,
        Message = "complaint {File} of {Reporter} refused, {Code}: {Reason}")]
    public static partial void ComplaintRefused(
        this ILogger log, string file, string reporter, string code, string reason);
}
