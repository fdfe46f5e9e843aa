// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Weir.Collector.Scopes;

internal static partial class ScopesLog
{
    [LoggerMessage(EventId = 1241, Level = LogLevel.Error,
        Message = "{Orders} orders of the desk are refused and nothing is watched for them: {Codes}; the first is "
            + "{Scope}; show the privacy officer, unless keys were changed")]
    public static partial void OrdersRefused(this ILogger log, int orders, string codes, string scope);

    [LoggerMessage(EventId = 1242, Level = LogLevel.Error,
        Message = "scope {Scope} cannot be recorded on this collector's chain: {Reason}")]
    public static partial void ScopeNotRecorded(this ILogger log, string scope, string reason);

    [LoggerMessage(EventId = 1243, Level = LogLevel.Warning,
        Message = "scopes are not heard of: {Reason}; own events are recorded all the same")]
    public static partial void ScopesNotHeard(this ILogger log, string reason);

    [LoggerMessage(EventId = 1244, Level = LogLevel.Error,
        Message = "what the desk says of scopes cannot be put in force and is asked for again; scopes stay as they are "
            + "and own events are recorded: report this fault with the lines below")]
    public static partial void ScopesNotApplied(this ILogger log, Exception fault);
}
