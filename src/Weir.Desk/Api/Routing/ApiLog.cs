// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Weir.Desk.Api.Routing;

internal static partial class ApiLog
{
    [LoggerMessage(EventId = 14001, Level = LogLevel.Error, Message = "the API's {Route} failed")]
    public static partial void ApiCallFailed(this ILogger log, Exception fault, string route);

    [LoggerMessage(
        EventId = 14002, Level = LogLevel.Warning,
        Message = "the API's {Route} refused with {Code}, which its document does not tell of: a fault of Weir")]
    public static partial void ApiCodeUntold(this ILogger log, string route, string code);
}
