// SPDX-License-Identifier: Apache-2.0
//
// Refusals that a stranger could cause at will make one log line a minute, whatever their number.
using Microsoft.Extensions.Logging;

namespace Weir.Hosting.Peers.Serving;

/// <summary>Gathers refusals for a minute. Safe for any thread.</summary>
internal sealed class RefusalReport : IDisposable
{
    private const int MostNamed = 16;

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Who, string Reason), long> _counts = [];
    private readonly string _server;
    private readonly ILogger _log;
    private readonly ITimer _timer;
    private long _others;

    public RefusalReport(string server, TimeProvider time, ILogger log)
    {
        (_server, _log) = (server, log);
        _timer = time.CreateTimer(_ => Flush(), null, Period, Period);
    }

    /// <param name="who">A user or certificate; the first sixteen a minute are named.</param>
    /// <param name="reason">What it was refused for.</param>
    public void Add(string who, string reason)
    {
        lock (_gate)
        {
            var key = (who, reason);
            if (_counts.TryGetValue(key, out var count) || _counts.Count < MostNamed)
            {
                _counts[key] = count + 1;
            }
            else
            {
                _others++;
            }
        }
    }

    /// <summary>Writes the line where there is something to say.</summary>
    public void Flush()
    {
        (string Text, long Total) line;
        lock (_gate)
        {
            if (_counts.Count == 0)
            {
                return;
            }

            var parts = _counts.Select(pair =>
                FormattableString.Invariant($"{pair.Key.Who} {pair.Key.Reason} {pair.Value} times"));
            var others = _others > 0 ? FormattableString.Invariant($", others {_others} times") : "";
            line = (string.Join(", ", parts) + others, _counts.Values.Sum() + _others);
            _counts.Clear();
            _others = 0;
        }

        _log.PeersRefused(_server, line.Total, line.Text);
    }

    public void Dispose()
    {
        _timer.Dispose();
        Flush();
    }
}
