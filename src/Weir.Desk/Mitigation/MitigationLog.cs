// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Weir.Desk.Mitigation;

internal static partial class MitigationLog
{
    /// <summary>Who acts where nobody asked: Weir itself.</summary>
    public const string Machine = "weir";
    public const string MachineRole = "machine";

    [LoggerMessage(EventId = 9101, Level = LogLevel.Critical,
        Message = "the journal of blocks is lost and everything is withdrawn: {Reason}")]
    public static partial void JournalLost(this ILogger log, string reason);

    [LoggerMessage(EventId = 9102, Level = LogLevel.Warning,
        Message = "the router cannot be told; it is tried again every {Seconds} s: {Reason}")]
    public static partial void RouterDown(this ILogger log, double seconds, string reason);

    [LoggerMessage(EventId = 9103, Level = LogLevel.Information, Message = "the router answers again at {Address}")]
    public static partial void RouterBack(this ILogger log, string address);

    [LoggerMessage(EventId = 9104, Level = LogLevel.Information,
        Message = "routes at {Address}: {Announced} announced, {Withdrawn} withdrawn, {Held} held, "
            + "{Foreign} of others left alone")]
    public static partial void RoutesMended(
        this ILogger log, string address, int announced, int withdrawn, int held, int foreign);

    [LoggerMessage(EventId = 9105, Level = LogLevel.Error,
        Message = "{Refused} routes were refused at {Address}, the first: {Reason}")]
    public static partial void RoutesRefused(this ILogger log, int refused, string address, string reason);

    [LoggerMessage(EventId = 9106, Level = LogLevel.Error,
        Message = "blocks cannot be recorded, so nothing new is announced: {Reason}")]
    public static partial void NotRecorded(this ILogger log, string reason);

    [LoggerMessage(EventId = 9107, Level = LogLevel.Error, Message = "{Reason}")]
    public static partial void ZoneNotWritten(this ILogger log, string reason);

    [LoggerMessage(EventId = 9108, Level = LogLevel.Warning,
        Message = "a resolver is not at the zone in force, it is told again: {Reason}")]
    public static partial void ResolverDown(this ILogger log, string reason);

    [LoggerMessage(EventId = 9109, Level = LogLevel.Information,
        Message = "zone {Zone} has serial {Serial} with {Leases} blocks")]
    public static partial void ZoneWritten(this ILogger log, string zone, uint serial, int leases);
}
