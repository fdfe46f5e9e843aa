// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Hosting;
using Weir.Contracts.Protocol;
using Weir.Hosting.Peers.Calling;

namespace Weir.Collector.Scopes;

/// <summary>Says to the desk from when on the evidence of a scope is whole, or why it is refused. What was not said
/// waits; of a scope only the latest counts. After a restart everything is said anew, because everything is ordered
/// anew.</summary>
internal sealed class ScopeReporter(PeerClient desk, ScopesOptions options, TimeProvider time) : BackgroundService
{
    private const int ReportsAtOnce = 500;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _arrived = new(0, 1);
    private Dictionary<string, ScopeReport> _waiting = [];

    public void Add(IEnumerable<ScopeReport> reports)
    {
        lock (_gate)
        {
            foreach (var report in reports)
            {
                _waiting[report.Scope] = report;
            }

            if (_waiting.Count > 0 && _arrived.CurrentCount == 0)
            {
                _arrived.Release();
            }
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _arrived.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = options.FirstPause;
        while (true)
        {
            await _arrived.WaitAsync(stoppingToken);
            while (Next() is { Count: > 0 } batch)
            {
                try
                {
                    await desk.PostAsync(
                        DeskRoutes.ScopeReports, new ScopeReports(batch), DeskJson.Default.ScopeReports,
                        DeskJson.Default.Done, cancel: stoppingToken);
                    Remove(batch);
                    pause = options.FirstPause;
                }
                catch (Exception fault) when (fault is PeerDownException or PeerRefusedException)
                {
                    await Task.Delay(pause, time, stoppingToken);
                    pause = pause * 2 < options.LongestPause ? pause * 2 : options.LongestPause;
                }
            }
        }
    }

    private List<ScopeReport> Next()
    {
        lock (_gate)
        {
            return [.. _waiting.Values.Take(ReportsAtOnce)];
        }
    }

    private void Remove(List<ScopeReport> sent)
    {
        lock (_gate)
        {
            foreach (var report in sent)
            {
                if (_waiting.TryGetValue(report.Scope, out var latest) && ReferenceEquals(latest, report))
                {
                    _waiting.Remove(report.Scope);
                }
            }

            _waiting = _waiting.Count == 0 ? [] : _waiting;
        }
    }
}
