// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Weir.Vault.Customers;

/// <summary>What the customer's page tells the operator; never a link and never a visitor.</summary>
internal static partial class CustomersLog
{
    [LoggerMessage(EventId = 11050, Level = LogLevel.Warning, Message = "a customer's page was not answered: {Reason}")]
    public static partial void PageFailed(this ILogger log, string reason);
}
