// SPDX-License-Identifier: Apache-2.0
namespace Weir.Cli.Web.SelfService;

/// <summary>What the customer's page tells the operator; never a link and never a visitor.</summary>
internal static partial class SelfServiceLog
{
    [LoggerMessage(EventId = 9290, Level = LogLevel.Warning, Message = "a customer's page was not answered: {Reason}")]
    public static partial void PageFailed(this ILogger log, string reason);
}
