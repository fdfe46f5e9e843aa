// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using Weir.Wire;

namespace Weir.Collector.Collecting.Sessions;

/// <summary>Connections that were refused, in the log: for each reason a line in half a minute, with how many more
/// there were. For any thread.</summary>
internal sealed class SessionRefusals(TimeProvider time, ILogger log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (long At, long Untold)> _told = [];

    public void Tell(string listener, IpKey exporter, string why, string more)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            if (_told.TryGetValue(why, out var last) && time.GetElapsedTime(last.At, now) < Pause)
            {
                _told[why] = last with { Untold = last.Untold + 1 };
                return;
            }

            _told[why] = (now, 0);
            var reason = $"{(more.Length == 0 ? why : $"{why} ({more})")}; {Explain(why)}";
            log.SessionRefused(listener, exporter, reason, last.Untold);
        }
    }

    private static string Explain(string why) => why switch
    {
        "unknown-exporter" => "collecting.exporters does not name it; weir exporters prints the line to add",
        "needs-tls" => "its row of collecting.exporters names keys, so it has to come to collecting.sessions.tls",
        "stopped" => "Weir is being stopped",
        "unnamed-key" => "if it is yours, add that key to its row of collecting.exporters",
        "no-certificate" => "give the exporter a certificate of the authority",
        "other-authority" => "collecting.sessions.authority did not issue its certificate for a client",
        "out-of-date" => "renew its certificate, or set the clocks",
        "too-many" or "full" => "see collecting.sessions.per-exporter and connections",
        _ => "it did not end the handshake; does it speak TLS 1.2 or later?",
    };
}

/// <summary>Event ids 1021 and 1022.</summary>
internal static partial class SessionLog
{
    [LoggerMessage(EventId = 1021, Level = LogLevel.Warning,
        Message = "{Listener} refused a connection of {Exporter}: {Reason}; {Times} more since the last such line")]
    public static partial void SessionRefused(
        this ILogger log, string listener, IpKey exporter, string reason, long times);

    [LoggerMessage(EventId = 1022, Level = LogLevel.Warning,
        Message = "{Connections} connections of exporters did not end within {Seconds} s and were broken off")]
    public static partial void SessionsLate(this ILogger log, int connections, double seconds);
}
