// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Weir.Desk.Console.Serving;

/// <summary>Event ids 14101 to 14109.</summary>
internal static partial class ConsoleLog
{
    [LoggerMessage(EventId = 14101, Level = LogLevel.Error, Message = "the console's {Page} failed")]
    public static partial void ConsolePageFailed(this ILogger log, Exception fault, string page);

    [LoggerMessage(EventId = 14102, Level = LogLevel.Warning, Message =
        "nobody can sign in by the identity service {Authority} (console.oidc.authority): its description cannot be "
        + "had; see that it runs and that the desk reaches it")]
    public static partial void IdentityServiceDown(this ILogger log, Exception fault, Uri? authority);
}
