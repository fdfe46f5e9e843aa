// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Weir.Desk.Api.Routing;

internal static partial class ApiLog
{
    [LoggerMessage(EventId = 14001, Level = LogLevel.Error, Message = "the API's {Route} failed")]
    public static partial void ApiCallFailed(this ILogger log, Exception fault, string route);
}
