// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Scopes;

namespace Weir.Vault.Gardening;

/// <summary>What gardens tell the operator: cases and NASes, no line and no address of one; event ids 1102x.</summary>
internal static partial class WalledGardenLog
{
    [LoggerMessage(EventId = 11040, Level = LogLevel.Warning,
        Message = "NAS {Nas} at {At} did not answer a change of authorization, sent {Sent} times ({Said}): does it "
            + "listen there (RFC 5176, port 3799), does it take this address, is the secret the same?")]
    public static partial void NoAnswer(this ILogger log, string nas, IPEndPoint at, int sent, string said);

    [LoggerMessage(EventId = 11041, Level = LogLevel.Warning,
        Message = "{Case}: no NAS of vault.garden.nas has the NAS-IP-Address or NAS-Identifier of the session; add the "
            + "NAS, or its addresses or identifiers")]
    public static partial void NoNas(this ILogger log, CaseId @case);

    [LoggerMessage(EventId = 11042, Level = LogLevel.Information, Message = "{Case}: garden {Garden}, {Way}: {Reply}")]
    public static partial void Put(this ILogger log, CaseId @case, string garden, string way, string reply);

    [LoggerMessage(EventId = 11043, Level = LogLevel.Warning,
        Message = "{Case}: garden {Garden} is not in force, {Way}: {Reply}")]
    public static partial void NotPut(this ILogger log, CaseId @case, string garden, string way, string reply);

    [LoggerMessage(EventId = 11044, Level = LogLevel.Warning,
        Message = "{Case}: a new session of its line is not in the garden yet, it is tried again in a minute: {Reply}")]
    public static partial void NotReapplied(this ILogger log, CaseId @case, string reply);

    [LoggerMessage(EventId = 11045, Level = LogLevel.Error,
        Message = "{Case}: its garden cannot be looked after, it is tried again in a minute: {Reason}")]
    public static partial void Troubled(this ILogger log, CaseId @case, string reason);

    [LoggerMessage(EventId = 11046, Level = LogLevel.Information,
        Message = "{Count} lines stand in a garden; their new sessions are put there too")]
    public static partial void Standing(this ILogger log, int count);
}
