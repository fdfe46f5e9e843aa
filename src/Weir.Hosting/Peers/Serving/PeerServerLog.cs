// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Weir.Hosting.Peers.Serving;

internal static partial class PeerServerLog
{
    [LoggerMessage(
        EventId = 13001, Level = LogLevel.Information,
        Message = "{Server} answers its peers at {Places}: {Peers}")]
    public static partial void PeersAnswered(this ILogger log, string server, string places, string peers);

    [LoggerMessage(
        EventId = 13002, Level = LogLevel.Warning,
        Message = "{Server} refused {Count} connections or requests of peers within a minute: {Who}; "
            + "give them a role in the section processes, or stop them")]
    public static partial void PeersRefused(this ILogger log, string server, long count, string who);

    [LoggerMessage(
        EventId = 13003, Level = LogLevel.Error,
        Message = "{Server}: the request {Route} of {Peer} failed")]
    public static partial void PeerRequestFailed(
        this ILogger log, Exception fault, string server, string route, string peer);
}
