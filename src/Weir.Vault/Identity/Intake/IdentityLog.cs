// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Weir.Vault.Identity.Intake;

/// <summary>What the identity sources say to the log. No address and no name of a line.</summary>
internal static partial class IdentityLog
{
    [LoggerMessage(EventId = 12001, Level = LogLevel.Information, Message = "Accounting is taken on {Listener}")]
    public static partial void RadiusListens(this ILogger log, System.Net.IPEndPoint listener);

    [LoggerMessage(EventId = 12002, Level = LogLevel.Error,
        Message = "The identity store cannot be written ({Why}); accounting is not answered until it can")]
    public static partial void StoreFails(this ILogger log, string why);

    [LoggerMessage(EventId = 12003, Level = LogLevel.Warning,
        Message = "The source {Source} cannot be read: {Why}; it is tried again")]
    public static partial void SourceUnreadable(this ILogger log, string source, string why);

    [LoggerMessage(EventId = 12004, Level = LogLevel.Warning,
        Message = "A packet to {Listener} is not to be read: {Rule}, at octet {Offset}")]
    public static partial void AccountingMalformed(
        this ILogger log, System.Net.IPEndPoint listener, string rule, int offset);

    [LoggerMessage(EventId = 12005, Level = LogLevel.Information,
        Message = "{Count} holdings older than the retention were erased")]
    public static partial void Expired(this ILogger log, int count);

    [LoggerMessage(EventId = 12006, Level = LogLevel.Information,
        Message = "Translation events are taken on {Listener}")]
    public static partial void NatListens(this ILogger log, System.Net.IPEndPoint listener);
}
