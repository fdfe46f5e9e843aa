// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Weir.Hosting.Peers.Calling;

internal static partial class PeerClientLog
{
    [LoggerMessage(EventId = 13101, Level = LogLevel.Warning, Message = "{Peer} is down: {Fault}")]
    public static partial void PeerDown(this ILogger log, string peer, string fault);

    [LoggerMessage(EventId = 13102, Level = LogLevel.Information, Message = "{Peer} answers again after {Away}")]
    public static partial void PeerUpAgain(this ILogger log, string peer, TimeSpan away);
}
