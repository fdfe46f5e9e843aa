// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Weir.Hosting.Peers.Calling;

/// <summary>How a peer did at the last call.</summary>
/// <param name="IsUp">Null before the first call ended.</param>
/// <param name="Since">Since when it is so.</param>
/// <param name="LastFault">The last fault's message, kept while it is up again; null without one.</param>
/// <param name="LastFaultAt">When it was.</param>
public sealed record PeerStatus(bool? IsUp, DateTimeOffset Since, string? LastFault, DateTimeOffset? LastFaultAt);

/// <summary>Up or down, since when, and why: for health, and for one log line at each change. Safe for any
/// thread.</summary>
public sealed class PeerState
{
    private readonly Lock _gate = new();
    private readonly string _peer;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private PeerStatus _status;

    internal PeerState(string peer, TimeProvider time, ILogger log)
    {
        (_peer, _time, _log) = (peer, time, log);
        _status = new(null, time.GetUtcNow(), null, null);
    }

    /// <summary>As of the last call.</summary>
    public PeerStatus Status => Volatile.Read(ref _status);

    internal void ReportUp()
    {
        if (Status.IsUp == true)
        {
            return;
        }

        lock (_gate)
        {
            var was = _status;
            if (was.IsUp == true)
            {
                return;
            }

            var now = _time.GetUtcNow();
            Volatile.Write(ref _status, was with { IsUp = true, Since = now });
            if (was.IsUp == false)
            {
                _log.PeerUpAgain(_peer, now - was.Since);
            }
        }
    }

    internal void ReportDown(string fault)
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            var was = _status;
            Volatile.Write(ref _status, new(false, was.IsUp == false ? was.Since : now, fault, now));
            if (was.IsUp != false)
            {
                _log.PeerDown(_peer, fault);
            }
        }
    }
}
