// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Weir.Desk.Braking;

internal static partial class BrakingLog
{
    [LoggerMessage(EventId = 8421, Level = LogLevel.Error,
        Message = "what was decided of listed network {Network} is not believed: {Code}; it is held as before")]
    public static partial void DecisionRefused(this ILogger log, string network, string code);

    [LoggerMessage(EventId = 8422, Level = LogLevel.Warning,
        Message = "what was decided of listed network {Network} waits: {Reason}; it is tried again")]
    public static partial void DecisionWaits(this ILogger log, string network, string reason);
}
