// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Weir.Collector.Keys;

internal static partial class KeysLog
{
    [LoggerMessage(EventId = 1201, Level = LogLevel.Warning,
        Message = "keys and leases cannot be fetched: {Reason}; collection goes on with those in memory")]
    public static partial void KeysNotRefreshed(this ILogger log, string reason);
}
